import * as z from 'zod/mini';
import { maskKnown } from '../session/session.ts';
import { foreignText } from './failures/foreign-text.ts';

/** Answers of the service (service-contract, Endpoints). Fields that are not named here may come and are not looked at. */

/** Whatever is shown or kept goes through here: the service repeats what it was sent. */
const text = z.pipe(z.string(), z.transform(foreignText));
const maybeText = z.optional(z.catch(z.nullable(text), null));

const code = z.union([
  z.int(),
  z.pipe(z.string().check(z.regex(/^-?\d{1,9}$/)), z.transform(Number)),
]);
const message = z.optional(z.nullable(z.string()));
/** An error, with HTTP 200. In the services the code is negative; a positive one is an error only where nothing comes with it. */
export const Envelope = z.union([
  z.object({ code: code.check(z.refine(value => value < 0)), message }),
  z.object({
    code: code.check(z.refine(value => value > 0)),
    message: z.string(),
    data: z.optional(z.null()),
    task_id: z.optional(z.undefined()),
  }),
]);

/** A success as some forks wrap it. */
export const Wrapped = z.object({
  code: z.union([z.literal(0), z.literal('0')]),
  data: z.union([z.array(z.unknown()), z.looseObject({})]),
});

/** An error as gateways tell it (one-api, new-api and the like). A failed task has an `error` too, beside its status. */
export const GatewayError = z.object({
  error: z.union([z.string(), z.object({ message: z.string() })]),
  status: z.optional(z.undefined()),
});

export const About = z.object({
  service: z.literal('jimeng-api'),
  version: z.optional(text),
  endpoints: z.record(z.string(), z.unknown()),
  /** Said by the embedded service only. */
  demo: z.optional(z.boolean()),
});

/** In characters. Real links have some hundred. */
const MAX_LINK_CHARS = 16_384;
/** A link that has a session ID of ours inside is none: it would be kept and shown. */
export const Link = z.string().check(
  z.minLength(1),
  z.maxLength(MAX_LINK_CHARS),
  z.refine(link => maskKnown(link) === link),
);
const otherLink = z.optional(z.catch(z.nullable(Link), null));

/** A picture or video of a result. A video may have links to other qualities. */
export const Entry = z.union([
  z.object({ url: Link, hq_url: otherLink, preview_url: otherLink }),
  z.object({ b64_json: z.string().check(z.minLength(1)) }),
]);

/** Entry by entry: one without a link does not lose the others. */
const entries = z.array(z.unknown());
export const Result = z.union([
  z.object({ data: entries }),
  z.pipe(
    entries,
    z.transform(data => ({ data })),
  ),
]);

/** The longest id of a task that is taken, in characters; the services use UUIDs. */
const MAX_TASK_ID_CHARS = 200;
export const TaskId = z
  .string()
  .check(z.minLength(1), z.maxLength(MAX_TASK_ID_CHARS), z.refine(isId));

/** What can stand in an address and on a screen, and holds no session ID. `.` and `..` would lead elsewhere. */
function isId(id: string): boolean {
  return (
    id.isWellFormed() &&
    !/^\.{1,2}$|[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(id) &&
    maskKnown(id) === id
  );
}

const atService = z.enum(['pending', 'queued', 'processing']);
/** The id is what counts: whatever the status is, the task can be asked for by it. */
export const Submitted = z.object({ task_id: TaskId, status: z.catch(atService, 'pending') });

export const ServiceTask = z.discriminatedUnion('status', [
  z.object({ status: atService }),
  z.object({ status: z.literal('completed'), result: Result }),
  z.object({ status: z.literal('failed'), error: z.optional(z.nullable(z.string())) }),
  z.object({ status: z.literal('cancelled') }),
]);

/** Other people's tasks stand in the list too: only those that are looked for are read in full, by `ServiceTask`. */
export const ListedTask = z.looseObject({
  task_id: TaskId,
  status: text,
  type: maybeText,
  model: maybeText,
  prompt: maybeText,
  /** In seconds since 1970. */
  created_at: z.optional(z.catch(z.nullable(z.number().check(z.refine(isTime))), null)),
});

/** Whether there is such a date: the calendar of JavaScript ends 8.64e15 ms from 1970. */
function isTime(seconds: number): boolean {
  return Math.abs(seconds * 1_000) <= 8.64e15;
}

/** How many tasks the service works on, and how many wait there. */
export const QueueStats = z.object({ running: z.number(), queued: z.number() });
/** An answer whose numbers, where they came and can be read, are looked at beside the rest. */
export const WithQueue = z.object({
  queue_stats: z.optional(z.catch(z.nullable(QueueStats), null)),
});

export const TaskList = z.object({
  /** Task by task: an odd one of a stranger does not break the list. */
  tasks: z.array(z.unknown()),
  storage_mode: maybeText,
});

export const Cancelled = z.object({ status: z.literal('cancelled') });

export const TokenCheck = z.object({ live: z.boolean() });

/** The answer's `token` is the session ID itself: it is not read. */
export const Points = z.tuple(
  [z.object({ points: z.object({ totalCredit: z.number() }) })],
  z.unknown(),
);

/** As above: the answer's `token` is not read. */
export const Received = z.tuple(
  [
    z.object({
      credits: z.object({ totalCredit: z.number() }),
      received: z.boolean(),
      error: z.optional(z.nullable(z.string())),
    }),
  ],
  z.unknown(),
);
