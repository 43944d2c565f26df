import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { isIP, type AddressInfo } from 'node:net';
import { parseSessionId } from '../core/session/session.ts';
import { readBytes } from './body.ts';
import { Artist } from './drawing/artist.ts';
import { ServiceFault } from './envelope.ts';
import { Pictures } from './pictures.ts';
import { DemoService } from './service.ts';
import type { ServiceRules } from './session.ts';
import { sendVideo, Videos } from './videos.ts';
import { RETRY_AFTER_MS } from './webhook.ts';

export interface EmbeddedOptions extends Partial<ServiceRules> {
  /** 0 picks a free port. */
  port: number;
  /** Loopback by default. */
  host?: string;
  /** The built drawing worker. */
  workerUrl: URL;
  /** The folder of the WebAssembly codecs, with a slash at the end. */
  codecs: URL;
  /** The folder of the demo's clips, with a slash at the end. */
  clips: URL;
  /** Called with each request before it is answered. */
  onRequest?: (request: ReceivedRequest) => void;
}

/** A received request; only a mask of the session ID is kept. */
export interface ReceivedRequest {
  method: string;
  path: string;
  contentType: string;
  bytes: Buffer;
  session: string | undefined;
}

export interface EmbeddedService {
  url: string;
  /** Generations that were actually started and charged. */
  readonly generations: number;
  close(): Promise<void>;
}

/**
 * The embedded demo service: implements the contract of jimeng-api, draws its pictures itself, and has clips for videos.
 * Rejects if it cannot listen.
 */
export async function startEmbeddedService(options: EmbeddedOptions): Promise<EmbeddedService> {
  const { port, host = '127.0.0.1', workerUrl, codecs, clips } = options;
  const {
    kind = 'task',
    maxConcurrent = 50,
    delayMs = 1_500,
    webhookRetriesMs = RETRY_AFTER_MS,
  } = options;
  const closing = new AbortController();
  const artist = new Artist(workerUrl, codecs);
  const pictures = new Pictures(artist);
  const videos = new Videos(clips);
  const service = new DemoService(
    { kind, maxConcurrent, delayMs, webhookRetriesMs },
    pictures,
    videos,
    closing.signal,
  );

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', headers } = request;
    if (!isOwnName(headers.host ?? '', host, (server.address() as AddressInfo).port)) {
      response
        .writeHead(421, { 'content-type': 'text/plain' })
        .end('This is not the address of this service. Call it by localhost and its own port.');
      return;
    }
    const url = new URL(request.url ?? '/', `http://${headers.host ?? host}`);
    const [, picture, video] =
      /^\/demo\/(?:pictures\/([\w-]+)\.png|videos\/([\w-]+)\.mp4)$/.exec(url.pathname) ?? [];
    if (method === 'GET' && picture !== undefined) {
      sendPicture(await pictures.load(picture), response);
      return;
    }
    if (method === 'GET' && video !== undefined) {
      sendVideo(await videos.load(video), headers, response);
      return;
    }
    try {
      const bytes = await readBytes(request);
      const contentType = headers['content-type'] ?? '';
      options.onRequest?.({
        method,
        path: url.pathname,
        contentType,
        bytes,
        session: maskOf(headers.authorization),
      });
      send(
        response,
        await service.answer({
          method,
          url,
          authorization: headers.authorization,
          contentType,
          bytes,
        }),
      );
    } catch (error) {
      if (closing.signal.aborted) {
        response.destroy();
        return;
      }
      send(response, error instanceof ServiceFault ? error : new ServiceFault(-1, String(error)));
    }
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(port, host, resolve),
  );

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`,
    get generations() {
      return service.generations;
    },
    close: async () => {
      closing.abort();
      server.closeAllConnections();
      await Promise.all([new Promise(resolve => server.close(resolve)), artist.close()]);
    },
  };
}

/**
 * Whether a `Host` header is this service's own. An outside page can make its own name resolve to this machine (DNS
 * rebinding), and its browser would then let it read the answers. On a network address any IP address may be this
 * machine's.
 */
function isOwnName(header: string, host: string, port: number): boolean {
  const [, bracketed, plain, at] =
    /^(?:\[([^\]]+)\]|([^:@]+))(?::(\d+))?$/.exec(header.toLowerCase()) ?? [];
  const name = bracketed ?? plain ?? '';
  if (Number(at ?? 80) !== port) return false;
  return (
    ['localhost', '127.0.0.1', '::1', host.toLowerCase()].includes(name) ||
    (!isLoopback(host) && isIP(name) !== 0)
  );
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function send(response: ServerResponse, value: object | string): void {
  const text = typeof value === 'string';
  response.setHeader('content-type', text ? 'text/plain' : 'application/json; charset=utf-8');
  response.end(text ? value : JSON.stringify(value));
}

function sendPicture(
  picture: { type: string; bytes: Uint8Array } | undefined,
  response: ServerResponse,
): void {
  if (!picture) {
    response.writeHead(404).end();
    return;
  }
  response
    .writeHead(200, { 'content-type': picture.type, 'content-length': picture.bytes.length })
    .end(picture.bytes);
}

function maskOf(authorization: string | undefined): string | undefined {
  const parsed = parseSessionId(authorization?.replace(/^Bearer\s+/i, '') ?? '');
  return parsed.ok ? parsed.session.masked : undefined;
}
