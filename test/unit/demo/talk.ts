import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { DemoService } from '../../demo-service.ts';

/* eslint-disable @typescript-eslint/no-explicit-any -- a test looks into what it got */
export type Json = Record<string, any>;

export const session = 'Bearer 0123456789abcdef0123456789abcdef';

/** Talks to the service of the moment, as a client does that knows nothing of it. */
export function talkTo(service: () => DemoService) {
  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = { authorization: session },
  ): Promise<Json> {
    const form = body instanceof FormData;
    const response = await fetch(`${service().url}${path}`, {
      method,
      headers: {
        ...headers,
        ...(body !== undefined && !form && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && {
        body: form ? body : typeof body === 'string' ? body : JSON.stringify(body),
      }),
    });
    assert.equal(response.status, 200, 'errors are HTTP 200');
    return (await response.json()) as Json;
  }
  const task = (id: string) => call('GET', `/v1/tasks/${id}`);
  async function finished(id: string): Promise<Json> {
    for (;;) {
      const answer = await task(id);
      if (['completed', 'failed', 'cancelled'].includes(answer['status'] as string)) return answer;
      await delay(5);
    }
  }
  /** The credits that a session has. */
  async function credits(authorization = session): Promise<number> {
    const [about] = (await call('POST', '/token/points', {}, { authorization })) as unknown as {
      points: { totalCredit: number };
    }[];
    return about!.points.totalCredit;
  }
  return { call, task, finished, credits };
}

/** A server that takes the events of a webhook. */
export async function receiver(answer: (attempt: number, response: ServerResponse) => void) {
  const received: { headers: IncomingMessage['headers']; body: Json }[] = [];
  const server = createServer(
    (request, response) =>
      void text(request).then(body => {
        received.push({ headers: request.headers, body: JSON.parse(body) as Json });
        answer(received.length, response);
      }),
  );
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise(resolve => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    close,
  };
}
