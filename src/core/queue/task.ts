import * as z from 'zod/mini';
import { Failure } from '../service/failures/table.ts';
import { GenerationRequest } from '../request/schema.ts';

/** One picture or video of a result, as the service names it. */
export const ResultItem = z.union([
  z.object({
    url: z.string(),
    /** For when `url` is dead: other qualities, in the order in which they are tried. */
    others: z.optional(z.array(z.string())),
  }),
  /** A result that came inline: the bytes were put into this file of ours at once, so that the ledger stays small. */
  z.object({ file: z.string() }),
]);
export type ResultItem = z.infer<typeof ResultItem>;

/** A picture or video on disk. */
export const SavedPicture = z.object({
  /** Its place in the service's result, from 0. */
  index: z.number(),
  /** A file system path for `file:` folders, else the URI as a string. */
  path: z.string(),
  /** In pixels, as it is shown (orientation applied). */
  width: z.number(),
  height: z.number(),
});
export type SavedPicture = z.infer<typeof SavedPicture>;

/** A picture that is not there as PNG, or a video that is not there at all. */
export const MissingPicture = z.object({
  index: z.number(),
  failure: Failure,
  /** Where the bytes were kept under their true extension, if they were worth keeping. */
  keptAs: z.optional(z.string()),
});
export type MissingPicture = z.infer<typeof MissingPicture>;

/** What a request sends, but for its inputs and for how the service shall answer. */
const RequestBody = z.looseObject({ model: z.string(), prompt: z.string() });

/** Milliseconds since 1970, as far as a Date goes: beyond it every view that shows one would throw. */
const time = z.number().check(z.gte(-8.64e15), z.lte(8.64e15));

const files = z.array(SavedPicture);
const missing = z.array(MissingPicture);
const results = z.array(ResultItem);
/** The service's own id of the task, where it gave one. */
const serviceTaskId = z.optional(z.string());
const state = <const S extends string, T extends z.core.$ZodLooseShape>(status: S, more: T) =>
  z.object({ status: z.literal(status), ...more });

/**
 * How far a task is, and what belongs to that. `waiting` → `sending` → (`pending` | `queued` | `processing`) or `running`
 * → `saving` → a final state; `transitions.ts` has every step that is allowed.
 */
export const TaskState = z.discriminatedUnion('status', [
  /** In our own queue with what will be sent: nothing has left yet, and a cancel is free. */
  state('waiting', { body: RequestBody }),
  /** Written before the request leaves. */
  state('sending', {}),
  /** A sync request: the service has it and answers when it is done. */
  state('running', {}),
  state('pending', { serviceTaskId: z.string() }),
  state('queued', { serviceTaskId: z.string() }),
  state('processing', { serviceTaskId: z.string() }),
  state('saving', {
    serviceTaskId,
    results,
    files,
    missing,
    /** How much of a video has arrived; in bytes, the total where it is known. */
    bytes: z.optional(z.object({ received: z.number(), total: z.optional(z.number()) })),
  }),
  /** The links stay for as long as they live: a picture that is deleted by mistake can be fetched again. */
  state('completed', { serviceTaskId, files, results: z.optional(results) }),
  /** Some or all pictures are missing; their links are kept. */
  state('partial', { serviceTaskId, results, files, missing }),
  state('failed', { serviceTaskId, failure: Failure }),
  state('cancelled', { serviceTaskId }),
  /** The service no longer knows it, or, with a failure, says that it works on it and does not. */
  state('lost', { serviceTaskId: z.string(), failure: z.optional(Failure) }),
  /** The person no longer waits for it; credits may be spent. Results that came all the same are kept. */
  state('detached', { serviceTaskId, results: z.optional(results) }),
  /** Sent, and no answer came: it may have been charged, so it is never sent again without the user's word. */
  state('uncertain', { failure: z.optional(Failure) }),
]);
export type TaskState = z.infer<typeof TaskState>;
export type TaskStatus = TaskState['status'];

