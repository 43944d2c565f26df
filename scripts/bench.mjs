// npm run bench: every measure; npm run bench -- --small: a quick form that fails where a ratio is far from its aim.
import { fileURLToPath } from 'node:url';
import { ensureModules, ensureSystemPackages, run, underNode24 } from './setup.mjs';

ensureModules();
if (!underNode24(fileURLToPath(import.meta.url))) {
  ensureSystemPackages(['python3-pil'], 'Measuring');
  run('node', ['--disable-warning=ExperimentalWarning', 'esbuild.mjs', '--minify'], { stdio: ['ignore', 2, 2] }); // as it is published
  const small = process.argv.includes('--small');
  run('node', ['test/bench/run.ts', ...small ? ['--small'] : []]);
  if (!small) {
    for (const file of ['watch', 'upload']) { run('node', [`test/bench/${file}.ts`]); }
  }
}
