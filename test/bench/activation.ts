import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { built } from '../built.ts';
import { median, type Row } from './measure.ts';

const entry = new URL('../../dist/extension.js', import.meta.url);
const child = fileURLToPath(new URL('activate.mjs', import.meta.url));

/** Loading and activating the extension, nothing being unfinished, beside one that does nothing; each in a process of its own. */
export async function benchActivation(rounds: number): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'jimeng-activation-'));
  try {
    const empty = join(folder, 'empty.mjs');
    await writeFile(
      empty,
      'import * as vscode from "vscode"; export function activate() { return vscode.window; }',
    );
    const times: { ours: number[]; empty: number[] } = { ours: [], empty: [] };
    const run = async (extension: string) =>
      Number((await promisify(execFile)(process.execPath, [child, extension, folder])).stdout);
    for (let round = 0; round < rounds; round++) {
      times.ours.push(await run(entry.href));
      times.empty.push(await run(pathToFileURL(empty).href));
    }
    const [ours, nothing] = [median(times.ours), median(times.empty)];
    const { size } = await stat(entry);
    return [
      {
        what: 'activation, nothing unfinished, over an empty extension',
        ours: `${ours.toFixed(1)} ms`,
        peer: `${nothing.toFixed(1)} ms`,
        value: ours - nothing,
        reach: 10,
        better: 'less',
        unit: ' ms',
      },
      {
        what: 'entry file, and all that it loads at once',
        ours: `${(size / 1_000).toFixed(1)} KB`,
        peer: '',
        value: (await staticSize(entry)) / 1_000,
        reach: 60,
        better: 'less',
        unit: ' KB',
      },
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** `jimeng --version`, beside Node that does nothing. */
export async function benchVersion(rounds: number): Promise<Row[]> {
  const times: { ours: number[]; bare: number[] } = { ours: [], bare: [] };
  const run = async (side: keyof typeof times, args: string[]) => {
    const began = performance.now();
    await promisify(execFile)(process.execPath, args);
    times[side].push(performance.now() - began);
  };
  for (let round = 0; round < rounds; round++) {
    await run('ours', [fileURLToPath(built.cli), '--version']);
    await run('bare', ['-e', '0']);
  }
  const [ours, bare] = [median(times.ours), median(times.bare)];
  return [
    {
      what: 'jimeng --version, over Node alone',
      ours: `${ours.toFixed(0)} ms`,
      peer: `${bare.toFixed(0)} ms`,
      value: ours - bare,
      reach: 15,
      better: 'less',
      unit: ' ms',
    },
  ];
}

/** Bytes of a built file and of the chunks that it imports statically. */
async function staticSize(file: URL, seen = new Set<string>()): Promise<number> {
  if (seen.has(file.href)) return 0;
  seen.add(file.href);
  const text = await readFile(file, 'utf8');
  let size = Buffer.byteLength(text);
  for (const [, path = ''] of text.matchAll(
    /(?:^|[;\n])\s*(?:import|export)\b[^;("']*["'](\.\/[^"']+)["']/g,
  ))
    size += await staticSize(new URL(path, file), seen);
  return size;
}
