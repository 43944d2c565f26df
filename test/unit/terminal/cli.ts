import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { built } from '../../built.ts';
import { demoService, type DemoService } from '../../demo-service.ts';

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  cwd: string;
  /** Beside PATH; nothing else of this process's environment is handed on. */
  env?: Record<string, string>;
  input?: string;
  /** Called with the process once it runs, to interrupt it. */
  meanwhile?: (child: { kill: (signal: NodeJS.Signals) => boolean }) => unknown;
}

/** Runs the built program as a script would: no terminal on any of its three streams. */
export async function jimeng(
  args: string[],
  { cwd, env = {}, input = '', meanwhile }: CliOptions,
): Promise<Ended> {
  const child = spawn(process.execPath, [fileURLToPath(built.cli), ...args], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, XDG_DATA_HOME: `${cwd}/.data`, ...env },
  });
  // A command that reads nothing may end before the write; what it says is checked all the same.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  void meanwhile?.(child);
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>(resolve => child.once('close', resolve)),
  ]);
  return { code, stdout, stderr };
}

/** Gives all tests of a suite one demo service. */
export function useDemo(take: (demo: DemoService) => void): void {
  let demo: DemoService;
  suiteSetup(async () => {
    demo = await demoService();
    take(demo);
  });
  suiteTeardown(() => demo.close());
}

/** Gives each test of a suite an empty folder, which `take` may fill. */
export function useFolder(take: (path: string) => unknown): void {
  let folder: string;
  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-terminal-'));
    await take(folder);
  });
  teardown(() => rm(folder, { recursive: true }));
}
