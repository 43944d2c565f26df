import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import {
  registerExtension,
  startCodeServer,
  windowUrl,
  type Server,
} from '../../../scripts/code-server.mjs';
import { installChinese } from './chinese.ts';
import { installedExtension, sharedBrowser } from './shared.ts';
import { PATIENCE_MS } from './waiting.ts';
import { Window } from './window.ts';

export interface EditorOptions {
  locale?: 'en' | 'zh-cn';
  /** The person's own settings. */
  settings?: Record<string, unknown>;
  /** Files of the workspace folder, by path. */
  files?: Record<string, string | Uint8Array>;
}

export interface OpenOptions {
  /** Another window of the same browser profile. */
  besides?: Window;
  /** A path below the workspace folder, of a `.code-workspace` file to open instead of the folder. */
  workspaceFile?: string;
  width?: number;
  height?: number;
}

/** A real VS Code in a browser, with an own profile and workspace in a temporary folder. */
export class Editor {
  readonly workspace: string;
  /** The folder of the list of installed extensions. */
  readonly extensions: string;
  readonly #home: string;
  readonly #server: Server;
  readonly #options: EditorOptions;
  readonly #contexts = new Set<BrowserContext>();

  private constructor(home: string, server: Server, options: EditorOptions) {
    this.#home = home;
    this.workspace = join(home, 'workspace');
    this.extensions = join(home, 'extensions');
    this.#server = server;
    this.#options = options;
  }

  static async start(options: EditorOptions = {}): Promise<Editor> {
    const home = await mkdtemp(join(tmpdir(), 'jimeng-ui-'));
    const place = { userData: join(home, 'user-data'), extensions: join(home, 'extensions') };
    const settings = {
      'workbench.startupEditor': 'none',
      'files.autoSave': 'off',
      'workbench.colorTheme': 'Default Dark Modern',
      'chat.disableAIFeatures': true,
      'workbench.reduceMotion': 'on',
      'terminal.integrated.gpuAcceleration': 'off',
      'workbench.secondarySideBar.defaultVisibility': 'hidden',
      'workbench.enableExperiments': false,
      'extensions.autoUpdate': false,
      'extensions.autoCheckUpdates': false,
      'extensions.ignoreRecommendations': true,
      'telemetry.telemetryLevel': 'off',
      'git.enabled': false,
      ...options.settings,
    };
    await writeAll(
      join(home, 'workspace'),
      options.files ?? { 'index.html': '<!doctype html>\n<h1>A page that wants a picture</h1>\n' },
    );
    await writeAll(place.userData, { 'User/settings.json': JSON.stringify(settings, null, 2) });
    await mkdir(place.extensions, { recursive: true });
    if (options.locale === 'zh-cn') await installChinese(place);
    const { folder, manifest } = await installedExtension();
    await registerExtension(place.extensions, manifest, folder);
    const server = await startCodeServer({
      ...place,
      ...(options.locale === 'zh-cn' && { locale: 'zh-cn' }),
    });
    return new Editor(home, server, options);
  }

  /** Opens a window on the workspace and waits until it can be used. */
  async open({
    width = 1280,
    height = 800,
    besides,
    workspaceFile,
  }: OpenOptions = {}): Promise<Window> {
    const context = besides?.page.context() ?? (await this.#newContext(width, height));
    const page = await context.newPage();
    await page.goto(
      windowUrl(
        this.#server,
        workspaceFile === undefined
          ? { folder: this.workspace }
          : { workspace: join(this.workspace, workspaceFile) },
      ),
    );
    const window = new Window(page);
    await window.ready();
    return window;
  }

  async #newContext(width: number, height: number): Promise<BrowserContext> {
    const context = await (
      await sharedBrowser()
    ).newContext({
      viewport: { width, height },
      // Otherwise the server packs 17 MB of VS Code anew for each window.
      extraHTTPHeaders: { 'Accept-Encoding': 'identity' },
    });
    this.#contexts.add(context);
    context.setDefaultTimeout(PATIENCE_MS); // for the way to a page, too
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], {
      origin: this.#server.url,
    });
    if (this.#options.locale === 'zh-cn') {
      await context.addCookies([
        { name: 'vscode.nls.locale', value: 'zh-cn', url: this.#server.url },
      ]);
      await context.addInitScript('localStorage.setItem("vscode.nls.locale", "zh-cn")');
    }
    return context;
  }

  /** Names in a folder of the workspace; none where there is no folder. */
  async files(folder: string): Promise<string[]> {
    return (await readdir(join(this.workspace, folder)).catch(() => [])).sort();
  }

  /** The person's own settings, as they are kept. */
  async settings(): Promise<Record<string, unknown>> {
    return JSON.parse(
      await readFile(join(this.#home, 'user-data', 'User', 'settings.json'), 'utf8'),
    ) as Record<string, unknown>;
  }

  /** Everything that was written below the profile and the workspace, as one searchable list. */
  async written(): Promise<{ path: string; content: Buffer }[]> {
    const entries = await readdir(this.#home, { recursive: true, withFileTypes: true });
    return Promise.all(
      entries
        .filter(entry => entry.isFile())
        .map(async entry => {
          const path = join(entry.parentPath, entry.name);
          return { path, content: await readFile(path) };
        }),
    );
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#contexts].map(context => context.close()));
    await this.#server.stop();
    await rm(this.#home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

async function writeAll(folder: string, files: Record<string, string | Uint8Array>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}