/** A generation and how far it is. The ledger holds one of these for each; only `store.ts` writes it. */
export const Task = z.object({
  /** Ours, a UUID; the service's own id is `state.serviceTaskId`. */
  id: z.string(),
  createdAt: time,
  updatedAt: time,
  request: GenerationRequest,
  /** What the check made of the request: shown in views without asking the catalogue again. */
  model: z.string(),
  size: z.string(),
  /** A sync request, or a task at the service. The stock service turns the second into the first. */
  mode: z.enum(['sync', 'async']),
  service: z.object({
    url: z.string(),
    demo: z.boolean(),
    /** With or without tasks; missing where it was not asked. */
    kind: z.optional(z.enum(['stock', 'task'])),
  }),
  region: z.enum(['cn', 'us', 'hk', 'jp', 'sg']),
  /** Where the pictures go: a URI as a string. */
  folder: z.string(),
  /** When the request left. */
  sentAt: z.optional(time),
  /** Tells one session from another without holding it: a salted hash. */
  fingerprint: z.optional(z.string()),
  /** An agent asked for it, through a tool. */
  by: z.optional(z.literal('agent')),
  /** The folder is one that only its own window can write: the pictures wait in a local one. */
  keptFor: z.optional(z.string()),
  /** The person went on without it (`jimeng text --async`): it is fetched when they ask for it. */
  fetchOnRequest: z.optional(z.literal(true)),
  state: TaskState,
});
export type Task = z.infer<typeof Task>;
/** All but how far it is. */
export type TaskHead = Omit<Task, 'state'>;
/** A task of which it is known how far it is. */
export type TaskIn<S extends TaskStatus> = TaskHead & { state: Extract<TaskState, { status: S }> };
export type FinalTask = TaskIn<
  'completed' | 'partial' | 'failed' | 'cancelled' | 'lost' | 'detached' | 'uncertain'
>;
export type OpenTask = TaskIn<Exclude<TaskStatus, FinalTask['state']['status']>>;
export type WaitingTask = TaskIn<'waiting'>;
/** A task that has left our own queue and is not final. */
export type ActiveTask = TaskIn<Exclude<OpenTask['state']['status'], 'waiting'>>;

/** What went wrong with a task as a whole. */
export function failureOf({ state, mode }: FinalTask): Failure | undefined {
  switch (state.status) {
    case 'failed':
      return state.failure;
    case 'lost':
      return state.failure ?? { kind: 'taskNotFound' };
    case 'uncertain':
      return state.failure ?? { kind: mode === 'sync' ? 'windowClosed' : 'connectionLost' };
    default:
      return undefined;
  }
}

/** The service's own id of a task, where it is known. */
export function serviceTaskIdOf({ state }: Task): string | undefined {
  return 'serviceTaskId' in state ? state.serviceTaskId : undefined;
}

/** The part of a state that keeps the service's id; empty where there is none. */
export function withServiceTaskId(serviceTaskId: string | undefined): { serviceTaskId?: string } {
  return serviceTaskId === undefined ? {} : { serviceTaskId };
}

/** Whether a cancel costs nothing; service-contract: the service cancels only `pending` and `queued`. */
export function canCancel({ state: { status } }: Task): boolean {
  return (
    status === 'waiting' || status === 'sending' || status === 'pending' || status === 'queued'
  );
}

/** Whether the service is at work, and can only be left alone: credits may be spent. */
export function canStopWatching({ state: { status } }: Task): boolean {
  return status === 'running' || status === 'processing';
}

/** Whether it can be looked for once more: the service may still have it, or its results are kept here. */
export function canWatchAgain({ state, mode }: Task): boolean {
  switch (state.status) {
    case 'detached':
      return state.serviceTaskId !== undefined || state.results !== undefined || mode === 'sync';
    case 'cancelled':
    case 'lost':
      return state.serviceTaskId !== undefined;
    default:
      return false;
  }
}

/** Whether a task is at the service for so long that it no longer counts as one of those that run; not failed. In ms. */
export function isSlow(
  { state: { status }, sentAt }: Task,
  now: number,
  slowAfterMs: number,
): boolean {
  const atService =
    status === 'running' || status === 'pending' || status === 'queued' || status === 'processing';
  return atService && sentAt !== undefined && now - sentAt > slowAfterMs;
}

/** For the `default` of a switch over a union: the compiler sees a case that was forgotten. */
export function assertNever(value: never): never {
  throw new Error(`Unhandled case: ${JSON.stringify(value)}`);
}
