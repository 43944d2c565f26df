import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** What is written to a connection once a request has arrived whole. */
export type Script = (socket: Socket) => void;

/** A server on loopback that writes what it is told, byte by byte, whether it is HTTP or not. */
export async function hostileServer(scriptFor: (request: string) => Script) {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket);
    let text = '';
    socket.on('error', () => {
      /* the other side gave up */
    });
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', chunk => {
      text += chunk.toString('latin1');
      const [, head = '', body] = /^([^]*?\r\n\r\n)([^]*)$/.exec(text) ?? [];
      if (body === undefined || body.length < Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0))
        return;
      const line = head.slice(0, head.indexOf(' HTTP/'));
      requests.push(line);
      text = '';
      scriptFor(line)(socket);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise<void>(resolve => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

const head = (status: number, length: number | undefined, more = '') =>
  `HTTP/1.1 ${status} X\r\nconnection: close\r\n${more}${length === undefined ? '' : `content-length: ${length}\r\n`}\r\n`;

/** How a status and a body are written. */
export const timings: Record<string, (status: number, body: Buffer) => Script> = {
  'at once': (status, body) => socket =>
    void socket.end(Buffer.concat([Buffer.from(head(status, body.length)), body])),
  'without a length': (status, body) => socket =>
    void socket.end(Buffer.concat([Buffer.from(head(status, undefined)), body])),
  'in two parts': (status, body) => socket => {
    socket.write(Buffer.concat([Buffer.from(head(status, body.length)), body.subarray(0, 3)]));
    setImmediate(() => socket.end(body.subarray(3)));
  },
  'cut in the middle': (status, body) => socket => {
    socket.write(Buffer.concat([Buffer.from(head(status, body.length + 10)), body]));
    setImmediate(() => socket.destroy());
  },
  'cut in the head': status => socket => void socket.end(`HTTP/1.1 ${status} X\r\ncontent-le`),
  'after 100 and 103': (status, body) => socket =>
    void socket.end(
      Buffer.concat([
        Buffer.from(
          `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n${head(status, body.length)}`,
        ),
        body,
      ]),
    ),
  'as chunks, the last one missing': (status, body) => socket => {
    socket.write(
      Buffer.concat([
        Buffer.from(
          `${head(status, undefined, 'transfer-encoding: chunked\r\n')}${(body.length + 1).toString(16)}\r\n`,
        ),
        body,
      ]),
    );
    setImmediate(() => socket.end());
  },
};

/** Bodies that say neither what was made nor that it was refused. */
export const unclearBodies: Record<string, Buffer> = Object.fromEntries(
  Object.entries({
    nothing: '',
    'white space': '   ',
    null: 'null',
    'a number': '12',
    'a text': '"ok"',
    'an empty object': '{}',
    'an empty list': '[]',
    'half an object': '{"data":[{"url":"http',
    NaN: '{"created":NaN,"data":[{"url":"u"}]}',
    'no data': '{"created":1}',
    'data that is null': '{"data":null}',
    'data that is a text': '{"data":"done"}',
    'data without entries': '{"created":1,"data":[]}',
    'wrapped nothing': '{"code":0,"data":null}',
    'a success without more': '{"code":0,"message":"OK"}',
    'an empty id': '{"task_id":"","status":"pending"}',
    'an endless id': `{"task_id":"${'x'.repeat(201)}","status":"pending"}`,
    'an id with a control character': '{"task_id":"a\\u001b[2Jb","status":"pending"}',
    'an id with half a character': '{"task_id":"a\\ud800","status":"pending"}',
    HTML: '<!DOCTYPE html><title>Welcome to nginx!</title>',
    'a page of a proxy': '<html><h1>502 Bad Gateway</h1></html>',
    'an error nobody knows': '{"error":{"message":"oops","type":"x","code":"y"}}',
    'a fault of the service': '{"code":-1000,"message":"imageUrls is not defined","data":null}',
    'its way to the site': '{"code":-1000,"message":"timeout of 45000ms exceeded","data":null}',
    'its own error': '{"code":-1,"message":"Internal error","data":null}',
    'an empty message': '{"code":-1000,"message":"","data":null}',
    'a positive code': '{"code":500,"message":"oops"}',
    'a byte order mark': '\ufeff<x>',
    noise: '\u0000\u0001\u0002\u00ff',
  })
    .map(([name, text]): [string, Buffer] => [name, Buffer.from(text)])
    .concat([
      ['gzip', gzipSync('{"data":[{"url":"u"}]}')],
      ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0x7b])],
    ]),
);

/** Statuses that say neither what was made nor that it was refused before the service had seen it. */
export const unclearStatuses = [
  200, 201, 202, 203, 204, 205, 206, 207, 226, 300, 301, 302, 303, 304, 305, 307, 308, 406, 407,
  408, 409, 410, 412, 418, 425, 428, 451, 499, 500, 501, 502, 503, 504, 505, 508, 520, 524, 529,
  599,
];

/** Statuses of gateways and proxies that let nothing through. */
export const refusals = [400, 401, 402, 403, 404, 405, 413, 414, 415, 422, 429, 431];
