// Loads, converts and saves pictures with the core, as the editor's extension host does, and tells how long its thread
// was held up at most, in ms. What a window has done long before, such as loading code for the first call, comes first.
import { openAsBlob } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { Converter } from '../../src/core/images/converter.ts';
import { NodeFolder } from '../../src/core/output/node-folder.ts';
import { pictures } from '../../src/core/output/save-picture.ts';
import { saveResults } from '../../src/core/output/save-results.ts';
import { JimengClient } from '../../src/core/service/client.ts';
import { direct } from '../../src/core/service/proxy.ts';
import { built } from '../built.ts';
import { settings } from '../unit/output/saver.ts';
import { silentLog } from '../unit/queue/samples.ts';

const [address = '', ...links] = process.argv.slice(2);
const resolution = 1;
const folder = await mkdtemp(join(tmpdir(), 'jimeng-stall-'));
const client = new JimengClient({ address, network: direct, log: silentLog });
await client.lookUp('done');
const converter = new Converter({ workerUrl: built.pngWorker, codecs: built.codecs });
const delays = monitorEventLoopDelay({ resolution });
delays.enable();
const { files } = await saveResults({
  taskId: 'done',
  results: links.map(url => ({ url })),
  already: [],
  folder: new NodeFolder(pathToFileURL(folder).href),
  stamp: new Date(),
  medium: pictures({ converter, network: direct, settings, openReceived: openAsBlob }),
  onChange: () => Promise.resolve(true),
});
delays.disable();
if (files.length !== links.length) throw new Error('pictures are missing');
await Promise.all([converter.dispose(), client.close(), rm(folder, { recursive: true })]);
process.send?.(delays.max / 1e6 - resolution);
process.disconnect();
