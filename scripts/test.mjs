// npm test: everything; npm test -- unit: one tier. npm run soak: the unit tests, where what is random or depends on the moment
// is repeated much more often; npm run soak -- ui: another tier. The last line says how many passed and failed.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import {
  build,
  desktop,
  ensureSystemPackages,
  packageVsix,
  root,
  toolsEnvironment,
  underNode24,
} from './setup.mjs';

/** Two files at a time: most of what a test does is to wait. */
const mocha = (...options) => [
  'mocha',
  '--forbid-only',
  '--parallel',
  '--jobs',
  '2',
  ...(process.stdout.isTTY ? ['--color'] : []),
  ...options,
];

/** Each is a command; one that runs no mocha counts as one test. Windows are tested from the VSIX. */
const tiers = {
  types: { command: ['npm', 'run', '--silent', 'types'], counts: false },
  lint: { command: ['eslint', '.', '--max-warnings', '0'], counts: false },
  format: { command: ['prettier', '--check', '--log-level', 'warn', '.'], counts: false },
  host: {
    command: ['node', 'scripts/host-tests.mjs'],
    counts: true,
    needs: desktop ? [] : ['chromium', 'fonts-noto-cjk'],
  },
  unit: {
    command: mocha('test/unit/**/*.test.ts'),
    counts: true,
    needs: ['python3', 'libimage-exiftool-perl'],
  },
  ui: {
    command: mocha(
      '--timeout',
      '300000',
      '--require',
      'test/ui/driver/shared.ts',
      'test/ui/**/*.test.ts',
    ),
    counts: true,
    needs: ['chromium', 'fonts-noto-cjk'],
    prepare: packageVsix,
  },
  bench: {
    command: ['node', 'scripts/bench.mjs', '--small'],
    counts: false,
    needs: ['python3-pil', 'curl'],
  },
};

/** Those of a group run side by side, and the groups one after the other: a measurement is alone. */
const groups = [['types', 'format', 'lint', 'host'], ['unit'], ['ui'], ['bench']];

if (!underNode24(fileURLToPath(import.meta.url))) await main(process.argv.slice(2));

async function main(args) {
  const isSoak = args.includes('--soak');
  const names = args.filter(arg => arg !== '--soak');
  const wanted = isSoak && names.length === 0 ? ['unit'] : names;
  const unknown = wanted.find(name => !(name in tiers));
  if (unknown !== undefined) {
    console.error(`There is no tier "${unknown}"; the tiers are ${Object.keys(tiers).join(', ')}.`);
    process.exit(2);
  }
  const chosen = groups.map(group =>
    group.filter(name => wanted.length === 0 || wanted.includes(name)),
  );
  const packages = [...new Set(chosen.flat().flatMap(name => tiers[name].needs ?? []))];
  if (packages.length > 0) ensureSystemPackages(packages, 'Testing');
  if (packages.includes('chromium')) {
    const { ensureCodeServer } = await import('./code-server.mjs');
    await ensureCodeServer();
  }
  build();
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const group of chosen) {
    const results = await Promise.all(group.map(name => runTier(name, isSoak, group.length === 1)));
    for (const result of results) for (const key of Object.keys(total)) total[key] += result[key];
  }
  console.log(
    `${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`,
  );
  process.exitCode = total.failed > 0 ? 1 : 0;
}

/** @param alone what it prints is shown at once; otherwise as a whole when it has ended */
async function runTier(name, isSoak, alone) {
  const { command, counts, prepare } = tiers[name];
  const began = performance.now();
  if (alone) console.log(`\n── ${name} ──`);
  prepare?.();
  const { output, status } = await runCommand(command, alone, isSoak ? { JIMENG_SOAK: '1' } : {});
  if (!alone) process.stdout.write(`\n── ${name} ──\n${output}`);
  const result = counts
    ? countsOf(output)
    : { passed: Number(status === 0), failed: 0, skipped: 0 };
  // One that crashes, or that ran no test, has failed whatever it counted.
  if ((status !== 0 || result.passed === 0) && result.failed === 0) result.failed = 1;
  console.log(
    `── ${name}: ${result.passed} passed, ${result.failed} failed in ${Math.round((performance.now() - began) / 1_000)} s`,
  );
  return result;
}

/** Resolves with what the command printed, and its exit status. */
function runCommand([program, ...args], isShown, environment) {
  const child = spawn(program, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
    env: toolsEnvironment(environment),
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', text => {
      output += text;
      if (isShown) process.stdout.write(text);
    });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', status => resolve({ output, status }));
  });
}

/** What mocha says at the end of its run: "12 passing (3s)", "1 pending", "1 failing". */
function countsOf(output) {
  const text = stripVTControlCharacters(output);
  const end = text.slice([...text.matchAll(/^ {2}\d+ passing \(/gm)].at(-1)?.index ?? text.length);
  const count = word => Number(new RegExp(`^ {2}(\\d+) ${word}\\b`, 'm').exec(end)?.[1] ?? 0);
  return { passed: count('passing'), failed: count('failing'), skipped: count('pending') };
}
