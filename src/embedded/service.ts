import { setTimeout as delay } from 'node:timers/promises';
import { readJson, readMultipart } from './body.ts';
import { invalid, ServiceFault, unknownRoute } from './envelope.ts';
import { modelNames, readImageOrder, type ImageOrder } from './image-request.ts';
import type { Pictures } from './pictures.ts';
import { Accounts, failOnPurpose, isLive, readSession, type Session } from './session.ts';
import { TaskStore, type StoredTask } from './tasks.ts';
import { callBack } from './webhook.ts';

export interface ServiceRules {
  /** `stock` ignores `async` and has no tasks. */
  kind: 'task' | 'stock';
  maxConcurrent: number;
  /** How long a generation takes, in ms. */
  delayMs: number;
  webhookRetriesMs: readonly number[];
}

export interface Arriving {
  method: string;
  url: URL;
  authorization: string | undefined;
  contentType: string;
  bytes: Buffer;
}

/** What the service answers, apart from HTTP: a value for JSON, or a text. Throws ServiceFault. */
export class DemoService {
  /** Generations that were really begun, and charged. */
  generations = 0;
  readonly #rules: ServiceRules;
  readonly #pictures: Pictures;
  readonly #closed: AbortSignal;
  readonly #tasks: TaskStore;
  readonly #accounts = new Accounts();

  constructor(rules: ServiceRules, pictures: Pictures, closed: AbortSignal) {
    this.#rules = rules;
    this.#pictures = pictures;
    this.#closed = closed;
    this.#tasks = new TaskStore(rules.maxConcurrent);
  }

  async answer(arriving: Arriving): Promise<object | string> {
    const { method, url } = arriving;
    const [, task, action] = /^\/v1\/tasks\/([^/]+)(\/cancel)?$/.exec(url.pathname) ?? [];
    if (task !== undefined && this.#rules.kind === 'task') {
      if (method === 'GET' && action === undefined) { return { ...this.#tasks.get(task), queue_stats: this.#tasks.stats }; }
      if (method === 'POST' && action !== undefined) {
        this.#tasks.cancel(task);
        return { task_id: task, status: 'cancelled', message: '任务已取消' };
      }
    }
    switch (`${method} ${url.pathname}`) {
      case 'GET /': return this.#about();
      case 'GET /ping': return 'pong';
      case 'GET /v1/models': return { data: modelNames.map(id => ({ id, object: 'model', owned_by: 'jimeng-api' })) };
      case 'POST /v1/images/generations': return this.#images(arriving);
      case 'POST /v1/images/compositions': return this.#compositions(arriving);
      case 'POST /v1/videos/generations': throw new ServiceFault(-2008, '[视频生成失败]: 演示服务不生成视频 (the demo service makes no videos)');
      case 'POST /token/check': return this.#check(readJson(arriving.bytes)['token']);
      case 'POST /token/points': return this.#points(readSession(arriving.authorization));
      case 'POST /token/receive': return this.#receive(readSession(arriving.authorization));
      case 'GET /v1/tasks': if (this.#rules.kind === 'task') { return this.#list(url.searchParams); }
    }
    throw unknownRoute(method, url.pathname);
  }

  #about(): object {
    const endpoints = {
      images: '/v1/images/generations', compositions: '/v1/images/compositions', videos: '/v1/videos/generations',
      models: '/v1/models', health: '/ping', ...this.#rules.kind === 'task' && { tasks: '/v1/tasks' },
    };
    return {
      service: 'jimeng-api', status: 'running', version: '1.6.3', demo: true, documentation: '', endpoints,
      description: 'A demo that speaks the protocol of jimeng-api: it draws its pictures itself and spends no credits.',
    };
  }

  async #images(arriving: Arriving): Promise<object> {
    if (!/^application\/json\b/i.test(arriving.contentType)) { throw new ServiceFault(-1001, '此接口只接受 JSON'); }
    return this.#generate('image', readJson(arriving.bytes), [], arriving);
  }

  async #compositions(arriving: Arriving): Promise<object> {
    const { contentType, bytes } = arriving;
    let body: Record<string, unknown>;
    let inputs: string[];
    if (/^multipart\/form-data\b/i.test(contentType)) {
      const { fields, files } = await readMultipart(bytes, contentType);
      body = fields;
      inputs = files.get('images') ?? []; // a URL sent beside the files is silently lost
    } else {
      body = readJson(bytes);
      const { images } = body;
      if (!Array.isArray(images)) { throw invalid('body.images'); }
      inputs = images.map((image: unknown) => typeof image === 'string' ? image : String((image as { url?: unknown } | null)?.url));
    }
    if (inputs.length === 0) { throw invalid('body.images'); }
    if (inputs.length > 10) { throw new ServiceFault(-1000, '最多支持10张图片'); }
    return this.#generate('composition', body, inputs, arriving);
  }

  /** Begins a generation, and answers with its result or, where it is asked for and known, with a task. */
  async #generate(type: StoredTask['type'], body: Record<string, unknown>, inputs: string[], { authorization, url }: Arriving): Promise<object> {
    const session = readSession(authorization);
    const order = readImageOrder(body, session);
    if (type === 'composition') { order.pictures = 1; }
    const work = () => this.#work(type, order, inputs, session, url.origin);
    if (body['async'] !== true || this.#rules.kind === 'stock') { return work(); }
    const callback = body['callback_url'];
    if (typeof callback === 'string' && !callback.startsWith('http')) { throw invalid('body.callback_url'); }
    const task = this.#tasks.add({ type, model: order.model, prompt: order.prompt }, work, final => {
      if (typeof callback === 'string') { void callBack(callback, final, this.#rules.webhookRetriesMs, this.#closed); }
    });
    return { task_id: task.task_id, status: task.status };
  }

  async #work(type: StoredTask['type'], order: ImageOrder, inputs: string[], session: Session, origin: string): Promise<object> {
    failOnPurpose(session);
    this.#accounts.spend(session, order.resolution === '4k' ? 4 : 1);
    this.generations++;
    await delay(this.#rules.delayMs * (order.prompt.includes('#slow') ? 5 : 1), undefined, { signal: this.#closed });
    const result = await this.#pictures.make(order, inputs, origin);
    return type === 'composition' ? { ...result, input_images: inputs.length, composition_type: 'multi_image_synthesis' } : result;
  }

  #list(query: URLSearchParams): object {
    const limit = Number(query.get('limit') ?? 100);
    const tasks = this.#tasks.list({ status: query.get('status'), type: query.get('type'), limit: limit > 0 ? limit : 100 });
    return { tasks, total: tasks.length, queue_stats: this.#tasks.stats, storage_mode: 'memory' };
  }

  #check(token: unknown): object {
    if (typeof token !== 'string') { throw invalid('body.token'); }
    return { live: isLive(token) };
  }

  /** As in the real service, the answer holds the session ID. */
  #points(session: Session): object {
    return [{ token: session.token, points: this.#credits(session) }];
  }

  #receive(session: Session): object {
    const received = this.#accounts.receive(session);
    return [{ token: session.token, credits: this.#credits(session), received: received > 0 }];
  }

  #credits(session: Session): object {
    const credits = this.#accounts.credits(session);
    return { giftCredit: credits, purchaseCredit: 0, vipCredit: 0, totalCredit: credits };
  }
}
