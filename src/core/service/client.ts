import * as z from 'zod/mini';
import type { Inputs } from '../inputs/inputs.ts';
import type { SessionId } from '../session/session.ts';
import { parseAnswer, itemsOf, read, mismatchOf, type ReceivedItems } from './answers.ts';
import { JimengError } from './failures/failures.ts';
import { foreignLine, foreignText } from './failures/foreign-text.ts';
import { toServiceJson } from './json.ts';
import { Multipart } from './multipart.ts';
import { composition, videoRequest, type Posted } from './generation-body.ts';
import {
  About,
  Cancelled,
  ListedTask as ListedTaskAnswer,
  Points,
  Received,
  Result,
  Submitted,
  TaskList,
  TokenCheck,
} from './schemas.ts';
import {
  isIdle,
  listed,
  pathOf,
  queueOf,
  taskOf,
  type ListedTask,
  type ServiceTask,
} from './task-answers.ts';
import type { Network } from './proxy.ts';
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

export { MAX_ITEMS, type ReceivedItem, type ReceivedItems } from './answers.ts';
export type { ListedTask, ServiceTask } from './task-answers.ts';

/** What a generation was answered with. The stock service answers an async request with the result itself. */
export type Generated =
  | ({ type: 'result' } & ReceivedItems)
  | { type: 'task'; serviceTaskId: string; status: 'pending' | 'queued' | 'processing' };

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
  /** How long a call that is answered at once may take as a whole; in ms. */
  quickDeadlineMs?: number;
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
  /** The stored answer of which of the two is asked for the list; the task service has the first, the seed names the second. */
  #listPath: '/v1/tasks/' | '/v1/tasks' | undefined;

  constructor({ address, session, network, log, quickDeadlineMs }: ClientOptions) {
    this.#address = address;
    this.#session = session?.recognise();
    this.#network = network;
    this.#log = log;
    this.#quick = new QuickTransport(address, network, quickDeadlineMs);
  }

  /** What the service says of itself at `GET /`. */
  async about(signal?: AbortSignal): Promise<ServiceAbout> {
    const { endpoints, demo, version } = await this.#about(signal);
    return { kind: 'tasks' in endpoints ? 'task' : 'stock', demo: demo === true, version };
  }

  /** Asked before anything else, also before a generation: whatever comes instead of an answer, nothing was charged. */
  async #about(signal?: AbortSignal): Promise<z.output<typeof About>> {
    const answer = await this.#quickCall('GET', '/', { signal }).catch((error: unknown) => {
      if (!(error instanceof JimengError)) throw error;
      switch (error.failure.kind) {
        case 'noAnswer':
          throw new JimengError({ ...error.failure, kind: 'serviceDown' });
        case 'unreadable':
          throw new JimengError({ ...error.failure, kind: 'notTheService' });
        default:
          throw error;
      }
    });
    const about = z.safeParse(About, answer);
    if (!about.success)
      throw new JimengError({ kind: 'notTheService', detail: mismatchOf(about.error) });
    return about.data;
  }

  /** Spends credits. With inputs, pictures or videos are made from them. */
  async generate(
    { kind, body }: { kind: 'image' | 'video'; body: { prompt: string } },
    { async, callbackUrl, inputs, onlyDemo, signal, onSent }: GenerateOptions,
  ): Promise<Generated> {
    const about = onlyDemo || (inputs && kind === 'image') ? await this.#about() : undefined;
    if (onlyDemo && about?.demo !== true) throw new JimengError({ kind: 'demoEnded' });
    const sent = {
      ...body,
      ...(async && { async: true }),
      ...(callbackUrl !== undefined && { callback_url: callbackUrl }),
    };
    this.#log.debug(`prompt: ${foreignLine(body.prompt)}`);
    const post = (path: string, value: Posted) =>
      this.#logged('POST', path, { body: value, signal, sent: true }, call =>
        sendGeneration(call, this.#network, onSent),
      );
    const answer =
      kind === 'video'
        ? await post('/v1/videos/generations', videoRequest(sent, inputs))
        : inputs && about
          ? await this.#compose(post, sent, inputs, about)
          : await post('/v1/images/generations', sent);
    const submitted = z.safeParse(Submitted, answer);
    if (submitted.success)
      return { type: 'task', serviceTaskId: submitted.data.task_id, status: submitted.data.status };
    return { type: 'result', ...itemsOf(parseAnswer(Result, answer, true)) };
  }

  /** The endpoint is the one that `GET /` names; the other name is tried only where there is no such route, which costs nothing. */
  async #compose(
    post: (path: string, value: Posted) => Promise<unknown>,
    body: object,
    inputs: Inputs,
    { endpoints }: z.output<typeof About>,
  ): Promise<unknown> {
    const [name, other] =
      'edits' in endpoints && !('compositions' in endpoints)
        ? ['edits', 'compositions']
        : ['compositions', 'edits'];
    const value = composition(body, inputs);
    try {
      return await post(`/v1/images/${name}`, value);
    } catch (error) {
      if (!(error instanceof JimengError && error.failure.kind === 'routeNotFound')) throw error;
      return post(`/v1/images/${other}`, value);
    }
  }

  /** Throws JimengError: `taskNotFound`, or `noTasks` where the service has none at all. */
  async getTask(serviceTaskId: string, signal?: AbortSignal): Promise<ServiceTask> {
    return taskOf(await this.#task(serviceTaskId, signal));
  }

  /** The service's tasks, newest first; other people's stand there too. Without a limit the service shows 100. */
  async listTasks({ limit, status, type, signal }: ListOptions = {}): Promise<ListedTask[]> {
    const query = new URLSearchParams({
      ...(status !== undefined && { status }),
      ...(type !== undefined && { type }),
      ...(limit !== undefined && { limit: String(limit) }),
    });
    const answer = await this.#list(query, signal);
    // A task that cannot be read is none of ours: ours have an id that fits.
    return parseAnswer(TaskList, answer).tasks.flatMap(task => {
      const read = z.safeParse(ListedTaskAnswer, task);
      return read.success ? [listed(read.data, answer)] : [];
    });
  }

  /** What the service says of one task, before its result is read. */
  async lookUp(serviceTaskId: string, signal?: AbortSignal): Promise<ListedTask> {
    const answer = await this.#task(serviceTaskId, signal);
    return listed(parseAnswer(ListedTaskAnswer, answer), answer);
  }

  async #list(query: URLSearchParams, signal?: AbortSignal): Promise<unknown> {
    const ask = async (path: '/v1/tasks/' | '/v1/tasks') => {
      const answer = await this.#tasksCall(
        'GET',
        `${path}${query.size > 0 ? `?${query.toString()}` : ''}`,
        { signal },
      );
      this.#listPath = path;
      return answer;
    };
    if (this.#listPath) return ask(this.#listPath);
    try {
      return await ask('/v1/tasks/');
    } catch (error) {
      // Some would take the slash for the beginning of an id.
      if (!(
        error instanceof JimengError &&
        ['noTasks', 'notTheService', 'taskNotFound'].includes(error.failure.kind)
      ))
        throw error;
      return ask('/v1/tasks');
    }
  }

  #task(serviceTaskId: string, signal: AbortSignal | undefined): Promise<unknown> {
    return this.#tasksCall('GET', pathOf(serviceTaskId), { signal });
  }

  #tasksCall(method: Call['method'], path: string, options: CallOptions): Promise<unknown> {
    return this.#quickCall(method, path, options).catch((error: unknown) => {
      if (error instanceof JimengError && error.failure.kind === 'routeNotFound')
        throw new JimengError({ kind: 'noTasks' });
      throw error;
    });
  }

  /** Only a task that is pending or queued can be cancelled; else `notCancellable`. */
  async cancelTask(serviceTaskId: string): Promise<void> {
    parseAnswer(
      Cancelled,
      await this.#tasksCall('POST', `${pathOf(serviceTaskId)}/cancel`, { body: {} }),
    );
  }

  /**
   * Whether the site still accepts the session. The only call that has the session ID in its body. The service's no means
   * little (service-contract, Endpoints), so the account is asked for then: throws JimengError with the trouble that is really there.
   */
  async checkToken(session: SessionId): Promise<boolean> {
    if (
      parseAnswer(
        TokenCheck,
        await this.#quickCall('POST', '/token/check', {
          body: { token: session.reveal() },
          session,
          patience: TOKEN_PATIENCE,
        }),
      ).live
    )
      return true;
    try {
      await this.credits(session);
    } catch (error) {
      if (!(error instanceof JimengError && error.failure.kind === 'sessionExpired')) throw error;
    }
    return false; // the site was reached, and it is its own no
  }

  /** The account's credits. Asked on demand only: frequent calls trigger risk control. */
  async credits(session = this.#session): Promise<number> {
    return parseAnswer(
      Points,
      await this.#quickCall('POST', '/token/points', {
        body: {},
        session,
        patience: TOKEN_PATIENCE,
      }),
    )[0].points.totalCredit;
  }

  /** Claims the daily credits, which the site gives only at 0. Throws JimengError (`creditsLeft`, `notReceived`) where it gives none. */
  async receiveCredits(): Promise<number> {
    const [
      {
        credits: { totalCredit: left },
        received,
        error,
      },
    ] = parseAnswer(
      Received,
      await this.#quickCall('POST', '/token/receive', { body: {}, patience: TOKEN_PATIENCE }),
    );
    if (received) return left;
    throw new JimengError(
      left > 0 && !error
        ? { kind: 'creditsLeft', detail: String(left) }
        : { kind: 'notReceived', ...(error && { detail: foreignLine(error) }) },
    );
  }

  /** Where the task service keeps its tasks (`memory`, `redis`), how many run and wait there, as far as it says so, and whether one is stuck. */
  async tasksState(): Promise<{
    storage: string | undefined;
    queue: { running: number; queued: number } | undefined;
    isStuck: boolean;
  }> {
    const answer = await this.#list(new URLSearchParams({ status: 'processing', limit: '1' }));
    const { storage_mode: storage, tasks } = parseAnswer(TaskList, answer);
    return {
      storage: storage ?? undefined,
      queue: queueOf(answer),
      isStuck: tasks.length > 0 && isIdle(answer),
    };
  }

  close(): Promise<void> {
    return this.#quick.close();
  }

  #quickCall(method: Call['method'], path: string, options: CallOptions): Promise<unknown> {
    return this.#logged(method, path, options, call => this.#quick.call(call));
  }

  /** Sends one call, reads its answer, and logs method, path, time and result of it. */
  async #logged(
    method: Call['method'],
    path: string,
    { body, signal, session = this.#session, sent = false, patience }: CallOptions,
    send: (call: Call) => Promise<Answer>,
  ): Promise<unknown> {
    const began = performance.now();
    const log = (result: string) =>
      this.#log.info(
        foreignText(`${method} ${path} ${Math.round(performance.now() - began)} ms: ${result}`),
      );
    try {
      const value = read(
        await send({
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
          ...(body !== undefined && {
            body: body instanceof Multipart ? body : toServiceJson(body),
          }),
          ...(signal && { signal }),
          ...(patience !== undefined && { patience }),
        }),
        sent,
      );
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

/**
 * The service asks the site before it answers, up to four times where it is out of reach (16 s were measured), and only then
 * says why: with the deadline of other calls its true error would never be seen.
 */
const TOKEN_PATIENCE = 3;

interface CallOptions {
  body?: Posted;
  signal?: AbortSignal | undefined;
  /** Whose call it is, where that is not the client's session. */
  session?: SessionId | undefined;
  /** It is a generation. */
  sent?: boolean;
  patience?: number;
}
