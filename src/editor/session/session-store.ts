import { randomUUID } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { regions, type Region } from '../../core/request/models.ts';
import { ignoreMissing, replaceFile } from '../../core/system/files.ts';
import { parseSessionId, type SessionId } from '../../core/session/session.ts';

const key = 'jimeng.sessions';

const Kept = z.object({
  /** A new random value with every change, also written to a file next to the secret storage. */
  stamp: z.string(),
  current: z.enum(regions),
  ids: z.partialRecord(z.enum(regions), z.string()),
});
type Kept = z.infer<typeof Kept>;

const nothing: Kept = { stamp: '', current: 'cn', ids: {} };

/**
 * The session IDs, at most one per region, one of them in use: in SecretStorage, or, if that fails or forgets, in this
 * window's memory. On the desktop every window sees a change. In a browser each window has its own copy; a stamp in a
 * shared file shows that another window has changed something.
 */
export class SessionStore {
  readonly #secrets: vscode.SecretStorage;
  readonly #storage: vscode.Uri;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<void>();
  /** Fires when the sessions change, by this window or, on the desktop, by another one. */
  readonly onDidChange = this.#changed.event;
  #inMemory: Kept | undefined;
  /** The stamps that this window knows to belong together. */
  #seen: { file: string; secret: string } | undefined;

  constructor(secrets: vscode.SecretStorage, storage: vscode.Uri, log: vscode.LogOutputChannel) {
    this.#secrets = secrets;
    this.#storage = storage;
    this.#log = log;
    secrets.onDidChange(({ key: changed }) => {
      if (changed === key) this.#changed.fire();
    });
  }

  /** The session in use. */
  async get(): Promise<SessionId | undefined> {
    const { current, ids } = await this.#read();
    return sessionOf(ids[current]);
  }

  async all(): Promise<SessionId[]> {
    const { ids } = await this.#read();
    return regions.flatMap(region => sessionOf(ids[region]) ?? []);
  }

  /** Stores it in place of another one of its region, and uses it. */
  async set(session: SessionId): Promise<void> {
    const { ids } = await this.#read();
    await this.#write({
      current: session.region,
      ids: { ...ids, [session.region]: session.reveal() },
    });
  }

  async use(region: Region): Promise<void> {
    const { ids } = await this.#read();
    await this.#write({ current: region, ids });
  }

  /** Forgets one. Another stored one is used from then on. */
  async remove(region: Region): Promise<void> {
    const { [region]: removed, ...ids } = (await this.#read()).ids;
    await this.#write({ current: regions.find(kept => kept in ids) ?? 'cn', ids });
  }

  /** Whether another window changed the sessions and this one still has the old ones: only a reload helps. */
  async isStale(): Promise<boolean> {
    const before = this.#seen;
    // In the opposite order of `#write`: during a write the secret may be newer than the file, never the reverse.
    const file = await this.#readStamp();
    const { stamp } = await this.#read();
    const stale =
      before !== undefined &&
      file !== stamp &&
      file !== before.file &&
      stamp === before.secret &&
      !this.#inMemory;
    if (!stale) this.#seen = { file, secret: stamp };
    return stale;
  }

  async #write(change: Omit<Kept, 'stamp'>): Promise<void> {
    const kept: Kept = { stamp: randomUUID(), ...change };
    this.#inMemory = undefined;
    try {
      await this.#secrets.store(key, JSON.stringify(kept));
    } catch {
      this.#log.warn('The secret storage cannot be written.');
    }
    if ((await this.#read()).stamp !== kept.stamp) {
      this.#inMemory = kept;
      this.#changed.fire();
      void vscode.window.showWarningMessage(
        vscode.l10n.t(
          "VS Code's secret storage does not work here, so the session ID is kept until this window closes.",
        ),
      );
      return;
    }
    await mkdir(this.#storage.fsPath, { recursive: true });
    await replaceFile(this.#stampFile, kept.stamp);
    this.#seen = { file: kept.stamp, secret: kept.stamp };
  }

  async #read(): Promise<Kept> {
    if (this.#inMemory) return this.#inMemory;
    try {
      const text = await this.#secrets.get(key);
      return text === undefined ? nothing : Kept.parse(JSON.parse(text));
    } catch {
      this.#log.warn('The secret storage cannot be read.');
      return nothing;
    }
  }

  get #stampFile(): string {
    return vscode.Uri.joinPath(this.#storage, 'sessions.stamp').fsPath;
  }

  async #readStamp(): Promise<string> {
    return (await readFile(this.#stampFile, 'utf8').catch(ignoreMissing)) ?? '';
  }
}

function sessionOf(text: string | undefined): SessionId | undefined {
  const parsed = text === undefined ? undefined : parseSessionId(text);
  return parsed?.ok ? parsed.session.recognise() : undefined;
}
