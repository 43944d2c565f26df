import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { errorCode } from '../files.ts';
import { JimengError } from './failures.ts';
import type { Multipart } from './multipart.ts';
import { targetOf } from './undici.ts';
import { dispatcherFor, NotConnected, type Network, type NetworkSettings } from './network.ts';

const seconds = 1_000;
const mebibyte = 1024 * 1024;
const connectTimeout = 10 * seconds;

const timeouts = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);

export interface Call {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  /** JSON, or files; a form is streamed. */
  body?: string | Multipart;
  signal?: AbortSignal;
}

export interface Answer {
  status: number;
  text: string;
}

/** Calls that are answered at once. No redirect is followed: the Authorization header goes to the given address only. */
export class QuickTransport {
  readonly #address: string;
  readonly #network: Network;
  #way: { settings: NetworkSettings; dispatcher: Dispatcher } | undefined;

  /** @param address of the service, to which all calls go */
  constructor(address: string, network: Network) {
    this.#address = address;
    this.#network = network;
  }

  /** Throws JimengError, or the signal's reason. */
  async call(call: Call): Promise<Answer> {
    try {
      return await send(call, this.#dispatcher());
    } catch (error) {
      call.signal?.throwIfAborted();
      throw asJimengError(error, true);
    }
  }

  async close(): Promise<void> {
    await this.#way?.dispatcher.destroy();
  }

  /** Another one once the settings have changed; calls under way end on the one they began with. */
  #dispatcher(): Dispatcher {
    const settings = this.#network();
    if (this.#way?.settings !== settings) {
      void this.#way?.dispatcher.close();
      const dispatcher = dispatcherFor(this.#address, settings, {
        connectTimeout,
        headersTimeout: 30 * seconds,
        bodyTimeout: 30 * seconds,
        // The list of tasks holds other people's results too, with pictures inline at worst.
        maxResponseSize: 32 * mebibyte,
      });
      this.#way = { settings, dispatcher };
    }
    return this.#way.dispatcher;
  }
}

/**
 * A generation: sent once, on a connection of its own, so that a stale kept-alive socket never leaves its outcome in
 * doubt. It has no deadline (service-contract, Times: 75 min and more); TCP keep-alive notices a lost socket.
 *
 * Throws the signal's reason, or JimengError: a kind of `neverSent` when the connection never stood, through a proxy or
 * not, so nothing was sent and sending it again is safe; any other kind when it may have been received.
 * @param onSent called when the connection stands and the request is on its way.
 */
export async function sendGeneration(call: Call, network: Network, onSent?: () => void): Promise<Answer> {
  let connected = false;
  const dispatcher = dispatcherFor(call.url, network(), {
    connectTimeout,
    onConnect: () => {
      connected = true;
      onSent?.();
    },
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: 512 * mebibyte, // pictures may come inline
  });
  try {
    return await send(call, dispatcher);
  } catch (error) {
    call.signal?.throwIfAborted();
    throw asJimengError(error, connected);
  } finally {
    await dispatcher.destroy();
  }
}

async function send({ method, url, headers, body, signal }: Call, dispatcher: Dispatcher): Promise<Answer> {
  const sent = body as string | Readable | undefined; // undici takes whatever can be iterated over; its types do not say so
  const response = await dispatcher.request({ ...targetOf(url), method, headers, ...sent !== undefined && { body: sent }, ...signal && { signal } });
  return { status: response.statusCode, text: await response.body.text() };
}

function asJimengError(error: unknown, sent: boolean): JimengError {
  if (error instanceof JimengError) { return error; } // a file changed as it was read: its end was not sent
  if (error instanceof NotConnected) { return new JimengError(error.failure, { cause: error.cause }); }
  const code = errorCode(error);
  const detail = code ?? (error instanceof Error ? error.message : String(error));
  if (!sent) { return new JimengError({ kind: 'serviceDown', detail }, { cause: error }); }
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') { return new JimengError({ kind: 'unreadable', detail: 'too large' }, { cause: error }); }
  return new JimengError({ kind: code !== undefined && timeouts.has(code) ? 'timedOut' : 'connectionLost', detail }, { cause: error });
}
