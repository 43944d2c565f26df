import { randomUUID } from 'node:crypto';

/** The real service's links die after 2 to 3 hours; in ms. */
const LINK_LIFETIME_MS = 2 * 60 * 60 * 1_000;

/** The target of each link, until the link expires. */
export class Links<Target> {
  readonly #targets = new Map<string, { target: Target; expires: number }>();

  /** Returns the link's id. */
  add(target: Target): string {
    const now = Date.now();
    for (const [id, { expires }] of this.#targets) if (expires < now) this.#targets.delete(id);
    const id = randomUUID();
    this.#targets.set(id, { target, expires: now + LINK_LIFETIME_MS });
    return id;
  }

  /** Undefined if the link has expired. */
  find(id: string): Target | undefined {
    const entry = this.#targets.get(id);
    return entry && entry.expires >= Date.now() ? entry.target : undefined;
  }
}
