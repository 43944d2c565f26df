/**
 * Receives the calls of a jimeng-api service at the end of a task (`callback_url`).
 *
 *   const webhook = createWebhook({
 *     stateOf: taskId => db.stateOf(taskId), // undefined for a task that is not yours
 *     finish: end => db.finish(end),
 *   });
 *   http.createServer(webhook).listen(8080); // or app.post('/jimeng', webhook) in Express, before a body parser
 *
 * The calls have no signature, so a call is only a hint: what is true is asked for at the service. It is called up to
 * four times (again after 5, 15 and 30 s) and then never, and not for cancelled tasks: keep asking now and then as well.
 * Node.js 20 or newer, no dependencies. Written by `jimeng scaffold`; it is yours to change.
 */

import type * as http from 'node:http';
import * as timers from 'node:timers/promises';

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
 */
export function createWebhook({
  stateOf, finish, log = console.error,
  address = process.env['JIMENG_API_URL'] ?? 'http://localhost:5100',
  largestBody = 1024 * 1024,
  askAgainAfterMs = [1 * seconds, 5 * seconds, 30 * seconds],
}: WebhookOptions): (request: http.IncomingMessage, response: http.ServerResponse) => void {
  const atWork = new Set<string>();

  async function receive(request: http.IncomingMessage): Promise<number> {
    const { 'x-task-id': taskId, 'x-webhook-event': event } = request.headers;
    if (request.method !== 'POST') { return 405; }
    if (typeof taskId !== 'string' || event !== 'task.completed' && event !== 'task.failed') { return 400; }
    const body = await readBody(request, largestBody);
    if (body === undefined) { return 413; }
    const task = parsed(body);
    if (!isRecord(task) || task['task_id'] !== taskId) { return 400; }
    const state = await stateOf(taskId);
    if (state === undefined) { return 404; } // perhaps not in your records yet: the service calls again
    if (state === 'open' && !atWork.has(taskId)) {
      atWork.add(taskId);
      void settle(taskId).finally(() => atWork.delete(taskId));
    }
    return 204;
  }

  async function settle(taskId: string): Promise<void> {
    try {
      const end = await ask(taskId);
      // Asked once more: another process may have been told meanwhile.
      if (end && await stateOf(taskId) === 'open') { await finish(end); }
    } catch (error) {
      log(`The end of the task ${taskId} could not be written down: ${String(error)}`);
    }
  }

  /** How a task ended; undefined where it has not, or the service does not know it. Throws when the service stays away. */
  async function ask(taskId: string): Promise<TaskEnd | undefined> {
    for (const pause of [...askAgainAfterMs, undefined]) {
      try {
        return endOf(taskId, await load(`${address.replace(/\/+$/, '')}/v1/tasks/${encodeURIComponent(taskId)}`));
      } catch (error) {
        if (pause === undefined) { throw error; }
        await timers.setTimeout(pause);
      }
    }
    return undefined;
  }

  return (request, response) => {
    request.setTimeout(10 * seconds, () => request.destroy());
    receive(request).catch((error: unknown) => {
      log(`A call of the service was not taken: ${String(error)}`);
      return 500; // the service calls again
    }).then(status => {
      response.writeHead(status, { connection: 'close' }).end();
      if (!request.readableEnded) { response.once('close', () => request.destroy()); }
    }, log);
  };
}

/** Throws when there is no answer of the service, and for its internal errors (-1): it may be asked again. */
async function load(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(30 * seconds) });
  const task = parsed(await response.text());
  if (!response.ok || !isRecord(task) || task['code'] === -1) { throw new Error(`HTTP ${response.status} without a task`); }
  return task;
}

/** The service tells errors, such as an unknown task, with HTTP 200 and a negative `code`: then there is no status. */
function endOf(taskId: string, { status, result, error }: Record<string, unknown>): TaskEnd | undefined {
  if (status === 'failed') { return { taskId, status, error: typeof error === 'string' ? error : 'no reason given' }; }
  if (status !== 'completed') { return undefined; }
  const data: unknown[] = isRecord(result) && Array.isArray(result['data']) ? result['data'] : [];
  const results = data.filter((item): item is { url: string } | { b64_json: string } => isRecord(item) && (typeof item['url'] === 'string' || typeof item['b64_json'] === 'string'));
  return { taskId, status, results };
}

/** Undefined where it is larger. Throws when the connection is lost. */
async function readBody(request: http.IncomingMessage, largest: number): Promise<string | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > largest) { return undefined; }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largest) { return undefined; }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
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
