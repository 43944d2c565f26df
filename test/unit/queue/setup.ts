import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { randomUUID } from 'node:crypto';
import { accept } from '../../../src/core/request/check.ts';
import { Converter } from '../../../src/core/images/converter.ts';
import { NodeFolder } from '../../../src/core/output/node-folder.ts';
import type { ImageRequest } from '../../../src/core/request/schema.ts';
import { JimengClient } from '../../../src/core/service/client.ts';
import { direct, type Network } from '../../../src/core/service/proxy.ts';
import { parseSessionId } from '../../../src/core/session/session.ts';
import { TaskQueue } from '../../../src/core/queue/queue.ts';
import { Ledger } from '../../../src/core/queue/store.ts';
import { sizeOf, type PreparedRequest } from '../../../src/core/queue/prepare.ts';
import { Executor } from '../../../src/core/queue/execute/execute.ts';
import type { SendOptions } from '../../../src/core/queue/execute/send.ts';
import type { QueueOptions, QueuePolicy } from '../../../src/core/queue/policy.ts';
import type { WaitingTask } from '../../../src/core/queue/task.ts';
import { openFile } from '../../../src/core/inputs/open-file.ts';
import { built } from '../../built.ts';
import { demoService } from '../../demo-service.ts';
import { scriptedService, type Answer } from '../../scripted-service.ts';
import { pictureServer, type Served } from '../output/picture-server.ts';
import { silentLog } from './samples.ts';

export const session = '0123456789abcdef0123456789abcdef';

/** A request for small pictures. */
export function requestFor(
  url: string,
  prompt: string,
  folder: string,
  mode: PreparedRequest['mode'] = 'async',
  more: Partial<ImageRequest> = {},
): PreparedRequest {
  const request: ImageRequest = { kind: 'image', prompt, resolution: '1k', ...more };
  const checked = accept(request, 'cn', { unknownModels: 'refuse' });
  return {
    request,
    region: 'cn',
    mode,
    service: { url, demo: false },
    folder: pathToFileURL(join(folder, 'pic')).href,
    model: checked.outcome.model,
    size: sizeOf(checked),
    state: { status: 'waiting', body: { ...checked.body } },
    checked,
    largeInputs: [],
  };
}

/** As the queue adds it. */
export function taskOf({ checked, largeInputs, ...prepared }: PreparedRequest): WaitingTask {
  const now = Date.now();
  return { ...prepared, id: randomUUID(), createdAt: now, updatedAt: now };
}

/** Starts the services of a test; what `ends` collects closes them. */
export function servicesUntil(ends: (() => Promise<unknown>)[]) {
  const start = async <T extends { close: () => Promise<unknown> }>(
    starting: Promise<T>,
  ): Promise<T> => {
    const service = await starting;
    ends.push(() => service.close());
    return service;
  };
  return {
    demo: (options: Parameters<typeof demoService>[0] = {}) => start(demoService(options)),
    scripted: (script: Record<string, Answer[]>) => start(scriptedService(script)),
    serving: (pictures: Served[]) =>
      start(pictureServer(Object.fromEntries(pictures.map((each, index) => [`/${index}`, each])))),
  };
}

/** What one window has: its own queue over tasks that all windows share. */
export class TestWindow {
  readonly ledger: Ledger;
  readonly executor: Executor;
  readonly queue: TaskQueue;
  readonly #converter = new Converter({ workerUrl: built.pngWorker, codecs: built.codecs });
  readonly #clients = new Map<string, JimengClient>();
  /** The session that pays; none: tasks wait for one. */
  session: string | undefined = session;
  network: Network = direct;
  /** Between two looks, in ms. */
  pause = () => 20;

  constructor(
    folder: string,
    { limits, ...options }: Partial<QueueOptions> & Pick<Partial<QueuePolicy>, 'limits'> = {},
  ) {
    this.ledger = new Ledger(join(folder, 'ledger'), silentLog);
    this.executor = new Executor({
      ledger: this.ledger,
      converter: this.#converter,
      network: () => this.network(),
      connect: url => this.#connect(url),
      openFolder: uri => new NodeFolder(uri),
      openInput: openFile,
      receivedFolder: this.ledger.receivedFolder,
      pause: () => this.pause(),
      checksAfterCancel: [],
      version: '1.2.3',
      keepsPrompts: () => true,
    });
    this.queue = new TaskQueue({
      ledger: this.ledger,
      executor: this.executor,
      folder: join(folder, 'ledger'),
      log: silentLog,
      tickMs: 25,
      policy: {
        lease: 'queue',
        resumes: () => true,
        ifHeldUp: 'wait',
        limits: limits ?? (() => ({ concurrency: 2, slowAfter: 600_000 })),
      },
      resolveAccount: task =>
        Promise.resolve(
          this.session === undefined ? undefined : this.accountOf(task, this.session),
        ),
      ...options,
    });
  }

  /** With the session that pays. */
  accountOf(task: WaitingTask, id = session): SendOptions & { fingerprint: string } {
    return { fingerprint: id, client: this.#connect(task.service.url, id) };
  }

  async dispose(): Promise<void> {
    await this.queue.dispose();
    this.ledger.dispose();
    await Promise.all([...this.#clients.values()].map(client => client.close()));
    await this.#converter.dispose();
  }

  #connect(url: string, text?: string): JimengClient {
    const key = `${text}@${url}`;
    const parsed = text === undefined ? undefined : parseSessionId(text);
    const client =
      this.#clients.get(key) ??
      new JimengClient({
        address: url,
        network: () => this.network(),
        log: silentLog,
        ...(parsed?.ok && { session: parsed.session }),
      });
    this.#clients.set(key, client);
    return client;
  }
}
