import { Agent, buildConnector, request, type Dispatcher, type FormData } from 'undici';
import { errorCode } from '../files.ts';
import { JimengError } from './failures.ts';

const seconds = 1_000;
const mebibyte = 1024 * 1024;
const connectTimeout = 10 * seconds;

/** Nothing of the request has left this machine when one of these comes up. */
const beforeConnection = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'UND_ERR_CONNECT_TIMEOUT']);
const timeouts = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);

export interface Call {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  /** JSON, or files; a form is streamed. */
  body?: string | FormData;
  signal?: AbortSignal;
}

export interface Answer {
  status: number;
  text: string;
}

/** Calls that are answered at once. No redirect is followed: the Authorization header goes to the given address only. */
export class QuickTransport {
  readonly #agent = new Agent({
    connect: { timeout: connectTimeout },
    headersTimeout: 30 * seconds,
    bodyTimeout: 30 * seconds,
    // The list of tasks holds other people's results too, with pictures inline at worst.
    maxResponseSize: 32 * mebibyte,
  });

  /** Throws JimengError, or the signal's reason. */
  async call(call: Call): Promise<Answer> {
    try {
      return await send(call, this.#agent);
    } catch (error) {
      call.signal?.throwIfAborted();
      throw asJimengError(error, !beforeConnection.has(errorCode(error) ?? ''));
    }
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

/**
 * A generation: sent once, on a connection of its own, so that a stale kept-alive socket never leaves its outcome in
 * doubt. It has no deadline (service-contract, Times: 75 min and more); TCP keep-alive notices a lost socket.
 *
 * Throws the signal's reason, or JimengError: `serviceDown` when the connection never stood, so nothing was sent and
 * sending it again is safe; any other kind when it may have been received.
 * @param onSent called when the connection stands and the request is on its way.
 */
export async function sendGeneration(call: Call, onSent?: () => void): Promise<Answer> {
  const connect = buildConnector({ timeout: connectTimeout, keepAlive: true, keepAliveInitialDelay: 30 * seconds });
  let connected = false;
  const agent = new Agent({
    connect: (options, callback) => {
      connect(options, (...result) => {
        if (result[1]) {
          connected = true;
          onSent?.();
        }
        callback(...result);
      });
    },
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: 512 * mebibyte, // pictures may come inline
  });
  try {
    return await send(call, agent);
  } catch (error) {
    call.signal?.throwIfAborted();
    throw asJimengError(error, connected);
  } finally {
    await agent.destroy();
  }
}

async function send({ method, url, headers, body, signal }: Call, dispatcher: Dispatcher): Promise<Answer> {
  const response = await request(url, { method, headers, dispatcher, ...body !== undefined && { body }, ...signal && { signal } });
  return { status: response.statusCode, text: await response.body.text() };
}

function asJimengError(error: unknown, sent: boolean): JimengError {
  const code = errorCode(error);
  const detail = code ?? (error instanceof Error ? error.message : String(error));
  if (!sent) { return new JimengError({ kind: 'serviceDown', detail }, { cause: error }); }
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') { return new JimengError({ kind: 'unreadable', detail: 'too large' }, { cause: error }); }
  return new JimengError({ kind: code !== undefined && timeouts.has(code) ? 'timedOut' : 'connectionLost', detail }, { cause: error });
}
