import * as vscode from 'vscode';
import { parseSessionId, type SessionId } from '../core/session.ts';

const key = 'jimeng.sessionId';

/** The session ID: in SecretStorage, or, where that fails or forgets, in the memory of this window. */
export class SessionStore {
  readonly #secrets: vscode.SecretStorage;
  readonly #log: vscode.LogOutputChannel;
  #inMemory: SessionId | undefined;

  constructor(secrets: vscode.SecretStorage, log: vscode.LogOutputChannel) {
    this.#secrets = secrets;
    this.#log = log;
  }

  async get(): Promise<SessionId | undefined> {
    if (this.#inMemory) { return this.#inMemory; }
    const text = await this.#read();
    const parsed = text === undefined ? undefined : parseSessionId(text);
    return parsed?.ok ? parsed.session : undefined;
  }

  async set(session: SessionId): Promise<void> {
    this.#inMemory = undefined;
    const secret = session.reveal();
    try {
      await this.#secrets.store(key, secret);
    } catch {
      this.#log.warn('The secret storage cannot be written.');
    }
    if (await this.#read() === secret) { return; }
    this.#inMemory = session;
    void vscode.window.showWarningMessage(vscode.l10n.t('VS Code\'s secret storage does not work here, so the session ID is kept until this window closes.'));
  }

  async clear(): Promise<void> {
    this.#inMemory = undefined;
    await this.#secrets.delete(key);
  }

  async #read(): Promise<string | undefined> {
    try {
      return await this.#secrets.get(key);
    } catch {
      this.#log.warn('The secret storage cannot be read.');
      return undefined;
    }
  }
}
