import * as l10n from '@vscode/l10n';
import { isKnownNumber } from './classify.ts';
import { foreignText } from './foreign-text.ts';
import type { Action } from './row.ts';
import { rowOf, type Failure } from './table.ts';

export interface Description {
  /** What happened. */
  sentence: string;
  /** What to do next; empty if the sentence says it all. */
  advice: string;
  /** The same request would fail again: something has to change first. */
  final: boolean;
  action?: Action;
  /** Its meaning is unknown: a report helps to find out. */
  report: boolean;
}

/** Any problem with the service or with pictures, carried as data so that it can be stored and translated. */
export class JimengError extends Error {
  override readonly name = 'JimengError';
  readonly failure: Failure;

  constructor(failure: Failure, options?: ErrorOptions) {
    const { kind, detail } = failure;
    const shown = detail === undefined ? undefined : foreignText(detail); // whoever created it, no session ID is kept
    super(shown === undefined ? kind : `${kind}: ${shown}`, options);
    this.failure = { ...failure, ...(shown !== undefined && { detail: shown }) };
  }
}

/** Puts a failure into words, in the reader's language. */
export function describe(failure: Failure): Description {
  const row = rowOf(failure);
  const [sentence, advice] = row.words(said(failure));
  const { upstream } = failure;
  const unknown =
    upstream !== undefined && !isKnownNumber(upstream)
      ? l10n.t(
          "The site's code {0} is not known yet; a report helps to find out what it means.",
          upstream,
        )
      : '';
  return {
    sentence,
    advice: joinSentences(advice, unknown),
    final: row.final,
    report: unknown !== '' || row.action === 'copyReport',
    ...(row.action && { action: row.action }),
  };
}

/** Sentence and advice of a failure as one text: the same in a notification, a tooltip and a terminal. */
export function textOf(failure: Failure): string {
  const { sentence, advice } = describe(failure);
  return joinSentences(sentence, advice);
}

/** Joins sentences, each ended by a full stop; after a full-width one there is no space. */
export function joinSentences(...sentences: string[]): string {
  return sentences
    .filter(sentence => sentence !== '')
    .map(ended)
    .reduce(
      (text, next) => `${text}${text === '' || /[。！？]$/.test(text) ? '' : ' '}${next}`,
      '',
    );
}

/** Some sentences end in a message of the service or the system, which seldom has a full stop and may be in Chinese. */
function ended(sentence: string): string {
  if (/[.!?…。！？]$/.test(sentence)) return sentence;
  return `${sentence}${/^\P{L}*\p{Script=Han}/u.test(sentence) ? '。' : '.'}`;
}

/** The service's own message and the site's number, for a sentence that would say too little without them. */
function said({ detail, upstream, code }: Failure): string {
  const number = upstream ?? (code === undefined ? undefined : String(code));
  if (detail === undefined) return number ?? l10n.t('no reason given');
  return number === undefined || detail.includes(number) ? detail : `${detail} (${number})`;
}

/** Whether a generation that ended like this has an unknown outcome: only a person may send it again. */
export function mayHaveBeenCharged(failure: Pick<Failure, 'kind'>): boolean {
  return rowOf(failure).charge === 'maybe';
}

/** Whether credits are, or may be, spent: the advice says so and has to be read. */
export function costsCredits(failure: Pick<Failure, 'kind'>): boolean {
  return rowOf(failure).charge !== undefined;
}
