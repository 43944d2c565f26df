import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jimeng } from '../terminal/cli.ts';

/** Each form in which the generated code comes. */
export const variants = [
  {
    name: 'TypeScript',
    extension: 'ts',
    manifest: { type: 'module' },
    marks: /^export class|^export function|: string/m,
  },
  {
    name: 'JavaScript, ES module',
    extension: 'js',
    manifest: { type: 'module' },
    marks: /^export /m,
  },
  { name: 'JavaScript, CommonJS', extension: 'js', manifest: {}, marks: /^exports\.\w+ = /m },
  { name: 'Python', extension: 'py', manifest: {}, marks: /^import json$/m },
] as const;
export type Variant = (typeof variants)[number];

/** Writes the code into a project with the command, as a person would. Returns its path. */
export async function scaffoldInto(
  folder: string,
  kind: 'client' | 'webhook',
  { extension, manifest }: Variant,
): Promise<string> {
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  const { code, stdout, stderr } = await jimeng(
    ['scaffold', kind, '--output', `${kind}.${extension}`],
    { cwd: folder },
  );
  assert.equal(code, 0, stderr);
  return stdout.trim();
}

/** The interpreter itself: what stands on the path may be a script that looks for it each time. */
const interpreter = () =>
  (python ??= execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
    encoding: 'utf8',
  }).trim());
let python: string | undefined;

/** Starts the generated code with what drives it. */
export function drive(
  kind: 'client' | 'webhook',
  { extension }: Variant,
  args: string[],
  { cwd, env }: { cwd: string; env: Record<string, string> },
): ChildProcess {
  const inPython = extension === 'py';
  const driver = fileURLToPath(
    new URL(inPython ? `drive_${kind}.py` : `drive-${kind}.mjs`, import.meta.url),
  );
  return spawn(inPython ? interpreter() : process.execPath, [driver, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], PYTHONDONTWRITEBYTECODE: '1', ...env },
  });
}
