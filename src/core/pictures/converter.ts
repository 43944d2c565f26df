import { Worker } from 'node:worker_threads';
import { errorCode } from '../files.ts';
import { JimengError } from '../service/failures.ts';
import type { Failure } from '../task.ts';
import type { PictureSettings } from './settings.ts';

export interface ConverterOptions {
  /** The built conversion worker. */
  workerUrl: URL;
  /** The folder of the WebAssembly codecs, with a slash at the end. */
  codecs: URL;
}

export interface Png {
  png: Uint8Array;
  /** In pixels, as shown. */
  width: number;
  height: number;
}

/** What a worker is asked: for a picture, or for the file at a path, which it reads by itself. Without settings a picture says nothing of itself. */
export interface Conversion { source: Uint8Array | string; settings?: PictureSettings | undefined }

/** What a worker answers; `src/png/worker.ts` is the other end. */
type Converted<Result> = Result | { failure: Failure };

interface Job<Result> extends Conversion {
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/** Two conversions at a time: enough for two cores, and a 4k picture takes some hundred MB while it is open. */
const mostWorkers = 2;
/** A worker without work is kept for the next pictures of the same task, and then gives its memory back; in ms. */
const keptIdle = 10_000;

/**
 * Turns pictures into something else, PNG unless said otherwise, in worker threads. They are started when they are needed,
 * end when they are not, do not keep the process alive, and are thrown away when a codec trapped in them.
 */
export class Converter<Result extends object = Png> {
  readonly #options: ConverterOptions;
  readonly #waiting: Job<Result>[] = [];
  /** With the clock that will end each. */
  readonly #idle = new Map<Worker, NodeJS.Timeout>();
  readonly #busy = new Map<Worker, Job<Result>>();

  constructor(options: ConverterOptions) {
    this.#options = options;
  }

  /** Starts a worker for a picture that is still on its way, if another one may be started: it is ready when that arrives. */
  prepare(): void {
    if (this.#idle.size + this.#busy.size < mostWorkers) { this.#rest(this.#start()); }
  }

  /**
   * With settings the PNG holds them, and the mark of a picture that no camera took: they are written there, since this
   * thread would be held up by copying some MB. Throws JimengError (`pictureDamaged`, `pictureUnsupported`,
   * `pictureTooLarge`, `notAPicture`; `unexpected` where the worker itself is broken, or the file cannot be read) or the signal's reason.
   */
  async convert(source: Uint8Array | string, signal?: AbortSignal, settings?: PictureSettings): Promise<Result> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const job = { source, settings, resolve, reject };
    const abort = () => {
      const place = this.#waiting.indexOf(job);
      if (place >= 0) { this.#waiting.splice(place, 1); } // a conversion under way runs on, for nobody
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
    this.#waiting.push(job);
    this.#next();
    try {
      return await promise;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Ends the workers; what is not converted yet is rejected. */
  async dispose(): Promise<void> {
    const jobs = [...this.#waiting.splice(0), ...this.#busy.values()];
    const workers = [...this.#idle.keys(), ...this.#busy.keys()];
    for (const clock of this.#idle.values()) { clearTimeout(clock); }
    this.#idle.clear();
    this.#busy.clear();
    for (const { reject } of jobs) { reject(new Error('The converter was disposed of.')); }
    await Promise.all(workers.map(worker => worker.terminate()));
  }

  #next(): void {
    if (this.#waiting.length === 0) { return; }
    const worker = this.#wake() ?? (this.#busy.size < mostWorkers ? this.#start() : undefined);
    const job = worker && this.#waiting.shift();
    if (!job) { return; }
    this.#busy.set(worker, job);
    worker.ref();
    const { source, settings } = job;
    worker.postMessage({ source, settings } satisfies Conversion);
  }

  #wake(): Worker | undefined {
    for (const [worker, clock] of this.#idle) {
      clearTimeout(clock);
      this.#idle.delete(worker);
      return worker;
    }
    return undefined;
  }

  #rest(worker: Worker): void {
    worker.unref();
    const end = () => {
      this.#idle.delete(worker);
      void worker.terminate();
    };
    this.#idle.set(worker, setTimeout(end, keptIdle).unref());
  }

  #start(): Worker {
    // Flags of this process, such as those of a debugger, are not the worker's.
    const worker = new Worker(this.#options.workerUrl, { workerData: this.#options.codecs.href, execArgv: [] });
    worker.on('message', (converted: Converted<Result>) => {
      const job = this.#busy.get(worker);
      if (!job) { return; } // disposed of
      this.#busy.delete(worker);
      this.#rest(worker);
      if ('failure' in converted) { job.reject(new JimengError(converted.failure)); } else { job.resolve(converted); }
      this.#next();
    });
    worker.on('error', (error: unknown) => {
      const code = errorCode(error); // without one it was thrown by a codec, and the picture is to blame
      this.#lose(worker, code === undefined ? { kind: 'pictureDamaged' } : { kind: 'unexpected', detail: code }, error);
    });
    worker.on('exit', () => this.#lose(worker, { kind: 'unexpected', detail: 'the conversion ended early' }));
    return worker;
  }

  /** The worker is no more. */
  #lose(worker: Worker, failure: Failure, cause?: unknown): void {
    clearTimeout(this.#idle.get(worker));
    this.#idle.delete(worker);
    const job = this.#busy.get(worker);
    this.#busy.delete(worker);
    job?.reject(new JimengError(failure, { cause }));
    this.#next();
  }
}
