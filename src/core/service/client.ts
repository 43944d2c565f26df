import * as z from 'zod/mini';
import type { Inputs } from '../inputs/inputs.ts';
import type { Accepted } from '../models/check.ts';
import { maskSessions, type SessionId } from '../session.ts';
import type { Failure } from '../task.ts';
import { classify, classifyHttp, shorten } from './classify.ts';
import { JimengError } from './failures.ts';
import { toServiceJson } from './json.ts';
import { Multipart } from './multipart.ts';
import { composition, videoRequest, type Posted } from './posting.ts';
import { About, Cancelled, Envelope, type Linked, ListedTask as ListedTaskAnswer, Points, Received, Result, ServiceTask as TaskAnswer, Submitted, TaskList, TokenCheck } from './schemas.ts';
import type { Network } from './network.ts';
import { QuickTransport, sendGeneration, type Answer, type Call } from './transport.ts';

/** Where a line for the curious goes. VS Code's LogOutputChannel is one. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
}

export interface ServiceAbout {
  /** Whether it has tasks; version numbers do not tell (service-contract). */
  kind: 'stock' | 'task';
  /** Its pictures are drawn by a demo. */
  demo: boolean;
  version: string | undefined;
}

/** A picture or video of a result: its link, with others for when it is dead, or the bytes where they came inline. */
export type ReceivedItem = { url: string; others?: string[] } | { bytes: Uint8Array };

/** What a generation was answered with. The stock service answers an async request with the result itself. */
export type Generated =
  | { type: 'result'; items: ReceivedItem[] }
  | { type: 'task'; serviceTaskId: string; status: 'pending' | 'queued' | 'processing' };

export type ServiceTask =
  | { status: 'pending' | 'queued' | 'processing' | 'cancelled' }
  | { status: 'completed'; items: ReceivedItem[] }
  | { status: 'failed'; failure: Failure };

/** One of the service's tasks, ours or a stranger's. */
export interface ListedTask {
  serviceTaskId: string;
  status: string;
  type: string | undefined;
  model: string | undefined;
  prompt: string | undefined;
  /** In ms since 1970, by the service's clock. */
  createdAt: number | undefined;
  /** All of it. Throws JimengError (`unreadable`). */
  read(): ServiceTask;
}

export interface ListOptions {
  limit?: number;
  status?: string;
  type?: string;
  signal?: AbortSignal;
}

export interface ClientOptions {
  /** As `parseServiceAddress` gives it. */
  address: string;
  /** Without one, calls that need none still work, such as looking at a task. */
  session?: SessionId;
  network: Network;
  log: Log;
}

export interface GenerateOptions {
  /** Ask for a task that is looked at later. */
  async: boolean;
  callbackUrl?: string;
  inputs?: Inputs;
  /** It was asked of a demo: a service that spends credits shall not have it. Throws `demoEnded` then, before anything is sent. */
  onlyDemo?: boolean;
  /** Aborting tears the connection down; the service may go on all the same. */
  signal?: AbortSignal;
  /** The request is on its way. */
  onSent?: () => void;
}

/**
 * Talks to jimeng-api. Every method throws JimengError when the service does not do what was asked, and the signal's
 * reason when it was aborted. Nothing is ever sent twice.
 */
export class JimengClient {
  readonly #address: string;
  readonly #session: SessionId | undefined;
  readonly #network: Network;
  readonly #log: Log;
  readonly #quick: QuickTransport;

  constructor({ address, session, network, log }: ClientOptions) {
    this.#address = address;
    this.#session = session;
    this.#network = network;
    this.#log = log;
    this.#quick = new QuickTransport(address, network);
  }

  /** What the service says of itself at `GET /`. */
  async about(signal?: AbortSignal): Promise<ServiceAbout> {
    const { endpoints, demo, version } = await this.#about(signal);
    return { kind: 'tasks' in endpoints ? 'task' : 'stock', demo: demo === true, version };
  }

  async #about(signal?: AbortSignal): Promise<z.output<typeof About>> {
    const about = z.safeParse(About, await this.#quickCall('GET', '/', { signal }));
    if (!about.success) { throw new JimengError({ kind: 'notTheService', detail: whatDoesNotFit(about.error) }); }
    return about.data;
  }

