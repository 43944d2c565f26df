import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { readBody, readJson } from './body.ts';
import { invalid, unforeseen, unknownRoute, ServiceFault } from './envelope.ts';
import { imageModels } from '../core/request/models.ts';
import { videoModels } from '../core/request/video-models.ts';
import { imageJobOf, readImageFields, type ImageJob } from './image-request.ts';
import type { Pictures } from './pictures.ts';
import {
  Accounts,
  failOnPurpose,
  isLive,
  readSession,
  refuseExpired,
  type Session,
  type ServiceRules,
} from './session.ts';
import { TaskStore, type StoredTask } from './tasks.ts';
import { readVideoJob } from './video-request.ts';
import type { Videos } from './videos.ts';
import { callBack } from './webhook.ts';

export interface ServiceRequest {
  method: string;
  url: URL;
  authorization: string | undefined;
  contentType: string;
  bytes: Buffer;
}

/** A generation that was parsed and is valid. */
interface Generation {
  type: StoredTask['type'];
  model: string;
  prompt: string;
  credits: number;
  /** An error before anything is charged. */
  fault?: ServiceFault | undefined;
  make: () => Promise<object>;
}

/** The service's answers, independent of HTTP: a value for JSON, or a text. Throws ServiceFault. */
export class DemoService {
  /** Generations that were actually started and charged. */
  generations = 0;
  readonly #rules: ServiceRules;
  readonly #pictures: Pictures;
  readonly #videos: Videos;
  readonly #closed: AbortSignal;
  readonly #tasks: TaskStore;
  readonly #accounts = new Accounts();

  constructor(rules: ServiceRules, pictures: Pictures, videos: Videos, closed: AbortSignal) {
    this.#rules = rules;
    this.#pictures = pictures;
    this.#videos = videos;
    this.#closed = closed;
    this.#tasks = new TaskStore(rules.maxConcurrent);
  }

  async answer(request: ServiceRequest): Promise<object | string> {
    const { method, url } = request;
    const [, task, action] = /^\/v1\/tasks\/([^/]+)(\/cancel)?\/?$/.exec(url.pathname) ?? [];
    if (task !== undefined && this.#rules.kind === 'task') {
      if (method === 'GET' && action === undefined)
        return { ...this.#tasks.get(task), queue_stats: this.#tasks.stats };
      if (method === 'POST' && action !== undefined) {
        this.#tasks.cancel(task);
        return { task_id: task, status: 'cancelled', message: '任务已取消' };
      }
    }
    switch (`${method} ${url.pathname}`) {
      case 'GET /':
        return this.#about();
      case 'GET /ping':
        return 'pong';
      case 'GET /v1/models':
        return {
          data: [...imageModels, ...videoModels].map(({ id }) => ({
            id,
            object: 'model',
            owned_by: 'jimeng-api',
          })),
        };
      case 'POST /v1/images/generations':
        return this.#image(request);
      case 'POST /v1/images/compositions':
        return this.#composition(request);
      case 'POST /v1/videos/generations':
        return this.#video(request);
      case 'POST /token/check':
        return this.#check(readJson(request.bytes)['token']);
      case 'POST /token/points':
        return this.#points(readSession(request.authorization));
      case 'POST /token/receive':
        return this.#receive(readSession(request.authorization));
      case 'GET /v1/tasks/':
        if (this.#rules.kind === 'task') return this.#list(url.searchParams);
    }
    throw unknownRoute(method, url.pathname);
  }

  #about(): object {
    const endpoints = {
      images: '/v1/images/generations',
      compositions: '/v1/images/compositions',
      videos: '/v1/videos/generations',
      models: '/v1/models',
      health: '/ping',
      ...(this.#rules.kind === 'task' && { tasks: '/v1/tasks' }),
    };
    return {
      service: 'jimeng-api',
      status: 'running',
      version: '1.6.3',
      demo: true,
      documentation: '',
      endpoints,
      description:
        'A demo that speaks the protocol of jimeng-api: it draws its pictures and videos itself and spends no credits.',
    };
  }

  async #image(request: ServiceRequest): Promise<object> {
    if (!/^application\/json\b/i.test(request.contentType)) throw invalid('body.prompt');
    return this.#draw('image', readJson(request.bytes), [], request);
  }

  async #composition(request: ServiceRequest): Promise<object> {
    const { fields, files } = await readBody(request);
    const { images } = fields;
    let inputs: string[];
    if (files.length > 0) {
      // An address sent with files is silently lost.
      if (!files.some(({ field }) => field === 'images'))
        throw unforeseen("在form-data中缺少 'images' 字段");
      inputs = files
        .filter(({ field }) => field === 'images')
        .map(({ bytes }) => createHash('sha256').update(bytes).digest('hex'));
    } else {
      if (!Array.isArray(images)) throw invalid('body.images');
      inputs = images.map((image: unknown) =>
        typeof image === 'string' ? image : String((image as { url?: unknown } | null)?.url),
      );
    }
    if (inputs.length === 0) throw unforeseen('至少需要提供1张输入图片');
    if (inputs.length > 10) throw unforeseen('最多支持10张输入图片');
    return this.#draw('composition', fields, inputs, request);
  }

