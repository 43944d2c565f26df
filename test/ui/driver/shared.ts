import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser } from 'playwright-core';
import { installVsix } from '../../../scripts/code-server.mjs';

const out = fileURLToPath(new URL('../../../out/', import.meta.url));
/** `npm test -- ui` has made it. */
const vsix = join(out, 'jimeng.vsix');
const home = join(out, 'installed');

export interface Manifest {
  publisher: string;
  name: string;
  version: string;
}

/** The folder of the extension, as it is installed from the VSIX, and its manifest. All windows run this one. */
export async function installedExtension(): Promise<{ folder: string; manifest: Manifest }> {
  const manifest = JSON.parse(
    await readFile(new URL('../../../package.json', import.meta.url), 'utf8'),
  ) as Manifest;
  const { publisher, name, version } = manifest;
  return { folder: join(home, 'extensions', `${publisher}.${name}-${version}`), manifest };
}

/** Installs the VSIX where that was not done since it was made. */
export async function installExtension(): Promise<void> {
  const { folder } = await installedExtension();
  const timeOf = (path: string) =>
    stat(path).then(
      ({ ctimeMs }) => ctimeMs,
      () => 0,
    );
  if ((await timeOf(folder)) > (await timeOf(vsix))) return;
  await rm(home, { recursive: true, force: true });
  await installVsix(vsix, {
    userData: join(home, 'user-data'),
    extensions: join(home, 'extensions'),
  });
}

let browser: Promise<Browser> | undefined;

/** The browser of all windows of a file. */
export function sharedBrowser(): Promise<Browser> {
  browser ??= chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  return browser;
}

export async function closeBrowser(): Promise<void> {
  const opened = browser;
  browser = undefined;
  await (await opened)?.close();
}

/** Mocha calls this once for all files. */
export const mochaGlobalSetup = installExtension;

/** And these for each file. */
export const mochaHooks = { afterAll: closeBrowser };
