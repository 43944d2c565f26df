import { describe, JimengError, joinSentences, type FailureKind } from '../core/service/failures.ts';
import type { Failure } from '../core/task.ts';
import type { Desk, Remedy } from './desk.ts';

/** Whether the model may call again, and after what. */
type TryAgain = 'after_change' | 'after_person' | 'later' | 'no';

/** What an agent is told about something that did not come to pass; English, since a model reads it. */
export interface ToolError {
  kind: string;
  message: string;
  next: string;
  try_again: TryAgain;
}

/** A call that is refused here: nothing was sent, and nothing is charged. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly kind: string;
  /** What the person has to do; without it the model has to change the call. */
  readonly remedy: Remedy | undefined;

  constructor(kind: string, message: string, remedy?: Remedy) {
    super(message);
    this.kind = kind;
    this.remedy = remedy;
  }
}

/** Failures after which another call, changed, costs no more than it would have cost. */
const afterChange: ReadonlySet<string> = new Set<FailureKind>([
  'refusedHere', 'contentRefused', 'badParameter', 'unsupportedModel', 'modelRefused', 'tooManyPictures', 'bodyTooLarge', 'remoteFile',
  'inputMissing', 'inputNotAPicture', 'inputNotAVideo', 'inputFormat', 'inputDamaged', 'inputsTooLarge', 'inputChanged',
]);

/** Failures that only the person can mend; where the way differs from desk to desk, with its name. */
const afterPerson: ReadonlyMap<string, Remedy | undefined> = new Map<FailureKind, Remedy | undefined>([
  ['sessionExpired', 'session'], ['serviceDown', 'service'], ['notTheService', 'service'], ['badAddress', 'service'], ['addressChanged', 'service'], ['demoEnded', undefined],
  ['routeNotFound', 'service'], ['requestRefused', 'service'], ['faceCheck', undefined], ['noCredits', undefined], ['benefitMissing', undefined],
  ['folderUnreachable', undefined], ['folderNotWritable', undefined], ['diskFull', undefined],
]);

/** Failures whose advice says that credits may be gone: the person has to read it. */
const mayHaveBeenCharged: ReadonlySet<string> = new Set<FailureKind>(['connectionLost', 'gatewayTrouble', 'timedOut', 'windowClosed']);

const ownWay = 'Do not send it once more by yourself: it may have been charged. Tell the person, and let them decide.';
const afterwards = 'Tell the person this in their language and stop; call only when they say that it is done.';

/** Puts a failure into words for a model. */
export function errorOf(failure: Failure, desk: Pick<Desk, 'remedy'>): ToolError {
  const { kind } = failure;
  const { sentence, advice } = describe(failure);
  if (kind === 'rateLimited') {
    return { kind, message: sentence, next: 'Nothing was made. Wait at least a minute before the next call.', try_again: 'later' };
  }
  if (afterChange.has(kind)) {
    return { kind, message: joinSentences(sentence, advice), next: 'Change what is named; never send the same call again. Ask the person where the change is theirs to make.', try_again: 'after_change' };
  }
  if (afterPerson.has(kind)) {
    const remedy = afterPerson.get(kind);
    return { kind, message: joinSentences(sentence, remedy ? desk.remedy(remedy) : advice), next: afterwards, try_again: 'after_person' };
  }
  return { kind, message: mayHaveBeenCharged.has(kind) ? joinSentences(sentence, advice) : sentence, next: ownWay, try_again: 'no' };
}

/** What an agent is told when a call throws. Throws what is no fault of the call, the service or the desk: a cancel too. */
export function thrown(error: unknown, desk: Pick<Desk, 'remedy'>): ToolError {
  if (error instanceof JimengError) { return errorOf(error.failure, desk); }
  if (!(error instanceof Refusal)) { throw error; }
  const { kind, message, remedy } = error;
  return remedy
    ? { kind, message: joinSentences(message, desk.remedy(remedy)), next: afterwards, try_again: 'after_person' }
    : { kind, message, next: 'Nothing was sent. Change the call.', try_again: 'after_change' };
}
