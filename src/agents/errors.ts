import {
  costsCredits,
  describe,
  JimengError,
  joinSentences,
} from '../core/service/failures/failures.ts';
import { rowOf, type Failure } from '../core/service/failures/table.ts';
import type { AgentHost, NextStep } from './host.ts';

/** Whether the model may call again, and after what. */
type TryAgain = 'after_change' | 'after_person' | 'later' | 'no';

/** What an agent gets for a call that failed; English, since a model reads it. */
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
  readonly nextStep: NextStep | undefined;

  constructor(kind: string, message: string, nextStep?: NextStep) {
    super(message);
    this.kind = kind;
    this.nextStep = nextStep;
  }
}

const anotherWay =
  'Do not send it again on your own: it may have been charged. Tell the person, and let them decide.';
const afterwards =
  'Tell the person this in their language and stop; call again only when they say that it is done.';

/** Puts a failure into words for a model. */
export function errorOf(failure: Failure, host: Pick<AgentHost, 'nextStep'>): ToolError {
  const { kind } = failure;
  const { sentence, advice } = describe(failure);
  const { again, nextStep } = rowOf(failure);
  switch (again) {
    case 'later':
      return {
        kind,
        message: sentence,
        next: 'Nothing was made. Wait at least a minute before the next call.',
        try_again: again,
      };
    case 'after_change':
      return {
        kind,
        message: joinSentences(sentence, advice),
        next: 'Change the parameters; never repeat the same call. Ask the person if the change is theirs to make.',
        try_again: again,
      };
    case 'after_person':
      return {
        kind,
        message: joinSentences(sentence, nextStep ? host.nextStep(nextStep) : advice),
        next: afterwards,
        try_again: again,
      };
    default:
      return {
        kind,
        message: costsCredits(failure) ? joinSentences(sentence, advice) : sentence,
        next: anotherWay,
        try_again: 'no',
      };
  }
}

/**
 * What an agent gets when a call throws. Rethrows anything that is not the fault of the call, the service or the host,
 * including a cancel.
 */
export function thrown(error: unknown, host: Pick<AgentHost, 'nextStep'>): ToolError {
  if (error instanceof JimengError) return errorOf(error.failure, host);
  if (!(error instanceof Refusal)) throw error;
  const { kind, message, nextStep } = error;
  return nextStep
    ? {
        kind,
        message: joinSentences(message, host.nextStep(nextStep)),
        next: afterwards,
        try_again: 'after_person',
      }
    : { kind, message, next: 'Nothing was sent. Change the call.', try_again: 'after_change' };
}
