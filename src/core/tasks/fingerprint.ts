import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode, ignoreMissing } from '../files.ts';
import type { SessionId } from '../session.ts';

/** Tells sessions apart without holding them: hashes with a salt of this machine's own, in a file. */
export class Fingerprints {
  readonly #path: string;
  #salt: Promise<string> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async of(session: SessionId): Promise<string> {
    this.#salt ??= this.#readOrMake();
    return createHash('sha256').update(await this.#salt).update(session.reveal()).digest('hex').slice(0, 16);
  }

  /** Two windows that make it at once end with the same one: the first file stays. */
  async #readOrMake(): Promise<string> {
    const known = await readFile(this.#path, 'utf8').catch(ignoreMissing);
    if (known !== undefined && known !== '') { return known; }
    await mkdir(dirname(this.#path), { recursive: true });
    const own = `${this.#path}.${randomBytes(8).toString('hex')}`;
    await writeFile(own, randomBytes(32).toString('hex'), { mode: 0o600 });
    try {
      await link(own, this.#path);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') { throw error; }
    } finally {
      await rm(own, { force: true });
    }
    return readFile(this.#path, 'utf8');
  }
}
