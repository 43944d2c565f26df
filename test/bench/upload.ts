import { fork, spawn } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { check } from '../../src/core/request/check.ts';
import { inspectInputs, loadInputs } from '../../src/core/inputs/inputs.ts';
import { openFile } from '../../src/core/inputs/open-file.ts';
import { JimengClient } from '../../src/core/service/client.ts';
import { direct } from '../../src/core/service/proxy.ts';
import { parseSessionId } from '../../src/core/session/session.ts';
import { silentLog } from '../unit/queue/samples.ts';
import { median, megabytes, type Row } from './measure.ts';

const [side, url = '', ...paths] = process.argv.slice(2);
if (side === 'ours') await send(url, paths);

interface Measured {
  seconds: number;
  /** Of looking at the files and hashing them before anything is queued. */
  inspecting: number;
  memory: number;
}

/** Sending ten pictures of 10 MB, beside `curl -F`: time and peak memory, each in a process of its own. */
export async function benchUpload(rounds: number): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'jimeng-upload-'));
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.end(
        JSON.stringify(
          request.method === 'GET'
            ? { service: 'jimeng-api', endpoints: {} }
            : { created: 1, data: [{ url: 'http://127.0.0.1/1' }] },
        ),
      );
    });
  });
  try {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const noise = randomFillSync(Buffer.alloc(1_820 * 1_820 * 3));
    const picture = await sharp(noise, { raw: { width: 1_820, height: 1_820, channels: 3 } })
      .png({ compressionLevel: 0 })
      .toBuffer();
    const files = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        const path = join(folder, `${index}.png`);
        await writeFile(path, picture);
        return path;
      }),
    );
    await delay(2_500); // files that somebody just wrote are hashed twice
    const results: { ours: Measured[]; curl: Measured[] } = { ours: [], curl: [] };
    for (let round = 0; round < rounds; round++) {
      results.ours.push(await runOurs(address, files));
      results.curl.push(await runCurl(address, files));
    }
    const of = (side: keyof typeof results, value: keyof Measured) =>
      median(results[side].map(each => each[value]));
    const what = `sending 10 × ${(picture.length / 1e6).toFixed(0)} MB, beside curl -F`;
    const [sending, curl, memory] = [
      of('ours', 'seconds'),
      of('curl', 'seconds'),
      of('ours', 'memory'),
    ];
    const all = sending + of('ours', 'inspecting');
    const row = (label: string, seconds: number): Row => ({
      what: `${what}${label}`,
      ours: `${(seconds * 1_000).toFixed(0)} ms`,
      peer: `${(curl * 1_000).toFixed(0)} ms`,
      value: seconds / curl,
      reach: 1.1,
      better: 'less',
      unit: '×',
    });
    return [
      row('', sending),
      row(', with the hashing before it is queued', all),
      {
        what: `${what}, memory above the idle process`,
        ours: megabytes(memory),
        peer: `${megabytes(of('curl', 'memory'))} in all`,
        value: memory / 1_048_576,
        reach: 64,
        better: 'less',
        unit: ' MB',
      },
    ];
  } finally {
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
  }
}

async function runOurs(address: string, files: string[]): Promise<Measured> {
  const child = fork(fileURLToPath(import.meta.url), ['ours', address, ...files]);
  const [measured] = (await once(child, 'message')) as [Measured];
  await once(child, 'exit');
  return measured;
}

async function runCurl(address: string, files: string[]): Promise<Measured> {
  const began = performance.now();
  const child = spawn('curl', [
    '-s',
    '-o',
    '/dev/null',
    '-F',
    'prompt=p',
    ...files.flatMap(path => ['-F', `images=@${path}`]),
    `${address}/v1/images/compositions`,
  ]);
  let memory = 0;
  const timer = setInterval(
    () =>
      void peakOf(child.pid).then(peak => {
        memory = Math.max(memory, peak);
      }),
    5,
  );
  await once(child, 'exit');
  clearInterval(timer);
  return { seconds: (performance.now() - began) / 1_000, inspecting: 0, memory };
}

/** Sends once, and tells how long it took to look at the files and to send them until the answer, and the memory above that before. */
async function send(address: string, files: string[]): Promise<void> {
  const session = parseSessionId('0123456789abcdef0123456789abcdef');
  const images = files.map(path => ({ uri: pathToFileURL(path).href }));
  const checked = check({ kind: 'image', prompt: 'p', images }, 'cn', { unknownModels: 'refuse' });
  if (!session.ok || !checked.ok) throw new Error('the request is refused');
  const client = new JimengClient({
    address,
    session: session.session,
    network: direct,
    log: silentLog,
  });
  await client.about(); // loads what a window has loaded long before
  const before = await peakOf(process.pid);
  const began = performance.now();
  const { images: inspected } = await inspectInputs(images, openFile);
  const queued = performance.now();
  await client.generate(checked, {
    async: false,
    inputs: await loadInputs(inspected, openFile, direct),
  });
  const seconds = (performance.now() - queued) / 1_000;
  process.send?.({
    seconds,
    inspecting: (queued - began) / 1_000,
    memory: (await peakOf(process.pid)) - before,
  } satisfies Measured);
  await client.close();
  process.disconnect();
}

/** The most memory that a process ever had, in bytes. */
async function peakOf(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1_024;
}
