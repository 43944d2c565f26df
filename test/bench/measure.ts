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
  unit: '×' | ' ms' | ' KB' | ' MB' | ' %' | ' s' | ' requests';
}

export function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

/** The Python that has Debian's Pillow. Throws where there is none. */
export function python(): string {
  const found = ['/usr/bin/python3', 'python3'].find(
    program => spawnSync(program, ['-c', 'import PIL']).status === 0,
  );
  if (found === undefined)
    throw new Error('The peer needs Python with Pillow: apt-get install python3-pil');
  return found;
}

/** The most memory that a process ever had, in bytes; asked until it has ended. */
export async function watchMemory(
  pid: number | undefined,
  ended: Promise<unknown>,
): Promise<number> {
  let peak = 0;
  const state = { over: false };
  void ended.finally(() => {
    state.over = true;
  });
  while (!state.over) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1_024);
    await delay(10);
  }
  return peak;
}

export function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1_000)} KB`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(0)} MB`;
}

/** As Markdown, for docs/benchmarks.md. */
export function printTable(rows: Row[]): void {
  console.log(
    '| measure | ours | peer | ratio or value | aim | reached |\n|---|---|---|---|---|---|',
  );
  for (const row of rows) {
    const { what, ours, peer, value, reach, better, unit } = row;
    const digits = unit === '×' && value < 3 ? 3 : 1;
    console.log(
      `| ${what} | ${ours} | ${peer} | ${value.toFixed(digits)}${unit} | ${better === 'more' ? '≥' : '≤'} ${reach}${unit} | ${isWithin(row, 1) ? 'yes' : 'no'} |`,
    );
  }
}

/**
 * What is far from its aim: a speed under half of it, a memory over twice, a file over a twentieth larger. Times, shares of
 * a core and memory of their own say nothing on a busy machine, and are not judged; what a build weighs does not depend on it.
 */
export function failures(rows: Row[]): Row[] {
  return rows.filter(row => {
    if (row.unit !== '×' && row.unit !== ' KB') return false;
    return !isWithin(row, row.what.endsWith('PNG, file') ? 1.05 : 2);
  });
}

/** Whether the aim is reached, or missed by no more than this factor. */
function isWithin({ value, reach, better }: Row, factor: number): boolean {
  return better === 'more' ? value >= reach / factor : value <= reach * factor;
}
