import type { Readable } from 'node:stream';
import * as l10n from '@vscode/l10n';
import { request as sendRequest, type Dispatcher } from 'undici';
import type { SessionId } from '../session/session.ts';
import { errorCode } from '../system/files.ts';
import { JimengError } from './failures/failures.ts';
import { foreignLine, foreignText } from './failures/foreign-text.ts';
import { read, type Answer } from './answers.ts';
import { Multipart, toServiceJson, type Posted } from './body.ts';
import { dispatcherFor, NotConnected, type Network, type NetworkSettings } from './proxy.ts';

const SECOND_MS = 1_000;
const MEBIBYTE = 1024 * 1024;
const connectTimeout = 10 * SECOND_MS;
/** For a whole quick call, from connecting to the end of the answer, even while data is arriving. */
const QUICK_DEADLINE_MS = 10 * SECOND_MS;

const timeouts = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);

/** A log. VS Code's LogOutputChannel is one. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
}

export interface TransportOptions {
  /** As returned by `parseServiceAddress`. */
  address: string;
  /** Calls that need none, such as polling a task, work without it. */
  session?: SessionId;
  network: Network;
  log: Log;
  /** The deadline of a quick call as a whole, in ms. */
  quickDeadlineMs?: number;
}

export interface CallOptions {
  body?: Posted;
  signal?: AbortSignal | undefined;
  /** The session of this call, if not the client's. */
  session?: SessionId | undefined;
  /** Multiplies the deadline of other quick calls. */
  patience?: number;
}

/** Sends requests to one service, each only once, parses the answers and logs a line for each. */
export class Transport {
  readonly #address: string;
  readonly #session: SessionId | undefined;
  readonly #network: Network;
  readonly #log: Log;
  readonly #quick: QuickTransport;

  constructor({ address, session, network, log, quickDeadlineMs }: TransportOptions) {
    this.#address = address;
    this.#session = session?.recognise();
    this.#network = network;
    this.#log = log;
    this.#quick = new QuickTransport(address, network, quickDeadlineMs);
  }

  /** A quick call, which costs nothing. */
  call(method: 'GET' | 'POST', path: string, options: CallOptions): Promise<unknown> {
    const { signal, patience } = options;
    return this.#logged(method, path, async () =>
      read(await this.#quick.call(this.#requestOf(method, path, options), signal, patience), false),
    );
  }

  /** A generation, which may spend credits. @param onSent called when the connection stands and the request is on its way. */
  generate(
    path: string,
    body: Posted,
    { signal, onSent }: { signal?: AbortSignal | undefined; onSent?: (() => void) | undefined },
  ): Promise<unknown> {
    return this.#logged('POST', path, async () =>
      read(
        await sendGeneration(
          this.#requestOf('POST', path, { body }),
          this.#network,
          signal,
          onSent,
        ),
        true,
      ),
    );
  }

  close(): Promise<void> {
    return this.#quick.close();
  }

  #requestOf(
    method: 'GET' | 'POST',
    path: string,
    { body, session = this.#session }: CallOptions,
  ): Request {
    return {
      method,
      url: `${this.#address}${path}`,
      headers: {
        accept: 'application/json',
        'accept-encoding': 'identity',
        ...(body instanceof Multipart
          ? body.headers
          : body !== undefined && { 'content-type': 'application/json' }),
        ...(session && { authorization: `Bearer ${session.reveal()}` }),
      },
      ...(body !== undefined && { body: body instanceof Multipart ? body : toServiceJson(body) }),
    };
  }

  async #logged<T>(method: string, path: string, work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const log = (result: string) =>
      this.#log.info(
        foreignText(`${method} ${path} ${Math.round(performance.now() - began)} ms: ${result}`),
      );
    try {
      const value = await work();
      log('ok');
      return value;
    } catch (error) {
      log(
        error instanceof JimengError
          ? `${error.failure.kind} ${error.failure.detail ?? ''}`
          : 'aborted',
      );
      throw error;
    }
  }
}

interface Request {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  /** JSON, or files; a form is streamed. */
  body?: string | Multipart;
}

/** Sends quick calls. Redirects are not followed: the Authorization header goes to the given address only. */
class QuickTransport {
  readonly #address: string;
  readonly #network: Network;
  readonly #deadlineMs: number;
  #way: { settings: NetworkSettings; dispatcher: Dispatcher } | undefined;

  /**
   * @param address of the service
   * @param deadlineMs for each call as a whole
   */
  constructor(address: string, network: Network, deadlineMs = QUICK_DEADLINE_MS) {
    this.#address = address;
    this.#network = network;
    this.#deadlineMs = deadlineMs;
  }

  /** Throws JimengError, of a kind that implies no charge, or the signal's reason. */
  async call(request: Request, signal: AbortSignal | undefined, patience = 1): Promise<Answer> {
    const deadlineMs = this.#deadlineMs * patience;
    const deadline = AbortSignal.timeout(deadlineMs);
    try {
      return await send(
        request,
        AbortSignal.any([deadline, ...(signal ? [signal] : [])]),
        this.#dispatcher(),
      );
    } catch (error) {
      signal?.throwIfAborted();
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

  /** Replaced when the settings change; calls in flight finish on the old one. */
  #dispatcher(): Dispatcher {
    const settings = this.#network();
    if (this.#way?.settings !== settings) {
      this.#way?.dispatcher.close().catch(() => {
        /* the calls on it tell their own end */
      });
      const dispatcher = dispatcherFor(this.#address, settings, {
        connectTimeout,
        headersTimeout: 0, // each call has its own deadline
        bodyTimeout: 0,
        // The task list has other people's results too, at worst with inline pictures.
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
 */
async function sendGeneration(
  request: Request,
  network: Network,
  signal?: AbortSignal,
  onSent?: () => void,
): Promise<Answer> {
  const progress = { connected: false };
  const dispatcher = dispatcherFor(request.url, network(), {
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
    return await send(request, signal, dispatcher);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof JimengError) throw error; // a file changed while it was read: the body was not sent to its end
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
  { method, url, headers, body }: Request,
  signal: AbortSignal | undefined,
  dispatcher: Dispatcher,
): Promise<Answer> {
  const sent = body as string | Readable | undefined; // undici accepts any iterable, which its types do not say
  const response = await sendRequest(url, {
    dispatcher,
    method,
    headers,
    ...(sent !== undefined && { body: sent }),
    ...(signal && { signal }),
  });
  return { status: response.statusCode, text: await response.body.text() };
}

/** Whatever answered does not speak HTTP. */
const notHttp = /^HPE_/;

/**
 * The code of an error, else its message. The error itself is not passed on: undici's parser errors hold the received data,
 * which may echo the session ID.
 */
function detailOf(error: unknown): string {
  return errorCode(error) ?? foreignLine(error instanceof Error ? error.message : String(error));
}
