import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { certificate, key } from './certificates.ts';

/** An answer: a body sent as JSON with HTTP 200, or what to do with the connection instead. */
export type Answer = object | ((response: ServerResponse, request: IncomingMessage) => void);

export interface Arrived {
  method: string;
  path: string;
  body: string;
}

/** A service on loopback that says just what a test tells it to: each `METHOD /path` has its answers, the last one for ever. */
export async function scriptedService(script: Record<string, Answer[]>, { secure = false } = {}) {
  const arrived: Arrived[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse) =>
    void (async () => {
      const path = request.url ?? '';
      const key = `${request.method ?? ''} ${path.replace(/\?.*/, '')}`;
      arrived.push({ method: request.method ?? '', path, body: await text(request) });
      const answers = script[key] ?? [
        { code: -1000, message: `[请求错误]${key} 请检查API文档`, data: null },
      ];
      const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
      if (typeof answer === 'function') {
        answer(response, request);
        return;
      }
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answer));
    })();
  const server = secure
    ? createSecureServer({ cert: certificate, key }, listener)
    : createServer(listener);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http${secure ? 's' : ''}://127.0.0.1:${port}`;
  const close = () =>
    new Promise<void>(resolve => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  /** Requests that reached one path. */
  const count = (path: string) => arrived.filter(request => request.path === path).length;
  return { url, port, arrived, count, close };
}

export const hangUp: Answer = response => void response.socket?.destroy();
