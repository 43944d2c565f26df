// npm run bench: how fast the extension is beside what a user would write instead, as one table. With --small a quick form
// that fails where a ratio is far from its aim; both sides take turns, so a busy machine slows them alike.
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchActivation, benchVersion } from './activation.ts';
import { benchConvert } from './convert.ts';
import { benchEndToEnd, benchStall } from './end-to-end.ts';
import { benchGallery } from './gallery.ts';
import { failures, printTable, type Row } from './measure.ts';
import { makeSamples } from './pictures.ts';
import { benchSizes } from './sizes.ts';
import { benchUpload } from './upload.ts';
import { benchWatch, benchWebhook } from './watch.ts';

const small = process.argv.includes('--small');
const vsix = process.argv.find(arg => arg.endsWith('.vsix'));
const folder = await mkdtemp(join(tmpdir(), 'jimeng-bench-'));
try {
  const rows = await (small
    ? quick()
    : process.argv.includes('gallery')
      ? benchGallery(folder)
      : full());
  console.log(
    `${new Date().toISOString().slice(0, 10)}, ${availableParallelism()} cores, Node ${process.versions.node}`,
  );
  printTable(rows);
  const far = failures(rows);
  if (small && far.length > 0) {
    console.error(`Far from what it should be:\n${far.map(({ what }) => what).join('\n')}`);
    process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true });
}

async function quick(): Promise<Row[]> {
  const photos = await makeSamples(folder, 'photo', 2048, 2048, {
    webp: { speed: 12, size: 1 },
    jpeg: { speed: 10, size: 1.02 },
  });
  const drawings = await makeSamples(folder, 'drawing', 2048, 2048, {
    webp: { speed: 10, size: 1 },
  });
  return [
    ...(await benchConvert([...photos, ...drawings], 2)),
    ...(await benchEndToEnd(drawings[0]!, { speed: 7.5, memory: 1.6 }, 2)),
    ...(await benchStall(photos[0]!, 1)),
    ...(await benchActivation(5)),
    ...(await benchVersion(5)),
    ...(await benchWatch(4_000)),
    ...(await benchWebhook(3)),
    ...(await benchUpload(3)),
    ...(await benchSizes()),
  ];
}

async function full(): Promise<Row[]> {
  const all = {
    webp: { speed: 12, size: 1 },
    jpeg: { speed: 10, size: 1.02 },
    png: { speed: 20, size: 1 },
  };
  const photos = await makeSamples(folder, 'photo', 2048, 2048, all);
  const drawings = await makeSamples(folder, 'drawing', 2048, 2048, {
    ...all,
    webp: { speed: 10, size: 1 },
  });
  const large = await makeSamples(folder, 'photo', 5120, 2880, all);
  const largeDrawings = await makeSamples(folder, 'drawing', 5120, 2880, all);
  const converted = [...photos, ...drawings, ...large, ...largeDrawings].filter(
    ({ format }) => format !== 'png',
  );
  const rows = await benchConvert(converted, 3);
  const webp = (samples: typeof photos) => samples.find(({ format }) => format === 'webp')!;
  const png = (samples: typeof photos) => samples.find(({ format }) => format === 'png')!;
  rows.push(...(await benchEndToEnd(webp(photos), { speed: 12, memory: 1.6, plain: 3 }, 3)));
  rows.push(...(await benchEndToEnd(webp(drawings), { speed: 7.5, memory: 1.6, plain: 3 }, 3)));
  rows.push(...(await benchEndToEnd(webp(large), { speed: 12, memory: 1.3, plain: 3 }, 2)));
  rows.push(...(await benchEndToEnd(png(photos), { speed: 20 }, 2)));
  rows.push(...(await benchEndToEnd(png(largeDrawings), { speed: 20 }, 2)));
  for (const each of [webp(photos), webp(large), png(photos)])
    rows.push(...(await benchStall(each, 3)));
  rows.push(
    ...(await benchActivation(21)),
    ...(await benchVersion(21)),
    ...(await benchWatch(20_000)),
    ...(await benchWebhook(9)),
    ...(await benchUpload(9)),
    ...(await benchSizes(vsix)),
    ...(await benchGallery(folder)),
  );
  return rows;
}
