import * as vscode from 'vscode';

/** A file system in memory, as an extension for remote or virtual folders would register one. */
export class MemoryFiles implements vscode.FileSystemProvider {
  readonly onDidChangeFile = new vscode.EventEmitter<vscode.FileChangeEvent[]>().event;
  readonly #files = new Map<string, Uint8Array>();
  readonly #folders = new Set<string>(['/']);

  /** Names and texts of the files directly in a folder. */
  contents(folder: string): Record<string, string> {
    return Object.fromEntries(
      this.readDirectory(vscode.Uri.from({ scheme: 'x', path: folder })).map(([name]) => [
        name,
        new TextDecoder().decode(this.#files.get(`${folder}/${name}`)),
      ]),
    );
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => {
      /* nothing is watched */
    });
  }

  stat({ path }: vscode.Uri): vscode.FileStat {
    const file = this.#files.get(path);
    if (!file && !this.#folders.has(path)) throw vscode.FileSystemError.FileNotFound(path);
    return {
      type: file ? vscode.FileType.File : vscode.FileType.Directory,
      ctime: 0,
      mtime: 0,
      size: file?.length ?? 0,
    };
  }

  readDirectory({ path }: vscode.Uri): [string, vscode.FileType][] {
    return [...this.#files.keys()]
      .filter(file => file.startsWith(`${path}/`))
      .map((file): [string, vscode.FileType] => [file.slice(path.length + 1), vscode.FileType.File])
      .sort();
  }

  createDirectory({ path }: vscode.Uri): void {
    this.#folders.add(path);
  }

  readFile({ path }: vscode.Uri): Uint8Array {
    const file = this.#files.get(path);
    if (!file) throw vscode.FileSystemError.FileNotFound(path);
    return file;
  }

  writeFile({ path }: vscode.Uri, content: Uint8Array): void {
    this.#files.set(path, content);
  }

  delete({ path }: vscode.Uri): void {
    this.#files.delete(path);
  }

  rename(from: vscode.Uri, to: vscode.Uri, { overwrite }: { overwrite: boolean }): void {
    if (!overwrite && this.#files.has(to.path)) throw vscode.FileSystemError.FileExists(to.path);
    this.#files.set(to.path, this.readFile(from));
    this.#files.delete(from.path);
  }
}
