// npm run bench: every measure; npm run bench -- gallery: that one alone; npm run bench -- --small: a quick form that fails
// where a ratio is far from its aim.
import { fileURLToPath } from 'node:url';
import { ensureSystemPackages, packageVsix, run, underNode24 } from './setup.mjs';

if (!underNode24(fileURLToPath(import.meta.url))) {
  const small = process.argv.includes('--small');
  ensureSystemPackages(
    ['python3-pil', 'curl', ...(small ? [] : ['chromium', 'fonts-noto-cjk'])],
    'Measuring',
  );
  // As it is published.
  if (small) run('node', ['esbuild.mjs', '--minify'], { stdio: ['ignore', 2, 2] });
  else packageVsix();
  run('node', [
    'test/bench/run.ts',
    ...(small ? ['--small'] : ['out/jimeng.vsix', ...process.argv.slice(2)]),
  ]);
}