  #draw(
    type: 'image' | 'composition',
    body: Record<string, unknown>,
    inputs: string[],
    { authorization, url }: ServiceRequest,
  ): Promise<object> {
    const session = readSession(authorization);
    const fields = readImageFields(body);
    const { model, prompt } = fields;
    let job: ImageJob;
    try {
      job = imageJobOf(fields, session);
    } catch (error) {
      if (!(error instanceof ServiceFault)) throw error;
      const make = () => Promise.reject(error);
      return this.#generate({ type, model, prompt, credits: 0, fault: error, make }, body, session);
    }
    if (type === 'composition') job.pictures = 1;
    const make = async () => {
      const result = await this.#pictures.make(job, inputs, url.origin);
      return type === 'composition'
        ? { ...result, input_images: inputs.length, composition_type: 'multi_image_synthesis' }
        : result;
    };
    return this.#generate(
      {
        type,
        model: job.model,
        prompt: job.prompt,
        credits: job.resolution === '4k' ? 4 : 1,
        make,
      },
      body,
      session,
    );
  }

  async #video(request: ServiceRequest): Promise<object> {
    const { fields, files } = await readBody(request);
    const session = readSession(request.authorization);
    const job = await readVideoJob(fields, files, session, this.#rules.kind);
    const { askedModel: model, prompt, fault, seconds, resolution } = job;
    const make = async () => {
      const result = await this.#videos.make(job, request.url.origin);
      if (this.#rules.kind === 'task') return result;
      const [{ url, b64_json: bytes, revised_prompt: words }] = result.data; // the stock service says no more
      return { ...result, data: [{ url, b64_json: bytes, revised_prompt: words }] };
    };
    return this.#generate(
      {
        type: 'video',
        model,
        prompt,
        credits: seconds * (resolution === '1080p' ? 4 : 2),
        fault,
        make,
      },
      fields,
      session,
    );
  }

  /** Starts a generation, and answers with its result or, if requested and supported, with a task. */
  async #generate(
    generation: Generation,
    body: Record<string, unknown>,
    session: Session,
  ): Promise<object> {
    const work = () => this.#work(generation, session);
    if (body['async'] !== true || this.#rules.kind === 'stock') return work();
    const callback = body['callback_url'];
    if (typeof callback === 'string' && !callback.startsWith('http'))
      throw invalid('body.callback_url');
    const { type, model, prompt } = generation;
    const task = this.#tasks.add({ type, model, prompt }, work, final => {
      if (typeof callback === 'string')
        callBack(callback, final, this.#rules.webhookRetriesMs, this.#closed).catch(() => {
          /* the caller has disconnected */
        });
    });
    return { task_id: task.task_id, status: task.status };
  }

  async #work({ prompt, credits, fault, make }: Generation, session: Session): Promise<object> {
    failOnPurpose(session);
    if (fault) throw fault;
    this.#accounts.spend(session, credits);
    this.generations++;
    await delay(this.#rules.delayMs * (prompt.includes('#slow') ? 5 : 1), undefined, {
      signal: this.#closed,
    });
    return make();
  }

  #list(query: URLSearchParams): object {
    const limit = Number(query.get('limit') ?? 100);
    const tasks = this.#tasks.list({
      status: query.get('status'),
      type: query.get('type'),
      limit: limit > 0 ? limit : 100,
    });
    return { tasks, total: tasks.length, queue_stats: this.#tasks.stats, storage_mode: 'memory' };
  }

  #check(token: unknown): object {
    if (typeof token !== 'string') throw invalid('body.token');
    return { live: isLive(token) };
  }

  /** As in the real service, the answer contains the session ID. */
  #points(session: Session): object {
    refuseExpired(session);
    return [{ token: session.token, points: this.#credits(session) }];
  }

  #receive(session: Session): object {
    refuseExpired(session);
    const received = this.#accounts.receive(session);
    return [{ token: session.token, credits: this.#credits(session), received: received > 0 }];
  }

  #credits(session: Session): object {
    const credits = this.#accounts.credits(session);
    return { giftCredit: credits, purchaseCredit: 0, vipCredit: 0, totalCredit: credits };
  }
}
