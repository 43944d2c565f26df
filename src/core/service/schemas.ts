import * as z from 'zod/mini';
import { maskKnown } from '../session/session.ts';
import { foreignText } from './failures/foreign-text.ts';

/** Answers of the service (service-contract, Endpoints). Other fields may be present and are ignored. */

/** All text that is shown or stored is sanitized here: the service may echo the session ID. */
const text = z.pipe(z.string(), z.transform(foreignText));
const maybeText = z.optional(z.catch(z.nullable(text), null));

const code = z.union([
  z.int(),
  z.pipe(z.string().check(z.regex(/^-?\d{1,9}$/)), z.transform(Number)),
]);
const message = z.optional(z.nullable(z.string()));
/** An error, with HTTP 200. The services use negative codes; a positive one is an error only if there is no data. */
export const Envelope = z.union([
  z.object({ code: code.check(z.refine(value => value < 0)), message }),
  z.object({
    code: code.check(z.refine(value => value > 0)),
    message: z.string(),
    data: z.optional(z.null()),
    task_id: z.optional(z.undefined()),
  }),
]);

/** A success, as some forks wrap it. */
export const Wrapped = z.object({
  code: z.union([z.literal(0), z.literal('0')]),
  data: z.union([z.array(z.unknown()), z.looseObject({})]),
});

/** An error as gateways (one-api, new-api and the like) report it. A failed task has an `error` too, beside its status. */
export const GatewayError = z.object({
  error: z.union([z.string(), z.object({ message: z.string() })]),
  status: z.optional(z.undefined()),
});

export const About = z.object({
  service: z.literal('jimeng-api'),
  version: z.optional(text),
  endpoints: z.record(z.string(), z.unknown()),
  /** Sent by the demo service only. */
  demo: z.optional(z.boolean()),
});

/** In characters. Real links have a few hundred. */
const MAX_LINK_CHARS = 16_384;
/** A link that contains one of our session IDs is rejected: it would be stored and shown. */
export const Link = z.string().check(
  z.minLength(1),
  z.maxLength(MAX_LINK_CHARS),
  z.refine(link => maskKnown(link) === link),
);
const otherLink = z.optional(z.catch(z.nullable(Link), null));

/** A picture or video of a result. A video may have links to other quality levels. */
export const Entry = z.union([
  z.object({ url: Link, hq_url: otherLink, preview_url: otherLink }),
  z.object({ b64_json: z.string().check(z.minLength(1)) }),
]);

/** Parsed one by one: an entry without a link does not invalidate the others. */
const entries = z.array(z.unknown());
export const Result = z.union([
  z.object({ data: entries }),
  z.pipe(
    entries,
    z.transform(data => ({ data })),
  ),
]);

/** The longest accepted task id, in characters; the services use UUIDs. */
const MAX_TASK_ID_CHARS = 200;
export const TaskId = z
  .string()
  .check(z.minLength(1), z.maxLength(MAX_TASK_ID_CHARS), z.refine(isId));

/** Safe in a URL and on a screen, and no session ID. `.` and `..` would change the path. */
function isId(id: string): boolean {
  return (
    id.isWellFormed() &&
    !/^\.{1,2}$|[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(id) &&
    maskKnown(id) === id
  );
}

const atService = z.enum(['pending', 'queued', 'processing']);
/** Only the id is required: whatever the status is, the task can be fetched by it. */
export const Submitted = z.object({ task_id: TaskId, status: z.catch(atService, 'pending') });

export const ServiceTask = z.discriminatedUnion('status', [
  z.object({ status: atService }),
  z.object({ status: z.literal('completed'), result: Result }),
  z.object({ status: z.literal('failed'), error: z.optional(z.nullable(z.string())) }),
  z.object({ status: z.literal('cancelled') }),
]);

/** The list has other people's tasks too; only our own are parsed in full, by `ServiceTask`. */
export const ListedTask = z.looseObject({
  task_id: TaskId,
  status: text,
  type: maybeText,
  model: maybeText,
  prompt: maybeText,
  /** In seconds since 1970. */
  created_at: z.optional(z.catch(z.nullable(z.number().check(z.refine(isTime))), null)),
});

/** Whether it is a valid date: JavaScript's dates end 8.64e15 ms after 1970. */
function isTime(seconds: number): boolean {
  return Math.abs(seconds * 1_000) <= 8.64e15;
}

/** How many tasks run and wait at the service. */
export const QueueStats = z.object({ running: z.number(), queued: z.number() });
/** An answer that may also have the queue's numbers. */
export const WithQueue = z.object({
  queue_stats: z.optional(z.catch(z.nullable(QueueStats), null)),
});

export const TaskList = z.object({
  /** Parsed one by one: an invalid task of someone else does not break the list. */
  tasks: z.array(z.unknown()),
  storage_mode: maybeText,
});

export const Cancelled = z.object({ status: z.literal('cancelled') });

export const TokenCheck = z.object({ live: z.boolean() });

/** The answer's `token` is the session ID itself: it is never read. */
export const Points = z.tuple(
  [z.object({ points: z.object({ totalCredit: z.number() }) })],
  z.unknown(),
);

/** As above: the answer's `token` is never read. */
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
