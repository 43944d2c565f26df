/** A sentence about a request, in the reader's language, with what to do. */
export interface Note {
  kind: string;
  message: string;
}

export type Checked<A> = A | { ok: false; refusal: Note };

export interface CheckOptions {
  /** A model that the catalogue does not know: pass it on with a warning (a person's own setting), or refuse it (agents). */
  unknownModels: 'pass' | 'refuse';
}

export function refused(kind: string, message: string): { ok: false; refusal: Note } {
  return { ok: false, refusal: { kind, message } };
}

export function isOneOf<T extends string>(values: readonly T[], value: string): value is T {
  return (values as readonly string[]).includes(value);
}
