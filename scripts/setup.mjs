// What the scripts share. Runs on Node 20 before the packages are installed: only Node's own modules.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const windows = process.platform === 'win32';

/** Whether the tests inside the editor run in its desktop build, which is downloaded; else in code-server and Debian's Chromium. */
export const desktop = process.env.VSCODE_DESKTOP === '1' || process.platform !== 'linux';

/**
 * The environment of everything we start: Node 24 of the devDependency `node` comes first. What an npm around us says of
 * itself is left out: an install script that asks it for the version of Node would be told that one's.
 */
export function toolsEnvironment(more = {}) {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'));
  return {
    ...Object.fromEntries(own),
    PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH}`,
    ...more,
  };
}

/** Runs a command and ends this program with its status if it fails. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: windows,
    env: toolsEnvironment(),
    ...options,
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/** The package as it is published, in `out/jimeng.vsix`. */
export function packageVsix() {
  mkdirSync(join(root, 'out'), { recursive: true });
  run('npm', ['run', '--silent', 'package', '--', '--out', 'out/jimeng.vsix'], {
    stdio: ['ignore', 'ignore', 2],
  });
}

export function build() {
  run('node', ['esbuild.mjs'], { stdio: ['ignore', 2, 2] });
}

/** Starts this script anew under Node 24 and returns true, if it runs under another one. */
export function underNode24(script) {
  if (process.versions.node.startsWith('24.')) return false;
  if (!existsSync(join(root, 'node_modules', 'node', 'bin'))) {
    console.error('The packages are not installed. Run npm ci first.');
    process.exit(1);
  }
  const child = spawn('node', [script, ...process.argv.slice(2)], {
    stdio: 'inherit',
    shell: windows,
    env: toolsEnvironment(),
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.once('close', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
  return true;
}

/**
 * Installs Debian packages that are missing where that is allowed (root on Debian), and says so. Elsewhere it says the
 * exact command and ends this program: nothing is skipped without a word.
 */
export function ensureSystemPackages(packages, why) {
  if (process.platform !== 'linux') return;
  const missing = packages.filter(
    name =>
      spawnSync('dpkg-query', ['-W', '-f=${Status}', name], { encoding: 'utf8' }).stdout?.includes(
        'ok installed',
      ) !== true,
  );
  if (missing.length === 0) return;
  const install = ['install', '-y', '--no-install-recommends', ...missing];
  const debian = existsSync('/etc/debian_version');
  if (!debian || process.getuid?.() !== 0) {
    console.error(
      `${why} needs system packages. Install them and run this again:\n\n  sudo apt-get update && sudo apt-get ${install.join(' ')}\n`,
    );
    process.exit(1);
  }
  console.error(`${why} needs system packages; installing ${missing.join(' ')} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-q'], { stdio: ['ignore', 'ignore', 2], env });
  run('apt-get', ['-q', ...install], { stdio: ['ignore', 'ignore', 2], env });
}

/** A file of the clone, as JSON. */
export function readManifest() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
}
