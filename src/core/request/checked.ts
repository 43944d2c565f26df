import * as l10n from '@vscode/l10n';
import { JimengError, joinSentences } from '../service/failures/failures.ts';
import { closest } from './closest.ts';

/** A sentence about a request, in the reader's language, with what to do. */
export interface Note {
  kind: string;
  message: string;
}

export type CheckResult<A> = A | { ok: false; refusal: Note };

export interface CheckOptions {
  /** A model that the catalogue does not know: pass it on with a warning (a person's own setting), or refuse it (agents). */
  unknownModels: 'pass' | 'refuse';
  /** The kind of the service in use, where it is known; else only what each kind takes is accepted. */
  service?: 'stock' | 'task' | undefined;
}

/** A model that nobody knows, with the one that was probably meant. @param which what it was looked for among, as a sentence */
export function unknownModel(
  which: string,
  model: string,
  available: readonly { id: string }[],
): Note {
  const ids = available.map(({ id }) => id);
  const meant = closest(model, ids);
  const choose = l10n.t('Choose one of {0}.', ids.join(', '));
  return {
    kind: 'unknownModel',
    message: joinSentences(
      which,
      ...(meant === undefined ? [] : [l10n.t('Did you mean {0}?', meant)]),
      choose,
    ),
  };
}

/** A request that was refused before anything was sent. */
export class RefusedRequest extends JimengError {
  readonly refusal: Note;

  constructor(refusal: Note) {
    super({ kind: 'refusedHere', detail: refusal.message });
    this.refusal = refusal;
  }
}

export function refused(kind: string, message: string): { ok: false; refusal: Note } {
  return { ok: false, refusal: { kind, message } };
}
