import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { StoredTask } from './tasks.ts';

/** service-contract: 10 s for an answer; 2xx and 3xx count as received; three more tries, then never again. In ms. */
const TIMEOUT_MS = 10_000;
export const RETRY_AFTER_MS: readonly number[] = [5_000, 15_000, 30_000];

/** Tells a callback address that a task is final. Never throws. */
export async function callBack(
  url: string,
  task: StoredTask,
  retries: readonly number[],
  signal: AbortSignal,
): Promise<void> {
  const agent = new Agent({ pipelining: 0, connect: { timeout: TIMEOUT_MS } });
  try {
    for (const pause of [0, ...retries]) {
      await delay(pause, undefined, { signal, ref: false });
      if (await post(url, task, agent, signal)) return;
    }
  } catch {
    // the service was closed
  } finally {
    await agent.destroy();
  }
}

async function post(
  url: string,
  task: StoredTask,
  dispatcher: Agent,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const { statusCode, body } = await request(url, {
      dispatcher,
      method: 'POST',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      headers: {
        'content-type': 'application/json',
        'x-webhook-event': `task.${task.status}`,
        'x-task-id': task.task_id,
      },
      body: JSON.stringify(task),
    });
    await body.dump();
    return statusCode >= 200 && statusCode < 400;
  } catch {
    return false;
  }
}
