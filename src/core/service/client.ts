import * as z from 'zod/mini';
import type { Inputs } from '../inputs/inputs.ts';
import { Account } from './account.ts';
import {
  isIdle,
  itemsOf,
  listed,
  mismatchOf,
  parseAnswer,
  queueOf,
  taskOf,
  type ListedTask,
  type ReceivedItems,
  type ServiceTask,
} from './answers.ts';
import { composition, videoRequest, type Posted } from './body.ts';
import { JimengError } from './failures/failures.ts';
import { foreignLine } from './failures/foreign-text.ts';
import {
  About,
  Cancelled,
  ListedTask as ListedTaskAnswer,
  Submitted,
  TaskId,
  TaskList,
  Result,
} from './schemas.ts';
import { Transport, type CallOptions, type Log, type TransportOptions } from './transport.ts';

export interface ServiceAbout {
  /** Whether it has task endpoints; the version number does not tell (service-contract). */
  kind: 'stock' | 'task';
  /** It is a demo that draws its pictures. */
  demo: boolean;
  version: string | undefined;
}

export {
  MAX_ITEMS,
  type ListedTask,
  type ReceivedItem,
  type ReceivedItems,
  type ServiceTask,
} from './answers.ts';
export type { Log } from './transport.ts';

/** The answer to a generation. The stock service answers an async request with the result itself. */
export type Generated =
  | ({ type: 'result' } & ReceivedItems)
  | { type: 'task'; serviceTaskId: string; status: 'pending' | 'queued' | 'processing' };

export interface ListOptions {
  limit?: number;
  status?: string;
  type?: string;
  signal?: AbortSignal;
}

export interface GenerateOptions {
  /** Ask for a task, to be polled later. */
  async: boolean;
  callbackUrl?: string;
  inputs?: Inputs;
  /** The request was made for a demo and must not go to a service that spends credits: throws `demoEnded` then, before sending. */
  onlyDemo?: boolean;
  /** Aborting closes the connection; the service may continue. */
  signal?: AbortSignal;
  /** The request is on its way. */
  onSent?: () => void;
}

/**
 * Talks to jimeng-api. Every method throws JimengError when the service does not do what was asked, and the signal's
 * reason when it was aborted. Nothing is ever sent twice.
 */
export class JimengClient {
  /** The account of the client's session. */
  readonly account: Account;
  readonly #log: Log;
  readonly #transport: Transport;
  /** Which of the two list paths works, once known; the task service has the first, the seed names the second. */
  #listPath: '/v1/tasks/' | '/v1/tasks' | undefined;

  constructor(options: TransportOptions) {
    this.#log = options.log;
    this.#transport = new Transport(options);
    this.account = new Account(this.#transport);
  }

  /** The service's description of itself at `GET /`. */
  async about(signal?: AbortSignal): Promise<ServiceAbout> {
    const { endpoints, demo, version } = await this.#about(signal);
    return { kind: 'tasks' in endpoints ? 'task' : 'stock', demo: demo === true, version };
  }

  /** Called before anything else, also before a generation: whatever fails here, nothing was charged. */
  async #about(signal?: AbortSignal): Promise<z.output<typeof About>> {
    const answer = await this.#transport.call('GET', '/', { signal }).catch((error: unknown) => {
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

  /** Spends credits. With inputs it is image-to-image, or a video from pictures. */
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
      this.#transport.generate(path, value, { signal, onSent });
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

  /** Uses the endpoint that `GET /` names; the other one only if that route does not exist, which costs nothing. */
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

  /** Throws JimengError: `taskNotFound`, or `noTasks` if the service has no task endpoints. */
  async getTask(serviceTaskId: string, signal?: AbortSignal): Promise<ServiceTask> {
    const answer = await this.#task(serviceTaskId, signal);
    return taskOf(answer, isIdle(answer));
  }

  /** The service's tasks, newest first, including other people's. Without a limit the service returns 100. */
  async listTasks({ limit, status, type, signal }: ListOptions = {}): Promise<ListedTask[]> {
    const query = new URLSearchParams({
      ...(status !== undefined && { status }),
      ...(type !== undefined && { type }),
      ...(limit !== undefined && { limit: String(limit) }),
    });
    const answer = await this.#list(query, signal);
    const isServiceIdle = isIdle(answer);
    // A task that cannot be parsed is not ours: our ids are valid.
    return parseAnswer(TaskList, answer).tasks.flatMap(task => {
      const read = z.safeParse(ListedTaskAnswer, task);
      return read.success ? [listed(read.data, isServiceIdle)] : [];
    });
  }

  /** One task, before its result is parsed. */
  async lookUp(serviceTaskId: string, signal?: AbortSignal): Promise<ListedTask> {
    const answer = await this.#task(serviceTaskId, signal);
    return listed(parseAnswer(ListedTaskAnswer, answer), isIdle(answer));
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
      // Some services take the slash for an empty id.
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

  #tasksCall(method: 'GET' | 'POST', path: string, options: CallOptions): Promise<unknown> {
    return this.#transport.call(method, path, options).catch((error: unknown) => {
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

  /** The task service's storage (`memory`, `redis`), its queue if it reports one, and whether a task is stuck. */
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
    return this.#transport.close();
  }
}

/** Throws JimengError (`badTaskId`) for what cannot be an id, such as one that would change the path. */
function pathOf(serviceTaskId: string): string {
  if (!z.safeParse(TaskId, serviceTaskId).success) throw new JimengError({ kind: 'badTaskId' });
  return `/v1/tasks/${encodeURIComponent(serviceTaskId)}`;
}
