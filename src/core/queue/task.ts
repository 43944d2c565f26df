import * as z from 'zod/mini';
import { isFinal } from './final.ts';
import { GenerationRequest, type PageTarget } from '../request/schema.ts';

/** Why something failed, as data: the ledger keeps it and `describe()` puts it into words in the reader's language. */
export const Failure = z.object({
  /** A row of the table in `service/failures.ts`; a name that this version does not know is shown as `internal`. */
  kind: z.string(),
  /** What the service or the system said, without secrets; shown as it is when the kind alone says too little. */
  detail: z.optional(z.string()),
  /** The service's negative `code`, where one came. */
  code: z.optional(z.number()),
  /** The upstream site's number inside the message text, where one stood there. */
  upstream: z.optional(z.string()),
});
export type Failure = z.infer<typeof Failure>;

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

/** Milliseconds since 1970, as far as a Date goes: beyond it every view that shows one would throw. */
const time = z.number().check(z.gte(-8.64e15), z.lte(8.64e15));

const head = {
  /** Ours, a UUID; the service's own id is `serviceTaskId`. */
  id: z.string(),
  createdAt: time,
  updatedAt: time,
  request: GenerationRequest,
  /** What the check made of the request: shown in views without asking the catalogue again. */
  model: z.string(),
  size: z.string(),
  /** Held request, or a task at the service. The stock service turns the second into the first. */
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
  /** The person went on without it (`jimeng text --async`): it is fetched when they ask for it, not by itself. */
  fetchOnRequest: z.optional(z.literal(true)),
};

export type TaskHead = z.infer<z.ZodMiniObject<typeof head>>;

const files = z.array(SavedPicture);
const missing = z.array(MissingPicture);
const state = <const S extends string, T extends z.core.$ZodLooseShape>(status: S, more: T) =>
  z.object({ ...head, status: z.literal(status), ...more });
const atService = { serviceTaskId: z.string() };

/**
 * A generation and where it stands. The ledger holds one of these for each; only `tasks/ledger.ts` writes it.
 * `waiting` → `sending` → (`pending` | `queued` | `processing`) or `running` → `saving` → a final state; `moves.ts` has
 * every step that is allowed.
 */
export const Task = z.discriminatedUnion('status', [
  /** In our own queue: nothing was sent, and a cancel is free. */
  state('waiting', {}),
  /** Written before the request leaves. */
  state('sending', {}),
  /** A held request: the service has it and answers when it is done. */
  state('running', {}),
  state('pending', atService),
  state('queued', atService),
  state('processing', atService),
  state('saving', {
    serviceTaskId: z.optional(z.string()),
    results: z.array(ResultItem),
    files,
    missing,
    /** How much of a video has arrived; in bytes, the total where it is known. */
    bytes: z.optional(z.object({ received: z.number(), total: z.optional(z.number()) })),
  }),
  /** The links stay for as long as they live: a picture that is deleted by mistake can be fetched again. */
  state('completed', {
    serviceTaskId: z.optional(z.string()),
    files,
    results: z.optional(z.array(ResultItem)),
  }),
  /** Some or all pictures are missing; their links are kept. */
  state('partial', {
    serviceTaskId: z.optional(z.string()),
    results: z.array(ResultItem),
    files,
    missing,
  }),
  state('failed', { serviceTaskId: z.optional(z.string()), failure: Failure }),
  state('cancelled', { serviceTaskId: z.optional(z.string()) }),
  /** The service no longer knows it, or, with a failure, says that it works on it and does not. */
  state('lost', { ...atService, failure: z.optional(Failure) }),
  /** The person no longer waits for it; credits may be spent. Results that came all the same are kept. */
  state('detached', {
    serviceTaskId: z.optional(z.string()),
    results: z.optional(z.array(ResultItem)),
  }),
  /** Sent, and no answer came: it may have been charged, so it is never sent again without the user's word. */
  state('uncertain', { failure: z.optional(Failure) }),
]);
export type Task = z.infer<typeof Task>;
export type TaskStatus = Task['status'];
/** A status and what belongs to it, without the head. */
export type TaskState = Task extends infer T
  ? T extends Task
    ? Omit<T, keyof TaskHead>
    : never
  : never;
