import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call's body is not read beyond this; it is not looked at either. In bytes. */
const MAX_BODY_BYTES = 1024 * 1024;

export interface WebhookOptions {
  /** 0 takes a free one. */
  port: number;
  /** Loopback unless the service is somewhere else, as in Docker. */
  host: string;
  /** The service says that something happened to this task of ours; whether that is true is asked for. */
  onCall: (id: string) => void;
}

/**
 * Receives the service's calls at the end of a task (service-contract: no signature, up to four times each). A call only
 * wakes the watcher, which asks the service itself: a repeat, a stranger's call or a forged body change nothing.
 */
export class WebhookReceiver {
  readonly #server: Server;
  /** The ids of tasks by path. */
  readonly #paths = new Map<string, string>();
  readonly #called = new Set<string>();
  readonly #onCall: (id: string) => void;

  private constructor(server: Server, onCall: (id: string) => void) {
    this.#server = server;
    this.#onCall = onCall;
    server.on('request', (request: IncomingMessage, response: ServerResponse) =>
      this.#receive(request, response),
    );
  }

  /** Throws the system's error when the port cannot be had. */
  static start({ port, host, onCall }: WebhookOptions): Promise<WebhookReceiver> {
    const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 });
    return new Promise((resolve, reject) => {
      server.once('error', reject).listen(port, host, () => {
        server.off('error', reject).on('error', () => {
          /* polling is the net */
        });
        resolve(new WebhookReceiver(server, onCall));
      });
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** A path that nobody can guess, for one task of ours until it is released. @param base as the service reaches this machine */
  urlFor(id: string, base = `http://127.0.0.1:${this.port}`): string {
    const path = this.#pathOf(id) ?? `/${randomBytes(16).toString('hex')}`;
    this.#paths.set(path, id);
    return `${base.replace(/\/+$/, '')}${path}`;
  }

  /** Whether the service was given a path for this task that is still open. */
  expects(id: string): boolean {
    return this.#pathOf(id) !== undefined;
  }

  /** Closes the path of a task: no call for it is wanted any more. */
  release(id: string): void {
    const path = this.#pathOf(id);
    if (path !== undefined) this.#paths.delete(path);
    this.#called.delete(id);
  }

  /** Whether the service called for this task. */
  wasCalledFor(id: string): boolean {
    return this.#called.has(id);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }

  #pathOf(id: string): string | undefined {
    return [...this.#paths].find(([, known]) => known === id)?.[0];
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const id = this.#paths.get(request.url ?? '');
    const {
      'x-task-id': task,
      'x-webhook-event': event,
      'content-length': length,
    } = request.headers;
    const end = (status: number) => {
      response.writeHead(status, { connection: 'close' }).end();
      request.destroy();
    };
    if (id === undefined) {
      end(404);
      return;
    }
    if (request.method !== 'POST') {
      end(405);
      return;
    }
    if (Number(length ?? 0) > MAX_BODY_BYTES) {
      end(413);
      return;
    }
    if (
      typeof task !== 'string' ||
      typeof event !== 'string' ||
      !/^task\.(completed|failed)$/.test(event)
    ) {
      end(400);
      return;
    }
    let received = 0;
    request.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received > MAX_BODY_BYTES) end(413);
    });
    request.on('end', () => {
      response.writeHead(204).end();
      this.#called.add(id);
      this.#onCall(id);
    });
  }
}
