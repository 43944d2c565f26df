#!/usr/bin/env node
import { readFileSync } from 'node:fs';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  // undici 8 needs it; checked before anything is loaded that would fail with a syntax error instead.
  process.stderr.write(
    `jimeng needs Node.js 22.19 or newer; this is ${process.versions.node}. / jimeng 需要 Node.js 22.19 或更高版本，当前为 ${process.versions.node}。\n`,
  );
  process.exit(2);
}
const args = process.argv.slice(2);
// A reader such as `head` may close the pipe early: that is not a failure of ours. `main` reports other errors.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', () => {
    /* see above */
  });
const dist = new URL('.', import.meta.url);
// Read here: another module would take as long to load as the rest.
const { version } = JSON.parse(readFileSync(new URL('../package.json', dist), 'utf8')) as {
  version: string;
};
if (args[0] === '--version' || args[0] === '-v') {
  process.stdout.write(`${version}\n`);
} else {
  let cwd: string | undefined;
  try {
    cwd = process.cwd();
  } catch {
    /* reported below */
  }
  if (cwd === undefined) {
    process.stderr.write(
      'The current folder is gone. Change to another one and run it again. / 当前文件夹已不存在，请切换到其他文件夹后重试。\n',
    );
    process.exitCode = 1;
  } else {
    const { main } = await import('./terminal/main.ts');
    process.exitCode = await main(args, { env: process.env, cwd, dist, version });
  }
}