export type FinalTask = Extract<
  Task,
  { status: 'completed' | 'partial' | 'failed' | 'cancelled' | 'lost' | 'detached' | 'uncertain' }
>;
export type OpenTask = Exclude<Task, FinalTask>;
export type WaitingTask = Extract<Task, { status: 'waiting' }>;

/** What went wrong with a task as a whole. */
export function failureOf(task: FinalTask): Failure | undefined {
  switch (task.status) {
    case 'failed':
      return task.failure;
    case 'lost':
      return task.failure ?? { kind: 'taskNotFound' };
    case 'uncertain':
      return task.failure ?? { kind: task.mode === 'sync' ? 'windowClosed' : 'connectionLost' };
    default:
      return undefined;
  }
}

/** The service's own id of a task, where it is known. */
export function serviceTaskIdOf(task: Task): string | undefined {
  return 'serviceTaskId' in task ? task.serviceTaskId : undefined;
}

/** The part of a state that keeps the service's id; empty where there is none. */
export function withServiceTaskId(serviceTaskId: string | undefined): { serviceTaskId?: string } {
  return serviceTaskId === undefined ? {} : { serviceTaskId };
}

/** Whether a cancel costs nothing; service-contract: the service cancels only `pending` and `queued`. */
export function canCancel({ status }: Task): boolean {
  return (
    status === 'waiting' || status === 'sending' || status === 'pending' || status === 'queued'
  );
}

/** Whether the service is at work, and can only be left alone: credits may be spent. */
export function canStopWatching({ status }: Task): boolean {
  return status === 'running' || status === 'processing';
}

/** Whether it can be looked for once more: the service may still have it, or its results are kept here. */
export function canWatchAgain(task: Task): boolean {
  switch (task.status) {
    case 'detached':
      return task.serviceTaskId !== undefined || task.results !== undefined || task.mode === 'sync';
    case 'cancelled':
    case 'lost':
      return task.serviceTaskId !== undefined;
    default:
      return false;
  }
}

/** Whether a task is at the service for so long that it no longer counts as one of those that run; not failed. In ms. */
export function isSlow(task: Task, now: number, slowAfter: number): boolean {
  const atService =
    task.status === 'running' ||
    task.status === 'pending' ||
    task.status === 'queued' ||
    task.status === 'processing';
  return atService && task.sentAt !== undefined && now - task.sentAt > slowAfter;
}

/** The file that one of a task's pictures is still to become; while pictures wait elsewhere, none can. */
export function openTargetOf(task: Task): PageTarget | undefined {
  const { request, keptFor } = task;
  return request.kind === 'image' &&
    'files' in task &&
    task.files.length > 0 &&
    isFinal(task) &&
    keptFor === undefined
    ? request.target
    : undefined;
}

/** What stays the same for a task's whole life. */
export function headOf(task: Task): TaskHead {
  const {
    id,
    createdAt,
    updatedAt,
    request,
    model,
    size,
    mode,
    service,
    region,
    folder,
    sentAt,
    fingerprint,
    by,
    keptFor,
    fetchOnRequest,
  } = task;
  return {
    id,
    createdAt,
    updatedAt,
    request,
    model,
    size,
    mode,
    service,
    region,
    folder,
    ...(sentAt !== undefined && { sentAt }),
    ...(fingerprint !== undefined && { fingerprint }),
    ...(by && { by }),
    ...(keptFor !== undefined && { keptFor }),
    ...(fetchOnRequest && { fetchOnRequest }),
  };
}

/** For the `default` of a switch over a union: the compiler sees a case that was forgotten. */
export function assertNever(value: never): never {
  throw new Error(`Unhandled case: ${JSON.stringify(value)}`);
}
