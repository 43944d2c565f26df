import * as vscode from 'vscode';
import type { ImageLink } from '../../core/page/links.ts';

/** Pictures whose creation and deletion matter. */
const pictures = '**/*.{png,jpg,jpeg,webp,avif,gif,bmp,PNG,JPG,JPEG}';

/** Which files exist, each looked up once and forgotten when one is created or deleted. */
export class FileExistenceCache implements vscode.Disposable {
  readonly #known = new Map<string, Promise<boolean>>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #owned: vscode.Disposable;

  constructor() {
    const watcher = vscode.workspace.createFileSystemWatcher(pictures, false, true, false);
    const forget = () => {
      this.#known.clear();
      this.#changed.fire();
    };
    // A renamed or deleted folder comes without events for the files in it.
    const listeners = [
      watcher.onDidCreate(forget),
      watcher.onDidDelete(forget),
      vscode.workspace.onDidRenameFiles(forget),
      vscode.workspace.onDidDeleteFiles(forget),
    ];
    this.#owned = vscode.Disposable.from(watcher, this.#changed, ...listeners);
  }

  has(uri: vscode.Uri): Promise<boolean> {
    const name = uri.toString();
    let known = this.#known.get(name);
    if (!known) {
      known = Promise.resolve(vscode.workspace.fs.stat(uri)).then(
        () => true,
        () => false,
      );
      this.#known.set(name, known);
    }
    return known;
  }

  /** The missing file that a link refers to; undefined if it exists, or if the reference is ambiguous. */
  async missing(
    { path }: ImageLink,
    page: vscode.Uri,
    bundled: boolean,
  ): Promise<vscode.Uri | undefined> {
    const root = vscode.workspace.getWorkspaceFolder(page)?.uri;
    if (!root) return undefined;
    const folders = foldersUpTo(root, page);
    const relative = path.startsWith('/') ? [] : [vscode.Uri.joinPath(page, '..', path)];
    // A path from the site's root, and any path in a component, is looked for wherever a bundler or server may have its
    // root.
    const served =
      path.startsWith('/') || bundled
        ? folders.flatMap(folder =>
            [folder, ...publicOf(folder)].map(base => vscode.Uri.joinPath(base, path)),
          )
        : [];
    for (const candidate of [...relative, ...served])
      if (await this.has(candidate)) return undefined;

    const target =
      relative[0] ?? vscode.Uri.joinPath((await this.#servedFolder(folders)) ?? root, path);
    return target.path.startsWith(`${root.path.replace(/\/$/, '')}/`) ? target : undefined;
  }

  dispose(): void {
    this.#owned.dispose();
  }

  async #servedFolder(folders: readonly vscode.Uri[]): Promise<vscode.Uri | undefined> {
    for (const folder of folders.flatMap(publicOf)) if (await this.has(folder)) return folder;
    return undefined;
  }
}

function publicOf(folder: vscode.Uri): vscode.Uri[] {
  return ['public', 'static'].map(name => vscode.Uri.joinPath(folder, name));
}

/** From the page's own folder up to the root. */
function foldersUpTo(root: vscode.Uri, page: vscode.Uri): vscode.Uri[] {
  const folders = [];
  for (
    let folder = vscode.Uri.joinPath(page, '..');
    folder.path.length > root.path.length;
    folder = vscode.Uri.joinPath(folder, '..')
  )
    folders.push(folder);
  return [...folders, root];
}
