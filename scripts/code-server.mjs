// VS Code in the browser, for machines on which the desktop build cannot be had: code-server, in a per-user cache.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ensureSystemPackages, toolsEnvironment } from './setup.mjs';

const version = '4.139.1';

function cacheFolder() {
  const base =
    process.env.XDG_CACHE_HOME ||
    (process.platform === 'darwin'
      ? join(homedir(), 'Library', 'Caches')
      : join(homedir(), '.cache'));
  return join(base, 'jimeng-vscode', `code-server-${version}-node${process.versions.modules}`);
}

/** Installs code-server once, beside and then in one step, so that a killed installation never looks complete. Returns its entry. */
export async function ensureCodeServer() {
  const folder = cacheFolder();
  const entry = join(folder, 'node_modules', 'code-server', 'out', 'node', 'entry.js');
  if (existsSync(entry)) return entry;
  ensureSystemPackages(
    [
      'libkrb5-dev',
      'libsecret-1-dev',
      'libx11-dev',
      'libxkbfile-dev',
      'pkg-config',
      'g++',
      'make',
      'python3',
    ],
    'Building VS Code for the browser',
  );
  console.error(
    `Installing VS Code for the browser (code-server ${version}) into ${folder}; this takes a minute or two …`,
  );
  await mkdir(dirname(folder), { recursive: true });
  const temporary = await mkdtemp(`${folder}-`);
  try {
    await writeFile(join(temporary, 'package.json'), JSON.stringify({ private: true }));
    // The headers of exactly this Node come with its platform package: nothing is downloaded while compiling.
    const headers = `node-${process.platform}-${process.arch}`;
    npm(temporary, ['install', `${headers}@${process.versions.node}`]);
    npm(temporary, ['install', `code-server@${version}`], {
      npm_config_nodedir: join(temporary, 'node_modules', headers),
    });
    await rename(temporary, folder).catch(error => {
      if (!existsSync(entry)) throw error; // another one was faster
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return entry;
}

function npm(cwd, args, env = {}) {
  const result = spawnSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    encoding: 'utf8',
    env: toolsEnvironment(env),
  });
  if (result.status !== 0)
    throw new Error(`npm ${args.join(' ')} failed:\n${result.stdout}\n${result.stderr}`);
}

/**
 * Starts a server for the given user data and extensions folders on a free port of this machine.
 * @param development lets a page ask for an extension under development and for tests inside; VS Code then shows no toasts.
 * @returns its address, and `stop`, which ends the server and all that it started.
 */
export async function startCodeServer({ userData, extensions, locale, development = false }) {
  const entry = await ensureCodeServer();
  const port = await freePort();
  const args = [
    entry,
    '--auth',
    'none',
    '--bind-addr',
    `127.0.0.1:${port}`,
    '--disable-telemetry',
    '--disable-update-check',
    '--disable-workspace-trust',
    '--disable-getting-started-override',
    '--config',
    join(userData, 'config.yaml'),
    '--user-data-dir',
    userData,
    '--extensions-dir',
    extensions,
    ...(development ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
    ...(locale ? ['--locale', locale] : []),
  ];
  await mkdir(userData, { recursive: true });
  await writeFile(join(userData, 'config.yaml'), 'cert: false\n');
  const child = spawn(process.execPath, args, {
    stdio: 'ignore',
    detached: true,
    env: toolsEnvironment(),
  });
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise(resolve => child.once('close', resolve));
    killGroup(child.pid, 'SIGTERM');
    await Promise.race([ended, delay(5_000).then(() => killGroup(child.pid, 'SIGKILL'))]);
  };
  for (let tries = 0; ; tries++) {
    if (child.exitCode !== null)
      throw new Error(`code-server ended at once with ${child.exitCode}.`);
    if (await answers(port)) return { url, port, stop };
    if (tries === 300) {
      await stop();
      throw new Error('code-server does not answer.');
    }
    await delay(100);
  }
}

/** Makes a folder on this machine an installed extension, as it is. */
export async function registerExtension(extensions, { publisher, name, version }, folder) {
  const list = join(extensions, 'extensions.json');
  const known = existsSync(list) ? JSON.parse(await readFile(list, 'utf8')) : [];
  const entry = {
    identifier: { id: `${publisher}.${name}` },
    version,
    location: { $mid: 1, path: folder, scheme: 'file' },
  };
  await mkdir(extensions, { recursive: true });
  await writeFile(list, JSON.stringify([...known, entry]));
}

/** Installs a VSIX into an extensions folder. */
export async function installVsix(vsix, { userData, extensions }) {
  const entry = await ensureCodeServer();
  const result = spawnSync(
    process.execPath,
    [
      entry,
      '--user-data-dir',
      userData,
      '--extensions-dir',
      extensions,
      '--install-extension',
      vsix,
    ],
    { encoding: 'utf8', env: toolsEnvironment() },
  );
  if (result.status !== 0)
    throw new Error(`The VSIX cannot be installed:\n${result.stdout}\n${result.stderr}`);
}

/** The address at which a page opens a folder, or a workspace file, with the extension under development, and runs tests inside if wanted. */
export function windowUrl({ url, port }, { folder, workspace, extension, tests }) {
  const remote = path => `vscode-remote://127.0.0.1:${port}${path}`;
  const payload = [
    ...(extension ? [['extensionDevelopmentPath', remote(extension)]] : []),
    ...(tests ? [['extensionTestsPath', remote(tests)]] : []),
  ];
  return `${url}/?${workspace ? 'workspace' : 'folder'}=${encodeURIComponent(workspace ?? folder)}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

/** Ends a process group of ours; it leads one because it was started detached. */
function killGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
      .once('error', reject)
      .listen(0, '127.0.0.1', () => {
        const { port } = server.address();
        server.close(() => resolve(port));
      });
  });
}

async function answers(port) {
  try {
    return (await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(2_000) }))
      .ok;
  } catch {
    return false;
  }
}
