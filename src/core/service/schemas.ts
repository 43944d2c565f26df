import * as z from 'zod/mini';

/** Answers of the service (service-contract, Endpoints). Fields that are not named here may come and are not looked at. */

/** HTTP 200 with a negative code: every error. */
export const Envelope = z.object({ code: z.number().check(z.negative()), message: z.optional(z.nullable(z.string())) });

export const About = z.object({
  service: z.literal('jimeng-api'),
  version: z.optional(z.string()),
  endpoints: z.record(z.string(), z.unknown()),
  /** Said by the embedded service only. */
  demo: z.optional(z.boolean()),
});

const link = z.optional(z.nullable(z.string()));
/** A video may have links to other qualities. */
export const Linked = z.object({ url: z.string(), hq_url: link, preview_url: link });

export const Result = z.object({
  data: z.array(z.union([Linked, z.object({ b64_json: z.string() })])),
});

const atService = z.enum(['pending', 'queued', 'processing']);
export const Submitted = z.object({ task_id: z.string().check(z.minLength(1)), status: atService });

export const ServiceTask = z.discriminatedUnion('status', [
  z.object({ status: atService }),
  z.object({ status: z.literal('completed'), result: Result }),
  z.object({ status: z.literal('failed'), error: z.optional(z.nullable(z.string())) }),
  z.object({ status: z.literal('cancelled') }),
]);

/** Other people's tasks stand in the list too: only those that are looked for are read in full, by `ServiceTask`. */
export const ListedTask = z.looseObject({
  task_id: z.string(),
  status: z.string(),
  type: z.optional(z.string()),
  model: z.optional(z.string()),
  prompt: z.optional(z.string()),
  /** In seconds since 1970. */
  created_at: z.catch(z.optional(z.number().check(z.minimum(-8.64e12), z.maximum(8.64e12))), undefined), // the range of Date: what is no time is none
});

export const TaskList = z.object({
  tasks: z.array(ListedTask),
  queue_stats: z.optional(z.object({ running: z.number(), queued: z.number(), maxConcurrent: z.number() })),
  storage_mode: z.optional(z.string()),
});

export const Cancelled = z.object({ status: z.literal('cancelled') });

export const TokenCheck = z.object({ live: z.boolean() });

/** The answer's `token` is the session ID itself: it is not read. */
export const Points = z.tuple([z.object({ points: z.object({ totalCredit: z.number() }) })], z.unknown());

/** As above: the answer's `token` is not read. */
export const Received = z.tuple([z.object({ credits: z.object({ totalCredit: z.number() }), received: z.boolean(), error: z.optional(z.nullable(z.string())) })], z.unknown());
