import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A picture, a status, an address to go to, or what to do with the connection. */
export type Served =
  Uint8Array | number | string | ((response: ServerResponse, request: IncomingMessage) => void);

/** A server of pictures on loopback: each path has its answers, one after the other, the last one for ever. */
export async function pictureServer(script: Record<string, Served | Served[]>) {
  const requests: IncomingMessage[] = [];
  const answers = new Map(
    Object.entries(script).map(([path, served]) => [
      path,
      Array.isArray(served) ? [...served] : [served],
    ]),
  );
  const server = createServer((request, response) => {
    requests.push(request);
    const left = answers.get(request.url ?? '') ?? [404];
    const served = left.length > 1 ? left.shift()! : left[0]!;
    switch (typeof served) {
      case 'function':
        served(response, request);
        return;
      case 'number':
        response.writeHead(served).end('<html>no picture</html>');
        return;
      case 'string':
        response.writeHead(302, { location: served }).end();
        return;
      default:
        response.writeHead(200, { 'content-type': 'image/png' }).end(served);
    }
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    requests,
    /** Requests that reached one path. */
    count: (path: string) => requests.filter(request => request.url === path).length,
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export type PictureServer = Awaited<ReturnType<typeof pictureServer>>;

/** Promises more than it sends. */
export const cutOff =
  (bytes: Uint8Array): Served =>
  response => {
    response.writeHead(200, { 'content-length': bytes.length });
    response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
  };
