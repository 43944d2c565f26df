import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { certificate, key } from './certificates.ts';

export interface ProxyOptions {
  /** `name:password` that it wants. */
  login?: string;
  /** Instead of tunnels it answers so; 0: it hangs up. */
  status?: number;
  /** A tunnel waits for this. */
  until?: Promise<unknown>;
  /** It is spoken to by https. */
  secure?: boolean;
  port?: number;
}

/** A real proxy on loopback that makes tunnels, all of them to this machine: to it any name is 127.0.0.1. */
export async function proxyServer({
  login,
  status = 200,
  until,
  secure = false,
  port: wanted = 0,
}: ProxyOptions = {}) {
  /** The hosts it was asked for a tunnel to. */
  const asked: string[] = [];
  /** What went through its tunnels to the services. */
  const seen: Buffer[] = [];
  const sockets = new Set<Socket>();
  const noTunnel: RequestListener = (request, response) => {
    asked.push(`no tunnel: ${request.url ?? ''}`);
    response.writeHead(400).end();
  };
  const server = secure
    ? createSecureServer({ cert: certificate, key }, noTunnel)
    : createServer(noTunnel);
  server.on(secure ? 'secureConnection' : 'connection', (socket: Socket) =>
    sockets.add(
      socket.on('error', () => {
        /* it hung up */
      }),
    ),
  );
  server.on(
    'connect',
    (request, client: Socket) =>
      void (async () => {
        asked.push(request.url ?? '');
        await until;
        const allowed =
          login === undefined ||
          request.headers['proxy-authorization'] ===
            `Basic ${Buffer.from(login).toString('base64')}`;
        const answer = allowed ? status : 407;
        if (answer !== 200) {
          client.end(answer === 0 ? '' : `HTTP/1.1 ${answer} No\r\ncontent-length: 0\r\n\r\n`);
          return;
        }
        const service = connect(Number(/\d+$/.exec(request.url ?? '')?.[0]), '127.0.0.1');
        sockets.add(service);
        service.once('connect', () => client.write('HTTP/1.1 200 Connection established\r\n\r\n'));
        service.on('error', () =>
          client.end('HTTP/1.1 502 Bad gateway\r\ncontent-length: 0\r\n\r\n'),
        );
        service.on('close', () => client.end());
        client
          .on('close', () => service.destroy())
          .on('data', (chunk: Buffer) => seen.push(chunk))
          .pipe(service)
          .pipe(client);
      })(),
  );
  await new Promise<void>(resolve => server.listen(wanted, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${secure ? 'https://localhost' : 'http://127.0.0.1'}:${port}`,
    port,
    asked,
    seen,
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

export type ProxyServer = Awaited<ReturnType<typeof proxyServer>>;
