/**
 * Receives the calls of a jimeng-api service at the end of a task (`callback_url`).
 *
 *   const webhook = createWebhook({
 *     stateOf: taskId => db.stateOf(taskId), // undefined for a task that is not yours
 *     finish: end => db.finish(end),
 *   });
 *   http.createServer(webhook).listen(8080, '127.0.0.1'); // or app.post('/jimeng', webhook) in Express, before a body parser
 *
 * The calls have no signature, so a call is only a hint: what is true is asked for at the service. It is called up to
 * four times (again after 5, 15 and 30 s) and then never, and not for cancelled tasks: keep asking now and then as well.
 * Node.js 20 or newer, no dependencies. Written by `jimeng scaffold`; it is yours to change.
 */

import * as timers from 'node:timers/promises';
import type * as http from 'node:http';

const seconds = 1_000;

/** How a task ended, as the service itself says. */
export type TaskEnd =
  | { taskId: string; status: 'completed'; results: ({ url: string } | { b64_json: string })[] }
  | { taskId: string; status: 'failed'; error: string };

export type TaskState = 'open' | 'finished' | undefined;

export interface WebhookOptions {
  stateOf: (taskId: string) => Promise<TaskState> | TaskState;
  finish: (end: TaskEnd) => Promise<void> | void;
  address?: string;
  largestBody?: number;
  askAgainAfterMs?: readonly number[];
  callLimitMs?: number;
  log?: (message: string) => void;
}

/**
 * A request handler that answers at once and does its work afterwards. Calls that come twice, late or from a stranger
 * change nothing.
 * @param stateOf what your records say: 'open', 'finished', or undefined. Answer quickly: the service waits 10 s
 * @param finish write it into your records, so that `stateOf` says 'finished' from then on. It is given `taskId`, `status`
 *   ('completed' or 'failed') and `results` or `error`, as the service itself says; links live 2 to 3 hours
 * @param largestBody in bytes: a body is not read beyond it
 * @param askAgainAfterMs when the service is asked again while it does not answer
 * @param callLimitMs how long a call may take, also one that arrives byte by byte
 */
export function createWebhook(
  options: WebhookOptions,
): (request: http.IncomingMessage, response: http.ServerResponse) => void {
  const {
    stateOf,
    finish,
    largestBody = 1024 * 1024,
    callLimitMs = 10 * seconds,
    log = console.error,
  } = options;
  const { askAgainAfterMs = [1 * seconds, 5 * seconds, 30 * seconds] } = options;
  const address = options.address ?? process.env['JIMENG_API_URL'] ?? 'http://localhost:5100';
  const atWork = new Set<string>();

  async function receive(request: http.IncomingMessage): Promise<number> {
    const { 'x-task-id': taskId, 'x-webhook-event': event } = request.headers;
    if (request.method !== 'POST') return 405;
    if (typeof taskId !== 'string' || (event !== 'task.completed' && event !== 'task.failed'))
      return 400;
    const body = await readBody(request, largestBody);
    if (body === undefined) return 413;
    const task = parsed(body);
    if (!isRecord(task) || task['task_id'] !== taskId) return 400;
    const state = await stateOf(taskId);
    // Perhaps not in your records yet: the service calls again.
    if (state === undefined) return 404;
    if (state === 'open' && !atWork.has(taskId)) {
      atWork.add(taskId);
      settle(taskId)
        .finally(() => atWork.delete(taskId))
        .catch(() => {
          /* told by settle */
        });
    }
    return 204;
  }

  async function settle(taskId: string): Promise<void> {
    try {
      const end = await ask(taskId);
      // Asked once more: another process may have been told meanwhile.
      if (end && (await stateOf(taskId)) === 'open') await finish(end);
    } catch (error) {
      log(`The end of the task ${taskId} could not be written down: ${String(error)}`);
    }
  }

  /** How a task ended; undefined where it has not, or the service does not know it. Throws when the service stays away. */
  async function ask(taskId: string): Promise<TaskEnd | undefined> {
    for (const pause of [...askAgainAfterMs, undefined]) {
      try {
        return endOf(
          taskId,
          await load(`${address.replace(/\/+$/, '')}/v1/tasks/${encodeURIComponent(taskId)}`),
        );
      } catch (error) {
        if (pause === undefined) throw error;
        await timers.setTimeout(pause);
      }
    }
    return undefined;
  }

  return (request, response) => {
    const done = new AbortController();
    const received = receive(request).catch((error: unknown) => {
      // What was cut off at the limit has its answer.
      if (!response.writableEnded) log(`A call of the service was not taken: ${String(error)}`);
      return 500; // the service calls again
    });
    const late = timers.setTimeout(callLimitMs, 408, { signal: done.signal }).catch(() => 408);
    Promise.race([received, late])
      .then(status => {
        done.abort();
        response.once('close', () => request.destroy());
        response.writeHead(status, { connection: 'close' }).end();
      })
      .catch(() => request.destroy()); // the answer had begun: the service calls again
  };
}

/** Throws when there is no answer of the service, and for a fault inside it: it may be asked again. */
async function load(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    redirect: 'error',
    signal: AbortSignal.timeout(30 * seconds),
  });
  const task = parsed(await response.text());
  const isTask =
    isRecord(task) &&
    (typeof task['status'] === 'string' || String(task['message']).includes('任务不存在'));
  if (!response.ok || !isTask) throw new Error(`HTTP ${response.status} without a task`);
  return task;
}

/** The service tells that it does not know a task with HTTP 200 and a negative `code`: then there is no status. */
function endOf(
  taskId: string,
  { status, result, error }: Record<string, unknown>,
): TaskEnd | undefined {
  if (status === 'failed')
    return {
      taskId,
      status,
      error: harmless(typeof error === 'string' ? error : 'no reason given'),
    };
  if (status !== 'completed') return undefined;
  const data: unknown[] = isRecord(result) && Array.isArray(result['data']) ? result['data'] : [];
  const results = data.filter(
    (item): item is { url: string } | { b64_json: string } =>
      isRecord(item) && (isText(item['url']) || isText(item['b64_json'])),
  );
  return results.length > 0
    ? { taskId, status, results }
    : { taskId, status: 'failed', error: 'It was completed without a result.' };
}

/** The service repeats what it was sent in its messages: the session ID goes into no log. */
function harmless(text: string): string {
  const secret = (process.env['JIMENG_SESSION_ID'] ?? '')
    .trim()
    .replace(/^.*@/, '')
    .replace(/^(us|hk|jp|sg)-/, '');
  return secret === '' ? text : text.replaceAll(secret, '••••');
}

/** Undefined where it is larger; the rest is read too, so that the answer arrives. Throws when the connection is lost. */
async function readBody(
  request: http.IncomingMessage,
  largest: number,
): Promise<string | undefined> {
  let chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largest) chunks = [];
    else chunks.push(chunk);
  }
  return size > largest ? undefined : Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