  /** Spends credits. With inputs, pictures or videos are made from them. */
  async generate({ kind, body }: Pick<Accepted, 'kind' | 'body'>, { async, callbackUrl, inputs, onlyDemo, signal, onSent }: GenerateOptions): Promise<Generated> {
    const about = onlyDemo || inputs && kind === 'image' ? await this.#aboutBefore() : undefined;
    if (onlyDemo && about?.demo !== true) { throw new JimengError({ kind: 'demoEnded' }); }
    const sent = { ...body, ...async && { async: true }, ...callbackUrl !== undefined && { callback_url: callbackUrl } };
    this.#log.debug(`prompt: ${shorten(body.prompt)}`);
    const post = (path: string, value: Posted) => this.#logged('POST', path, { body: value, signal }, call => sendGeneration(call, this.#network, onSent));
    const answer = kind === 'video'
      ? await post('/v1/videos/generations', videoRequest(sent, inputs))
      : inputs && about ? await this.#compose(post, sent, inputs, about) : await post('/v1/images/generations', sent);
    const submitted = z.safeParse(Submitted, answer);
    if (submitted.success) { return { type: 'task', serviceTaskId: submitted.data.task_id, status: submitted.data.status }; }
    return { type: 'result', items: itemsOf(fit(Result, answer)) };
  }

