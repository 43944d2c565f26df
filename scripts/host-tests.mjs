// The tests that run inside a real VS Code's extension host: the desktop build where it can be downloaded, else code-server.
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTests } from '@vscode/test-electron';
import * as esbuild from 'esbuild';
import { desktop, root } from './setup.mjs';

const tests = join(root, 'out', 'test', 'host.cjs');
await esbuild.build({
  entryPoints: [join(root, 'test', 'host', 'index.ts')],
  outfile: tests,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  external: ['vscode', 'mocha'],
  logLevel: 'warning',
  define: { 'import.meta.url': '"file:///bundled"' },
});
const home = await mkdtemp(join(tmpdir(), 'jimeng-host-'));
const transcript = join(home, 'transcript.txt');
try {
  await mkdir(join(home, 'workspace'));
  const code = await runTests({
    ...(desktop
      ? {}
      : { vscodeExecutablePath: fileURLToPath(new URL('host-launcher.mjs', import.meta.url)) }),
    extensionDevelopmentPath: root.replace(/\/$/, ''),
    extensionTestsPath: tests,
    launchArgs: [
      join(home, 'workspace'),
      `--user-data-dir=${join(home, 'user-data')}`,
      `--extensions-dir=${join(home, 'extensions')}`,
    ],
    extensionTestsEnv: {
      XDG_DATA_HOME: join(home, 'data'),
      JIMENG_TEST_USER_DATA: join(home, 'user-data'),
      JIMENG_TEST_TRANSCRIPT: transcript,
      JIMENG_TEST_RESULT: join(home, 'result.txt'),
    },
  });
  process.exitCode = code;
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  console.log(await readFile(transcript, 'utf8').catch(() => 'The tests printed nothing.'));
  await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
