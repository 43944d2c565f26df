// npm start: VS Code with the extension, on a demo service. npm start -- "a prompt": one generation without a window.
import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build, readManifest, root, toolsEnvironment, underNode24 } from './setup.mjs';

if (!underNode24(fileURLToPath(import.meta.url))) {
  build();
  const service = await startDemoService();
  try {
    const [prompt, ...options] = process.argv.slice(2);
    process.exitCode =
      prompt === undefined
        ? await openEditor(service.url)
        : await generateOnce(service.url, [prompt, ...options]);
  } finally {
    service.stop();
  }
}

async function startDemoService() {
  const child = spawn('node', [join(root, 'dist', 'cli.js'), 'serve', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: toolsEnvironment(),
    detached: true,
  });
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('http://')) {
      child.stdout.destroy();
      child.unref();
      return { url: line, stop: () => child.kill() };
    }
  }
  throw new Error('The demo service did not start.');
}

/** The demo never sees a real session ID: the one of the environment is replaced. */
async function generateOnce(url, args) {
  const child = spawn('node', [join(root, 'dist', 'cli.js'), 'text', ...args], {
    stdio: 'inherit',
    cwd: process.env.INIT_CWD ?? process.cwd(),
    env: toolsEnvironment({ JIMENG_SESSION_ID: 'demo-session-of-npm-start', JIMENG_API_URL: url }),
    detached: true,
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise(resolve => child.once('close', code => resolve(code ?? 1)));
}

async function openEditor(url) {
  const home = await mkdtemp(join(tmpdir(), 'jimeng-start-'));
  const [userData, extensions, folder] = ['user-data', 'extensions', 'sample'].map(name =>
    join(home, name),
  );
  try {
    await Promise.all(
      [userData, extensions, folder].map(path => mkdir(join(path, 'User'), { recursive: true })),
    );
    await rm(join(folder, 'User'), { recursive: true });
    await writeFile(
      join(userData, 'User', 'settings.json'),
      JSON.stringify({ 'jimeng.apiUrl': url, 'workbench.startupEditor': 'none' }, null, 2),
    );
    await writeFile(
      join(folder, 'index.html'),
      '<!doctype html>\n<title>Sample</title>\n<h1>A page that wants a picture</h1>\n',
    );
    const stopped = new Promise(resolve => {
      for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, resolve);
    });
    console.log(
      `The demo service runs at ${url}; any session ID of eight characters or more will do. Ctrl-C ends everything.`,
    );
    if (
      spawnSync('code', ['--version'], { stdio: 'ignore', shell: process.platform === 'win32' })
        .status === 0
    ) {
      const editor = spawn(
        'code',
        [
          '--wait',
          '--new-window',
          '--user-data-dir',
          userData,
          '--extensions-dir',
          extensions,
          `--extensionDevelopmentPath=${root}`,
          folder,
        ],
        { stdio: 'inherit', shell: process.platform === 'win32' },
      );
      await Promise.race([stopped, new Promise(resolve => editor.once('close', resolve))]);
      editor.kill();
      return 0;
    }
    const { registerExtension, startCodeServer, windowUrl } = await import('./code-server.mjs');
    await registerExtension(extensions, readManifest(), root.replace(/\/$/, ''));
    const server = await startCodeServer({ userData, extensions });
    console.log(`VS Code is open at\n\n  ${windowUrl(server, { folder })}\n`);
    await stopped;
    await server.stop();
    return 0;
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  }
}
