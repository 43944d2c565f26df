import { createHash, randomBytes } from 'node:crypto';
import * as z from 'zod/mini';
import { lazy } from '../system/lazy.ts';
import type { SessionId } from './session.ts';
import { SharedFile } from '../system/shared-file.ts';

const Salt = z.string().check(z.regex(/^[0-9a-f]{64}$/));

/** Tells sessions apart without storing them: hashes with a salt of this machine's own, in a file. */
export class Fingerprints {
  readonly #salt: () => Promise<string>;

  /** @param path on a local disk; created with the first fingerprint, and again if it is damaged */
  constructor(path: string) {
    const file = new SharedFile(path, Salt);
    this.#salt = lazy(
      async () =>
        (await file.read()) ?? file.update((known = randomBytes(32).toString('hex')) => known),
    );
  }

  /** Throws the system's error if the salt can neither be read nor created. */
  async of(session: SessionId): Promise<string> {
    return createHash('sha256')
      .update(await this.#salt())
      .update(session.reveal())
      .digest('hex')
      .slice(0, 16);
  }
}
