import type { Readable } from 'node:stream';
import * as l10n from '@vscode/l10n';
import type { Dispatcher } from 'undici';
import { errorCode } from '../system/files.ts';
import { JimengError } from './failures/failures.ts';
import { foreignLine } from './failures/foreign-text.ts';
import type { Multipart } from './multipart.ts';
import { targetOf } from './undici.ts';
import { dispatcherFor, NotConnected, type Network, type NetworkSettings } from './proxy.ts';

const SECOND_MS = 1_000;
const MEBIBYTE = 1024 * 1024;
const connectTimeout = 10 * SECOND_MS;
/** For a whole quick call, from connecting to the end of the answer, however busily something comes. */
const QUICK_DEADLINE_MS = 10 * SECOND_MS;

const timeouts = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);

export interface Call {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  /** JSON, or files; a form is streamed. */
  body?: string | Multipart;
  signal?: AbortSignal;
  /** A quick call may take so many times as long as others. */
  patience?: number;
}

export interface Answer {
  status: number;
  text: string;
}

/** Calls that are answered at once. No redirect is followed: the Authorization header goes to the given address only. */
export class QuickTransport {
  readonly #address: string;
  readonly #network: Network;
  readonly #deadlineMs: number;
  #way: { settings: NetworkSettings; dispatcher: Dispatcher } | undefined;

  /**
   * @param address of the service, to which all calls go
   * @param deadlineMs for each call as a whole
   */
  constructor(address: string, network: Network, deadlineMs = QUICK_DEADLINE_MS) {
    this.#address = address;
    this.#network = network;
    this.#deadlineMs = deadlineMs;
  }

  /** Throws JimengError, of a kind that says nothing of a charge, or the signal's reason. */
  async call(call: Call): Promise<Answer> {
    const deadlineMs = this.#deadlineMs * (call.patience ?? 1);
    const deadline = AbortSignal.timeout(deadlineMs);
    try {
      return await send(
        { ...call, signal: AbortSignal.any([deadline, ...(call.signal ? [call.signal] : [])]) },
        this.#dispatcher(),
      );
    } catch (error) {
      call.signal?.throwIfAborted();
      if (error instanceof NotConnected) throw new JimengError(error.failure);
      if (deadline.aborted)
        throw new JimengError({
          kind: 'noAnswer',
          detail: l10n.t('no response within {0} seconds', deadlineMs / SECOND_MS),
        });
      const detail = detailOf(error);
      if (detail === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
        throw new JimengError({ kind: 'unreadable', detail: 'too large' });
      throw new JimengError({ kind: notHttp.test(detail) ? 'notTheService' : 'noAnswer', detail });
    }
  }

  async close(): Promise<void> {
    await this.#way?.dispatcher.destroy();
  }

  /** Another one once the settings have changed; calls under way end on the one they began with. */
  #dispatcher(): Dispatcher {
    const settings = this.#network();
    if (this.#way?.settings !== settings) {
      this.#way?.dispatcher.close().catch(() => {
        /* the calls on it tell their own end */
      });
      const dispatcher = dispatcherFor(this.#address, settings, {
        connectTimeout,
        headersTimeout: 0, // each call has its deadline
        bodyTimeout: 0,
        // The list of tasks holds other people's results too, with pictures inline at worst.
        maxResponseSize: 32 * MEBIBYTE,
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
 * Throws the signal's reason, or JimengError: a kind that is `unsent` when no connection was established, through a proxy or
 * not, so nothing was sent and sending it again is safe; any other kind when it may have been received.
 * @param onSent called when the connection stands and the request is on its way.
 */
export async function sendGeneration(
  call: Call,
  network: Network,
  onSent?: () => void,
): Promise<Answer> {
  const progress = { connected: false };
  const dispatcher = dispatcherFor(call.url, network(), {
    connectTimeout,
    onConnect: () => {
      progress.connected = true;
      onSent?.();
    },
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: 512 * MEBIBYTE, // pictures may come inline
  });
  try {
    return await send(call, dispatcher);
  } catch (error) {
    call.signal?.throwIfAborted();
    if (error instanceof JimengError) throw error; // a file changed as it was read: its end was not sent
    if (error instanceof NotConnected) throw new JimengError(error.failure);
    const detail = detailOf(error);
    if (!progress.connected) throw new JimengError({ kind: 'serviceDown', detail });
    if (detail === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
      throw new JimengError({ kind: 'outcomeUnknown', detail: 'too large' });
    if (notHttp.test(detail)) throw new JimengError({ kind: 'outcomeUnknown', detail });
    throw new JimengError({ kind: timeouts.has(detail) ? 'timedOut' : 'connectionLost', detail });
  } finally {
    await dispatcher.destroy();
  }
}

async function send(
  { method, url, headers, body, signal }: Call,
  dispatcher: Dispatcher,
): Promise<Answer> {
  const sent = body as string | Readable | undefined; // undici takes whatever can be iterated over; its types do not say so
  const response = await dispatcher.request({
    ...targetOf(url),
    method,
    headers,
    ...(sent !== undefined && { body: sent }),
    ...(signal && { signal }),
  });
  return { status: response.statusCode, text: await response.body.text() };
}

/** What answers does not speak HTTP. */
const notHttp = /^HPE_/;

/**
 * The code of an error, else its words. The error itself goes no further: one of undici's parser holds what arrived, in which
 * the session ID may be repeated.
 */
function detailOf(error: unknown): string {
  return errorCode(error) ?? foreignLine(error instanceof Error ? error.message : String(error));
}
