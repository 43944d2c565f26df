// npm test: everything; npm test -- unit: one tier. The last line says how many passed and failed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  build,
  desktop,
  ensureModules,
  ensureSystemPackages,
  packageVsix,
  root,
  toolsEnvironment,
  underNode24,
} from './setup.mjs';

const mocha = (...options) => [
  'mocha',
  '--forbid-only',
  '--reporter',
  'scripts/reporter.cjs',
  ...options,
];

/**
 * In their order; each is a command, and a tier that has no tests of its own counts as one. Windows are tested from the VSIX.
 * An editor in a browser is slow and late where others use the machine, so that a file with a failure is tried once more.
 */
const tiers = {
  types: { command: ['npm', 'run', '--silent', 'types'], counts: false },
  lint: { command: ['eslint', '.', '--max-warnings', '0'], counts: false },
  unit: {
    command: mocha(),
    files: ['test/unit/**/*.test.ts'],
    counts: true,
    needs: ['python3', 'libimage-exiftool-perl'],
  },
  host: {
    command: ['node', 'scripts/host-tests.mjs'],
    counts: true,
    needs: desktop ? [] : ['chromium', 'fonts-noto-cjk'],
  },
  ui: {
    command: mocha('--timeout', '300000'),
    files: ['test/ui/**/*.test.ts'],
    counts: true,
    triesAgain: true,
    needs: ['chromium', 'fonts-noto-cjk'],
    prepare: packageVsix,
  },
  bench: {
    command: ['node', 'scripts/bench.mjs', '--small'],
    counts: false,
    needs: ['python3-pil', 'curl'],
  },
};

ensureModules();
if (!underNode24(fileURLToPath(import.meta.url))) await main(process.argv.slice(2));

async function main(wanted) {
  const unknown = wanted.find(name => !(name in tiers));
  if (unknown !== undefined) {
    console.error(`There is no tier "${unknown}"; the tiers are ${Object.keys(tiers).join(', ')}.`);
    process.exit(2);
  }
  const chosen = Object.entries(tiers).filter(
    ([name]) => wanted.length === 0 || wanted.includes(name),
  );
  const packages = [...new Set(chosen.flatMap(([, tier]) => tier.needs ?? []))];
  if (packages.length > 0) ensureSystemPackages(packages, 'Testing');
  if (packages.includes('chromium')) {
    const { ensureCodeServer } = await import('./code-server.mjs');
    await ensureCodeServer();
  }
  build();
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, tier] of chosen) {
    const result = runTier(name, tier);
    for (const key of Object.keys(total)) total[key] += result[key];
  }
  console.log(
    `${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`,
  );
  process.exitCode = total.failed > 0 ? 1 : 0;
}

/** Runs one tier. */
function runTier(name, { command, files = [], counts, prepare, triesAgain }) {
  const began = performance.now();
  console.log(`\n── ${name} ──`);
  prepare?.();
  let result = runOnce([...command, ...files], counts);
  if (triesAgain && result.again) {
    const { files: unfinished, passedElsewhere } = result.again;
    console.log(
      `\n${result.failed} failed; once more: ${unfinished.map(file => relative(root, file)).join(', ')}`,
    );
    const second = runOnce([...command, ...unfinished], counts);
    result = { ...second, passed: passedElsewhere + second.passed };
  }
  console.log(
    `── ${name}: ${result.passed} passed, ${result.failed} failed in ${Math.round((performance.now() - began) / 1_000)} s`,
  );
  return result;
}

/** Runs a command. One that crashes, or that ran no test, has failed whatever it counted. */
function runOnce([program, ...args], counts) {
  const folder = mkdtempSync(join(tmpdir(), 'jimeng-test-'));
  const file = join(folder, 'counts.json');
  const { status } = spawnSync(program, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: toolsEnvironment({ JIMENG_TEST_COUNTS: file }),
  });
  const result =
    counts && existsSync(file)
      ? JSON.parse(readFileSync(file, 'utf8'))
      : { passed: counts ? 0 : 1, failed: 0, skipped: 0 };
  rmSync(folder, { recursive: true });
  if (!counts && status !== 0) result.passed = 0;
  if ((status !== 0 || result.passed === 0) && result.failed === 0) result.failed = 1;
  return result;
}
