import { Worker } from 'node:worker_threads';
import { JimengError } from '../service/failures.ts';
import type { Failure } from '../task.ts';

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

/** What the worker answers; `src/png/worker.ts` is its other end. */
export type Converted = { png: Uint8Array; width: number; height: number } | { failure: Failure };

interface Job {
  bytes: Uint8Array<ArrayBuffer>;
  resolve: (png: Png) => void;
  reject: (error: unknown) => void;
}

/** Two conversions at a time: enough for two cores, and a 4k picture takes some hundred MB while it is open. */
const mostWorkers = 2;

/**
 * Turns pictures into PNG in worker threads, which are started when they are needed, do not keep the process alive, and
 * are thrown away when a codec trapped in them.
 */
export class Converter {
  readonly #options: ConverterOptions;
  readonly #waiting: Job[] = [];
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Job>();

  constructor(options: ConverterOptions) {
    this.#options = options;
  }

  /**
   * @param bytes given away: they are moved to the worker.
   * Throws JimengError (`pictureDamaged`, `pictureUnsupported`, `pictureTooLarge`, `notAPicture`) or the signal's reason.
   */
  toPng(bytes: Uint8Array<ArrayBuffer>, signal?: AbortSignal): Promise<Png> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const job = { bytes, resolve, reject };
      signal?.addEventListener('abort', () => {
        const place = this.#waiting.indexOf(job);
        if (place >= 0) { this.#waiting.splice(place, 1); }
        reject(signal.reason as Error);
      }, { once: true });
      this.#waiting.push(job);
      this.#next();
    });
  }

  /** Ends the workers; conversions under way are not answered any more. */
  async dispose(): Promise<void> {
    this.#waiting.length = 0;
    const workers = [...this.#idle.splice(0), ...this.#busy.keys()];
    this.#busy.clear();
    await Promise.all(workers.map(worker => worker.terminate()));
  }

  #next(): void {
    if (this.#waiting.length === 0 || this.#idle.length === 0 && this.#busy.size === mostWorkers) { return; }
    const worker = this.#idle.pop() ?? this.#start();
    const job = this.#waiting.shift();
    if (!job) { return; }
    this.#busy.set(worker, job);
    worker.ref();
    worker.postMessage(job.bytes, [job.bytes.buffer]);
  }

  #start(): Worker {
    const worker = new Worker(this.#options.workerUrl, { workerData: this.#options.codecs.href });
    worker.on('message', (converted: Converted) => {
      const job = this.#busy.get(worker);
      this.#busy.delete(worker);
      this.#idle.push(worker);
      worker.unref();
      if ('failure' in converted) { job?.reject(new JimengError(converted.failure)); } else { job?.resolve(converted); }
      this.#next();
    });
    worker.on('error', error => {
      const job = this.#busy.get(worker);
      this.#busy.delete(worker);
      job?.reject(new JimengError({ kind: 'pictureDamaged', detail: error.message }, { cause: error }));
      this.#next();
    });
    return worker;
  }
}
