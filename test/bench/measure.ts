import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** A line of the table. */
export interface Row {
  what: string;
  ours: string;
  peer: string;
  /** What is judged. */
  value: number;
  /** What is aimed at: `value` has to be at least, or at most, so much. */
  reach: number;
  better: 'more' | 'less';
  unit: '×' | ' ms' | ' KB';
}

export function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

/** The Python that has Debian's Pillow. Throws where there is none. */
export function python(): string {
  const found = ['/usr/bin/python3', 'python3'].find(program => spawnSync(program, ['-c', 'import PIL']).status === 0);
  if (found === undefined) { throw new Error('The peer needs Python with Pillow: apt-get install python3-pil'); }
  return found;
}

/** The most memory that a process ever had, in bytes; asked until it has ended. */
export async function watchMemory(pid: number | undefined, ended: Promise<unknown>): Promise<number> {
  let peak = 0;
  const state = { over: false };
  void ended.finally(() => { state.over = true; });
  while (!state.over) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1_024);
    await delay(10);
  }
  return peak;
}

/** As Markdown, for CONTRIBUTING.md. */
export function printTable(rows: Row[]): void {
  console.log('| measure | ours | peer | ratio or value | reach |\n|---|---|---|---|---|');
  for (const { what, ours, peer, value, reach, better, unit } of rows) {
    const digits = unit === '×' && value < 3 ? 3 : 1;
    console.log(`| ${what} | ${ours} | ${peer} | ${value.toFixed(digits)}${unit} | ${better === 'more' ? '≥' : '≤'} ${reach}${unit} |`);
  }
}

/**
 * What is far from its aim: a speed under half of it, a memory over twice, a file over a twentieth larger. Times and sizes
 * of their own say nothing on a busy machine, and are not judged.
 */
export function failures(rows: Row[]): Row[] {
  return rows.filter(({ what, value, reach, better, unit }) => {
    if (unit !== '×') { return false; }
    if (better === 'more') { return !(value >= reach / 2); }
    return !(value <= (what.endsWith('file') ? reach + 0.05 : reach * 2));
  });
}