  /** The endpoint is the one that `GET /` names; the other name is tried only where there is no such route, which costs nothing. */
  async #compose(post: (path: string, value: Posted) => Promise<unknown>, body: object, inputs: Inputs, { endpoints }: z.output<typeof About>): Promise<unknown> {
    const [name, other] = 'edits' in endpoints && !('compositions' in endpoints) ? ['edits', 'compositions'] : ['compositions', 'edits'];
    const value = composition(body, inputs);
    try {
      return await post(`/v1/images/${name}`, value);
    } catch (error) {
      if (!(error instanceof JimengError && error.failure.kind === 'routeNotFound')) { throw error; }
      return post(`/v1/images/${other}`, value);
    }
  }

  /** What the service says of itself before a generation is sent. Where it does not come through, nothing was charged. */
  #aboutBefore(): Promise<z.output<typeof About>> {
    return this.#about().catch((error: unknown) => {
      if (!(error instanceof JimengError && lostOnTheWay.has(error.failure.kind))) { throw error; }
      const { detail } = error.failure;
      throw new JimengError({ kind: 'serviceDown', ...detail !== undefined && { detail } }, { cause: error });
    });
  }

  async getTask(serviceTaskId: string, signal?: AbortSignal): Promise<ServiceTask> {
    return this.#taskOf(await this.#task(serviceTaskId, signal));
  }

  /** The service's tasks, newest first; other people's stand there too. Without a limit the service shows 100. */
  async listTasks({ limit, status, type, signal }: ListOptions = {}): Promise<ListedTask[]> {
    const query = new URLSearchParams({ ...status !== undefined && { status }, ...type !== undefined && { type }, ...limit !== undefined && { limit: String(limit) } });
    const { tasks } = fit(TaskList, await this.#quickCall('GET', `/v1/tasks${query.size > 0 ? `?${query.toString()}` : ''}`, { signal }));
    return tasks.map(task => this.#listed(task));
  }

  /** What the service says of one task, before its result is read. */
  async lookUp(serviceTaskId: string, signal?: AbortSignal): Promise<ListedTask> {
    return this.#listed(fit(ListedTaskAnswer, await this.#task(serviceTaskId, signal)));
  }

  #task(serviceTaskId: string, signal: AbortSignal | undefined): Promise<unknown> {
    return this.#quickCall('GET', `/v1/tasks/${encodeURIComponent(serviceTaskId)}`, { signal });
  }

  #listed(task: z.output<typeof ListedTaskAnswer>): ListedTask {
    return {
      serviceTaskId: task.task_id, status: task.status, type: task.type, model: task.model, prompt: task.prompt,
      createdAt: task.created_at === undefined ? undefined : task.created_at * 1_000,
      read: () => this.#taskOf(task),
    };
  }

  #taskOf(answer: unknown): ServiceTask {
    const task = fit(TaskAnswer, answer);
    switch (task.status) {
      case 'completed': return { status: task.status, items: itemsOf(task.result) };
      case 'failed': return { status: task.status, failure: this.#redacted(classify(task.error ?? '')) };
      default: return task;
    }
  }

  /** Only a task that is pending or queued can be cancelled; else `notCancellable`. */
  async cancelTask(serviceTaskId: string): Promise<void> {
    fit(Cancelled, await this.#quickCall('POST', `/v1/tasks/${encodeURIComponent(serviceTaskId)}/cancel`, { body: {} }));
  }

  /** Whether the site still accepts the session. The only call that has the session ID in its body. */
  async checkToken(session: SessionId): Promise<boolean> {
    return fit(TokenCheck, await this.#quickCall('POST', '/token/check', { body: { token: session.reveal() }, session })).live;
  }

  /** The account's credits. Asked on demand only: frequent calls trigger risk control. */
  async credits(): Promise<number> {
    return fit(Points, await this.#quickCall('POST', '/token/points', { body: {} }))[0].points.totalCredit;
  }

  /** Claims the daily credits, which the site gives only at 0. Throws JimengError (`notReceived`) where it gives none. */
  async receiveCredits(): Promise<number> {
    const [{ credits, received, error }] = fit(Received, await this.#quickCall('POST', '/token/receive', { body: {} }));
    if (!received) { throw new JimengError(this.#redacted({ kind: 'notReceived', ...error && { detail: shorten(error) } })); }
    return credits.totalCredit;
  }

  /** Where the task service keeps its tasks (`memory`, `redis`), and how many run and wait there, as far as it says so. */
  async tasksState(): Promise<{ storage: string | undefined; queue: { running: number; queued: number } | undefined }> {
    const { storage_mode: storage, queue_stats: queue } = fit(TaskList, await this.#quickCall('GET', '/v1/tasks?limit=1', {}));
    return { storage, queue };
  }

  close(): Promise<void> {
    return this.#quick.close();
  }

  #quickCall(method: Call['method'], path: string, options: CallOptions): Promise<unknown> {
    return this.#logged(method, path, options, call => this.#quick.call(call));
  }

  /** Sends one call, reads its answer, and logs method, path, time and result of it. */
  async #logged(method: Call['method'], path: string, { body, signal, session }: CallOptions, send: (call: Call) => Promise<Answer>): Promise<unknown> {
    const began = performance.now();
    const log = (result: string) => this.#log.info(`${method} ${path} ${Math.round(performance.now() - began)} ms: ${result}`);
    try {
      const answer = await send({
        method,
        url: `${this.#address}${path}`,
        headers: {
          accept: 'application/json',
          ...body instanceof Multipart ? body.headers : body !== undefined && { 'content-type': 'application/json' },
          ...this.#session && { authorization: `Bearer ${this.#session.reveal()}` },
        },
        ...body !== undefined && { body: body instanceof Multipart ? body : toServiceJson(body) },
        ...signal && { signal },
      });
      const value = read(answer);
      log('ok');
      return value;
    } catch (error) {
      if (!(error instanceof JimengError)) {
        log('aborted');
        throw error;
      }
      const failure = this.#redacted(error.failure, session);
      log(`${failure.kind} ${failure.detail ?? ''}`);
      throw new JimengError(failure, { cause: error.cause });
    }
  }

  /** The service repeats what it was sent in its errors, and in those of a task what somebody else sent. */
  #redacted(failure: Failure, session = this.#session): Failure {
    if (failure.detail === undefined) { return failure; }
    return { ...failure, detail: maskSessions(session?.redact(failure.detail) ?? failure.detail) };
  }
}

interface CallOptions {
  body?: Posted;
  signal?: AbortSignal | undefined;
  /** The one in the body, where it is not the client's. */
  session?: SessionId;
}

/** The JSON of an answer. Throws JimengError for what is none, and for an error envelope, which comes with HTTP 200. */
function read({ status, text }: Answer): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new JimengError(status === 200 ? { kind: 'notTheService', detail: shorten(text.slice(0, 200)) } : classifyHttp(status));
  }
  const envelope = z.safeParse(Envelope, value);
  if (envelope.success) { throw new JimengError(classify(envelope.data.message ?? '', envelope.data.code)); }
  if (status !== 200) { throw new JimengError(classifyHttp(status)); }
  return value;
}

/** Of a generation they would say that it may have been charged. */
const lostOnTheWay = new Set(['connectionLost', 'timedOut', 'gatewayTrouble', 'unreadable']);

/** Throws `unreadable` with the name of the field that does not fit. */
function fit<T extends z.core.$ZodType>(schema: T, value: unknown): z.output<T> {
  const result = z.safeParse(schema, value);
  if (!result.success) { throw new JimengError({ kind: 'unreadable', detail: whatDoesNotFit(result.error) }); }
  return result.data;
}

function whatDoesNotFit(error: z.core.$ZodError): string {
  const issue = error.issues[0];
  return `${issue?.path.join('.') || 'answer'}: ${issue?.message ?? ''}`;
}

function itemsOf({ data }: z.output<typeof Result>): ReceivedItem[] {
  if (data.length === 0) { throw new JimengError({ kind: 'generationFailed', detail: 'data: []' }); }
  return data.map(item => 'url' in item ? linksOf(item) : { bytes: Buffer.from(item.b64_json, 'base64') });
}

/** The best one first: a video comes in several qualities. */
function linksOf({ url, hq_url: best, preview_url: worst }: z.output<typeof Linked>): ReceivedItem {
  const links = new Set([best, url, worst].filter(link => typeof link === 'string' && link !== ''));
  const [first = url, ...others] = links as Set<string>;
  return { url: first, ...others.length > 0 && { others } };
}
