import { Worker } from 'node:worker_threads';
import type { DrawingFormat } from './encode.ts';
import type { Scene } from './paint.ts';
import type { Drawn, DrawingJob } from './worker.ts';

/** Draws scenes one at a time in a worker thread, which does not keep the process alive. */
export class Artist {
  readonly #workerUrl: URL;
  readonly #codecs: URL;
  readonly #waiting = new Map<
    number,
    { resolve: (bytes: Uint8Array) => void; reject: (error: Error) => void }
  >();
  #worker: Worker | undefined;
  #last = 0;

  constructor(workerUrl: URL, codecs: URL) {
    this.#workerUrl = workerUrl;
    this.#codecs = codecs;
  }

  draw(scene: Scene, format: DrawingFormat): Promise<Uint8Array> {
    const worker = (this.#worker ??= this.#start());
    const job: DrawingJob = { id: ++this.#last, scene, format };
    return new Promise((resolve, reject) => {
      this.#waiting.set(job.id, { resolve, reject });
      worker.postMessage(job);
    });
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
    this.#fail(new Error('closed'));
  }

  #start(): Worker {
    const worker = new Worker(this.#workerUrl, { workerData: this.#codecs.href });
    worker.on('message', (drawn: Drawn) => {
      const job = this.#waiting.get(drawn.id);
      this.#waiting.delete(drawn.id);
      if ('bytes' in drawn) job?.resolve(drawn.bytes);
      else job?.reject(new Error(drawn.error));
    });
    worker.on('error', error => {
      this.#worker = undefined;
      this.#fail(error);
    });
    worker.unref();
    return worker;
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
