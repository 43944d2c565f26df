import { Worker } from 'node:worker_threads';

interface Job<Question, Answer> {
  question: Question;
  /** How many of the workers' slots it takes. */
  places: number;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

/** How long an idle worker is kept before its memory is freed. */
const IDLE_MS = 10_000;

/** The worker ended, by the error that is its cause or on its own, before it had answered. */
export class WorkerLost extends Error {}

/**
 * Worker threads that answer one request at a time each. They are started on demand, end when idle, do not keep the
 * process alive, and are discarded after an error.
 */
export class WorkerPool<Question, Answer> {
  readonly #url: URL;
  readonly #data: unknown;
  readonly #most: number;
  readonly #waiting: Job<Question, Answer>[] = [];
  /** With its idle timer. */
  readonly #idle = new Map<Worker, NodeJS.Timeout>();
  readonly #busy = new Map<Worker, Job<Question, Answer>>();

  #disposed = false;

  /** @param most workers at a time @param data what each gets as its `workerData` */
  constructor(url: URL, most: number, data?: unknown) {
    this.#url = url;
    this.#most = most;
    this.#data = data;
  }

  /** Starts a worker in advance, if another one may be started, so that it is ready when a request arrives. */
  prepare(): void {
    if (!this.#disposed && this.#idle.size + this.#busy.size < this.#most)
      this.#rest(this.#start());
  }

  /**
   * Requests are answered in order, as many at a time as there are slots. Throws WorkerLost, the signal's reason, or an
   * error if the pool is disposed of.
   * @param places more than one for a request that needs much memory
   */
  async ask(question: Question, signal?: AbortSignal, places = 1): Promise<Answer> {
    signal?.throwIfAborted();
    if (this.#disposed) throw new Error('The workers were disposed of.');
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const job = { question, places: Math.min(places, this.#most), resolve, reject };
    const abort = () => {
      const place = this.#waiting.indexOf(job);
      if (place >= 0) this.#waiting.splice(place, 1); // a running request continues, but its answer is dropped
      reject(signal?.reason);
      this.#next(); // it may have blocked those behind it
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

  /** Ends the workers; unanswered requests are rejected. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    const jobs = [...this.#waiting.splice(0), ...this.#busy.values()];
    const workers = [...this.#idle.keys(), ...this.#busy.keys()];
    for (const clock of this.#idle.values()) clearTimeout(clock);
    this.#idle.clear();
    this.#busy.clear();
    for (const { reject } of jobs) reject(new Error('The workers were disposed of.'));
    await Promise.all(workers.map(worker => worker.terminate()));
  }

  #next(): void {
    let free = this.#most;
    for (const { places } of this.#busy.values()) free -= places;
    for (let job = this.#waiting[0]; job && job.places <= free; job = this.#waiting[0]) {
      this.#waiting.shift();
      free -= job.places;
      const worker = this.#wake() ?? this.#start();
      this.#busy.set(worker, job);
      worker.ref();
      worker.postMessage(job.question);
    }
  }

  /** The worker that became idle last: its memory is already allocated, and the others may end. */
  #wake(): Worker | undefined {
    const last = [...this.#idle].at(-1);
    if (!last) return undefined;
    const [worker, clock] = last;
    clearTimeout(clock);
    this.#idle.delete(worker);
    return worker;
  }

  #rest(worker: Worker): void {
    worker.unref();
    const end = () => {
      this.#idle.delete(worker);
      worker.terminate().catch(() => {
        /* it has ended on its own */
      });
    };
    this.#idle.set(worker, setTimeout(end, IDLE_MS).unref());
  }

  #start(): Worker {
    // Flags of this process, such as those of a debugger, are not for the worker.
    const worker = new Worker(this.#url, { workerData: this.#data, execArgv: [] });
    worker.on('message', (answer: Answer) => {
      const job = this.#busy.get(worker);
      if (!job) return; // disposed of
      this.#busy.delete(worker);
      this.#rest(worker);
      job.resolve(answer);
      this.#next();
    });
    worker.on('error', (cause: unknown) => this.#lose(worker, { cause }));
    worker.on('exit', () => this.#lose(worker));
    return worker;
  }

  /** The worker has ended. */
  #lose(worker: Worker, options?: ErrorOptions): void {
    clearTimeout(this.#idle.get(worker));
    this.#idle.delete(worker);
    const job = this.#busy.get(worker);
    this.#busy.delete(worker);
    job?.reject(new WorkerLost('The worker ended early.', options));
    this.#next();
  }
}
