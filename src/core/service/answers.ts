import * as z from 'zod/mini';
import { classify, classifyHttp } from './failures/classify.ts';
import { JimengError } from './failures/failures.ts';
import { foreignLine } from './failures/foreign-text.ts';
import { asSent, type Failure } from './failures/table.ts';
import {
  Entry,
  Envelope,
  GatewayError,
  ServiceTask as TaskAnswer,
  WithQueue,
  Wrapped,
  type ListedTask as ListedTaskAnswer,
  type Result,
} from './schemas.ts';

/** An HTTP answer before it is parsed. */
export interface Answer {
  status: number;
  text: string;
}

/** A picture or video of a result: its link and fallbacks, or its bytes if they came inline. */
export type ReceivedItem = { url: string; others?: string[] } | { bytes: Uint8Array };

/** The result of a generation. */
export interface ReceivedItems {
  items: ReceivedItem[];
  /** How many more there were beyond `MAX_ITEMS`; they are not fetched. Missing if there were none. */
  beyond?: number;
}

/** The most pictures taken from one result. The services make at most 15; one that sends thousands is broken or hostile. */
export const MAX_ITEMS = 64;

/**
 * The value of an answer. Throws JimengError for anything but JSON, and for an error in any form: the service's own
 * envelope, which comes with HTTP 200, a gateway's, or an HTTP status.
 * @param sent it answers a generation: unless it is clearly refused, it may have been charged
 */
export function read({ status, text }: Answer, sent: boolean): unknown {
  const succeeded = status >= 200 && status < 300;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    if (!succeeded) throw new JimengError(classifyHttp(status, '', sent));
    // Compressed, or cut within a character: not readable.
    const detail =
      text === '' || text.includes('\ufffd') ? `HTTP ${status}` : `HTTP ${status}: ${text}`;
    throw new JimengError({
      kind: sent ? 'outcomeUnknown' : 'notTheService',
      detail: foreignLine(detail),
    });
  }
  const wrapped = z.safeParse(Wrapped, value);
  if (wrapped.success && succeeded) return wrapped.data.data;
  const envelope = z.safeParse(Envelope, value);
  if (envelope.success)
    throw new JimengError(classify(envelope.data.message ?? '', envelope.data.code, sent));
  const gateway = z.safeParse(GatewayError, value);
  if (gateway.success) {
    const { error } = gateway.data;
    const said = typeof error === 'string' ? error : error.message;
    throw new JimengError(
      succeeded ? classify(said, undefined, sent) : classifyHttp(status, said, sent),
    );
  }
  if (!succeeded) throw new JimengError(classifyHttp(status, '', sent));
  return value;
}

/** Throws JimengError (`unreadable`, of a generation `outcomeUnknown`) with the name of the invalid field. */
export function parseAnswer<T extends z.core.$ZodType>(
  schema: T,
  value: unknown,
  sent = false,
): z.output<T> {
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  const failure: Failure = { kind: 'unreadable', detail: mismatchOf(result.error) };
  throw new JimengError(sent ? asSent(failure) : failure);
}

export function mismatchOf(error: z.core.$ZodError): string {
  const issue = error.issues[0];
  return foreignLine(`${issue?.path.join('.') || 'answer'}: ${issue?.message ?? ''}`);
}

/**
 * The items of a result. An entry without a link is skipped. Throws JimengError (`nothingReturned`, `resultInHistory`)
 * if nothing can be fetched.
 */
export function itemsOf({ data }: z.output<typeof Result>): ReceivedItems {
  const entries = data
    .map(entry => z.safeParse(Entry, entry))
    .flatMap(({ success, data: entry }) => (success ? [entry] : []));
  if (data.length === 0) throw new JimengError({ kind: 'nothingReturned' });
  if (entries.length === 0)
    throw new JimengError({ kind: 'resultInHistory', detail: `data.0: ${data.length} × no link` });
  const items = entries
    .slice(0, MAX_ITEMS)
    .map(entry =>
      'url' in entry ? linksOf(entry) : { bytes: Buffer.from(entry.b64_json, 'base64') },
    );
  return { items, ...(entries.length > MAX_ITEMS && { beyond: entries.length - MAX_ITEMS }) };
}

/** Best quality first: a video comes in several. */
function linksOf({
  url,
  hq_url: best,
  preview_url: worst,
}: Extract<z.output<typeof Entry>, { url: string }>): ReceivedItem {
  const [first = url, ...others] = new Set(
    [best, url, worst].filter(link => typeof link === 'string'),
  );
  return { url: first, ...(others.length > 0 && { others }) };
}

/**
 * `isStuck`: unfinished, while the service reports an empty queue. It has restarted then, and nothing resumes the task
 * (service-contract, Endpoints): the failure `taskStuck`, once three polls agree.
 */
export type ServiceTask =
  | { status: 'pending' | 'queued' | 'processing'; isStuck?: true }
  | { status: 'cancelled' }
  | ({ status: 'completed' } & ReceivedItems)
  | { status: 'failed'; failure: Failure };

/** One of the service's tasks, ours or someone else's. */
export interface ListedTask {
  serviceTaskId: string;
  status: string;
  type: string | undefined;
  model: string | undefined;
  prompt: string | undefined;
  /** In ms since 1970, by the service's clock. */
  createdAt: number | undefined;
  /** As in `ServiceTask`. */
  isStuck: boolean;
  /** Parses all of it. Throws JimengError (`unreadable`). */
  read(): ServiceTask;
}

/** @param isServiceIdle according to the answer that contained it */
export function listed(
  task: z.output<typeof ListedTaskAnswer>,
  isServiceIdle: boolean,
): ListedTask {
  return {
    serviceTaskId: task.task_id,
    status: task.status,
    type: task.type ?? undefined,
    model: task.model ?? undefined,
    prompt: task.prompt ?? undefined,
    createdAt: typeof task.created_at === 'number' ? task.created_at * 1_000 : undefined,
    isStuck: ['pending', 'queued', 'processing'].includes(task.status) && isServiceIdle,
    read: () => taskOf(task, isServiceIdle),
  };
}

/** @param isServiceIdle according to the answer that contained it */
export function taskOf(value: unknown, isServiceIdle: boolean): ServiceTask {
  const task = parseAnswer(TaskAnswer, value);
  switch (task.status) {
    case 'completed':
      return { status: task.status, ...itemsOf(task.result) };
    case 'failed':
      return { status: task.status, failure: classify(task.error ?? '', undefined, true) };
    case 'cancelled':
      return { status: task.status };
    default:
      return { status: task.status, ...(isServiceIdle && { isStuck: true }) };
  }
}

export function queueOf(answer: unknown): { running: number; queued: number } | undefined {
  return z.safeParse(WithQueue, answer).data?.queue_stats ?? undefined;
}

/** Whether the service reports an empty queue. */
export function isIdle(answer: unknown): boolean {
  const queue = queueOf(answer);
  return queue?.running === 0 && queue.queued === 0;
}
