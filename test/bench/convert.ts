import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { Converter } from '../../src/core/images/converter.ts';
import { built } from '../built.ts';
import { kilobytes, median, python, type Row } from './measure.ts';
import type { Sample } from './pictures.ts';

/** One picture, both sides warm: the worker has its codecs, Python has Pillow. Throws where a pixel differs. */
export async function benchConvert(samples: Sample[], rounds: number): Promise<Row[]> {
  const peer = spawn(python(), [fileURLToPath(new URL('peer.py', import.meta.url)), 'convert'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(peer.stdout);
  const converter = new Converter({ workerUrl: built.pngWorker, codecs: built.codecs });
  const rows: Row[] = [];
  try {
    for (const { name, path, format, speed, size } of samples) {
      const bytes = await readFile(path);
      const times: { ours: number[]; peer: number[] } = { ours: [], peer: [] };
      const { png } = await converter.convert({ source: bytes }); // warms
      await checkPixels(bytes, png);
      let peerBytes = 0;
      for (let round = 0; round < rounds; round++) {
        peer.stdin.write(`${path}\n`);
        const [seconds = NaN, length = NaN] = ((await once(lines, 'line')) as [string])[0]
          .split(' ')
          .map(Number);
        times.peer.push(seconds);
        peerBytes = length;
        for (let turn = 0; turn < 3; turn++) {
          // ours takes a fraction of the time, and is disturbed as easily
          const began = performance.now();
          await converter.convert({ source: bytes });
          times.ours.push((performance.now() - began) / 1_000);
        }
      }
      const [ours, theirs] = [median(times.ours), median(times.peer)];
      const what = `${name}, ${format.toUpperCase()} of ${kilobytes(bytes.length)} → PNG`;
      rows.push(
        {
          what,
          ours: `${(ours * 1_000).toFixed(0)} ms`,
          peer: `${(theirs * 1_000).toFixed(0)} ms`,
          value: theirs / ours,
          reach: speed,
          better: 'more',
          unit: '×',
        },
        {
          what: `${what}, file`,
          ours: kilobytes(png.length),
          peer: kilobytes(peerBytes),
          value: png.length / peerBytes,
          reach: size,
          better: 'less',
          unit: '×',
        },
      );
    }
  } finally {
    peer.stdin.end();
    await converter.dispose();
  }
  return rows;
}

async function checkPixels(source: Uint8Array, png: Uint8Array): Promise<void> {
  const [expected, actual] = await Promise.all(
    [source, png].map(bytes => sharp(bytes).raw().toBuffer()),
  );
  if (!expected || !actual?.equals(expected)) throw new Error('other pixels');
}
