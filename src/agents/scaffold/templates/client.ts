/**
 * Pictures and videos from Jimeng (即梦) through a jimeng-api service, as jobs that can be left and come back to.
 *
 *   const client = new JimengClient(); // reads JIMENG_SESSION_ID and JIMENG_API_URL
 *   await client.submit('order-17', { model: 'jimeng-4.0', prompt: 'a cute cat', ratio: '1:1', resolution: '2k' });
 *   const results = await client.wait('order-17'); // also after your program was started anew
 *
 * A generation costs credits, so each job is sent once: submitting a known job id sends nothing.
 * Node.js 20 or newer, no dependencies. Written by `jimeng scaffold`; it is yours to change.
 */

import * as fs from 'node:fs/promises';
import * as http from 'node:http';
import * as https from 'node:https';
import * as path from 'node:path';
import * as consumers from 'node:stream/consumers';
import * as timers from 'node:timers/promises';

const seconds = 1_000;
const hours = 3_600 * seconds;

/** A picture or a video. */
export type Result = { url: string } | { b64_json: string };

/** A job of yours, and what the service made of it; see `JobFiles`. */
export interface Job {
  jobId: string;
  state: 'sending' | 'running' | 'completed' | 'failed' | 'cancelled' | 'lost';
  taskId?: string;
  results?: Result[];
  reason?: string;
}

/** Where jobs are kept. */
export interface JobStore {
  /** Adds a job; false, and nothing changed, where there is one with its id. */
  add(job: Job): Promise<boolean>;
  get(jobId: string): Promise<Job | undefined>;
  put(job: Job): Promise<void>;
  remove(jobId: string): Promise<void>;
}

export interface Generation {
  model: string;
  prompt: string;
  [option: string]: unknown;
}

export interface SubmitOptions {
  endpoint?: string;
  callbackUrl?: string;
}

export interface WaitOptions {
  deadlineMs?: number;
  firstPauseMs?: number;
  longestPauseMs?: number;
  signal?: AbortSignal;
}

export type Problem = 'unreachable' | 'uncertain' | 'refused' | 'deadline' | 'failed' | 'cancelled' | 'lost' | 'unknownJob';

/**
 * What went wrong, as its `problem` says.
 * `unreachable`: nothing was sent. `uncertain`: it may have been received and charged. `refused`: the service said no.
 * `deadline`: not done yet. `failed`, `cancelled`, `lost`: as the state of a job. `unknownJob`: never submitted.
 */
export class JimengError extends Error {
  readonly problem: Problem;
  /** The service's own number: negative. */
  readonly code: number | undefined;

  constructor(problem: Problem, message: string, code?: number) {
    super(message);
    this.name = 'JimengError';
    this.problem = problem;
    this.code = code;
  }
}

export class JimengClient {
  readonly #address: string;
  readonly #session: string;
  readonly #jobs: JobStore;
  readonly #sending = new Set<string>();

  constructor({
    address = process.env['JIMENG_API_URL'] ?? 'http://localhost:5100',
    session = process.env['JIMENG_SESSION_ID'] ?? '',
    jobs = new JobFiles('jimeng-jobs'),
  }: { address?: string; session?: string; jobs?: JobStore } = {}) {
    this.#address = new URL(address).href.replace(/\/+$/, '');
    this.#session = session.trim();
    this.#jobs = jobs;
  }

  /**
   * Sends a job, unless it is known. A service without tasks answers only when all is done, which takes minutes.
   * @param generation what to make, as the service takes it: model, prompt, ratio, resolution, images, duration, …
   * @param endpoint also `/v1/images/compositions` and `/v1/videos/generations`
   * @param callbackUrl called by the service at the end; keep waiting or checking beside it, a call can get lost
   */
  async submit(jobId: string, generation: Generation, { endpoint = '/v1/images/generations', callbackUrl }: SubmitOptions = {}): Promise<Job> {
    if (this.#session === '') { throw new JimengError('refused', 'Set JIMENG_SESSION_ID to the session ID; never write it into a file.'); }
    if (!await this.#jobs.add({ jobId, state: 'sending' })) { return this.#known(jobId); }
    this.#sending.add(jobId);
    try {
      const body = { ...generation, async: true, ...callbackUrl !== undefined && { callback_url: callbackUrl } };
      const answer = await this.#call('POST', endpoint, body, 2 * hours).catch(async (error: unknown) => {
        // What is no JimengError was thrown before anything was sent.
        if (!(error instanceof JimengError) || error.problem === 'unreachable') { await this.#jobs.remove(jobId); }
        else if (error.problem === 'refused') { await this.#jobs.put({ jobId, state: 'failed', reason: error.message }); }
        throw error;
      });
      const job = begun(jobId, answer);
      await this.#jobs.put(job);
      return job;
    } finally {
      this.#sending.delete(jobId);
    }
  }

  /**
   * Resolves with the results, whose links live 2 to 3 hours, or throws JimengError. At the deadline the waiting ends,
   * the task does not: it can take more than an hour. Wait again as often as you like, it costs nothing.
   */
  async wait(jobId: string, { deadlineMs = 2 * hours, firstPauseMs = 3 * seconds, longestPauseMs = 15 * seconds, signal }: WaitOptions = {}): Promise<Result[]> {
    const end = Date.now() + deadlineMs;
    for (let pause = firstPauseMs; ; pause = Math.min(pause * 1.5, longestPauseMs)) {
      const { job, trouble } = await this.check(jobId).then(found => ({ job: found, trouble: '' }), askAgain);
      switch (job?.state) {
        case 'completed': return job.results ?? [];
        case 'failed': case 'cancelled': case 'lost': throw new JimengError(job.state, job.reason ?? job.state);
        case 'sending': if (!this.#sending.has(jobId)) { throw new JimengError('uncertain', `It is not known whether the service has ${jobId}. Look at the account before you send it as a new job.`); }
      }
      if (Date.now() + pause > end) { throw new JimengError('deadline', `${jobId} is not done yet; wait for it again later. ${trouble}`); }
      await timers.setTimeout(pause, undefined, { ...signal && { signal } });
    }
  }

  /** How a job stands. Asks the service about what is running, and keeps what it says. */
  async check(jobId: string): Promise<Job> {
    const job = await this.#known(jobId);
    if (job.state !== 'running' || job.taskId === undefined) { return job; }
    const now = await this.#look(job, job.taskId);
    if (now.state !== 'running') { await this.#jobs.put(now); }
    return now;
  }

  /** Cancels what still waits at the service. What it works on already cannot be stopped: that is `refused`. */
  async cancel(jobId: string): Promise<Job> {
    const { taskId } = await this.#known(jobId);
    if (taskId === undefined) { throw new JimengError('refused', `The service has no task for ${jobId} that could be cancelled.`); }
    await this.#call('POST', `/v1/tasks/${encodeURIComponent(taskId)}/cancel`, {});
    return this.check(jobId);
  }

  async #known(jobId: string): Promise<Job> {
    const job = await this.#jobs.get(jobId);
    if (!job) { throw new JimengError('unknownJob', `There is no job ${jobId}.`); }
    return job;
  }

  async #look(job: Job, taskId: string): Promise<Job> {
    try {
      const { status, result, error } = await this.#call('GET', `/v1/tasks/${encodeURIComponent(taskId)}`);
      const results = resultsOf(result);
      switch (status) {
        case 'completed': return results.length > 0 ? { ...job, state: 'completed', results } : { ...job, state: 'failed', reason: 'It was completed without a result.' };
        case 'failed': return { ...job, state: 'failed', reason: this.#harmless(typeof error === 'string' ? error : 'no reason given') };
        case 'cancelled': return { ...job, state: 'cancelled' };
        default: return job;
      }
    } catch (error) {
      if (!(error instanceof JimengError && error.problem === 'lost')) { throw error; }
      return { ...job, state: 'lost', reason: error.message };
    }
  }

  /** One request, sent once. The service tells its errors with HTTP 200 and a negative `code`. */
  async #call(method: 'GET' | 'POST', where: string, body?: object, longestMs = 30 * seconds): Promise<Record<string, unknown>> {
    const headers = { accept: 'application/json', ...body && { 'content-type': 'application/json', authorization: `Bearer ${this.#session}` } };
    const { status, text } = await send(method, new URL(this.#address + where), headers, body ? toJson(body) : '', longestMs);
    const value = parsed(text);
    if (isRecord(value) && typeof value['code'] === 'number' && value['code'] < 0) {
      const message = typeof value['message'] === 'string' ? value['message'] : 'no reason given';
      throw new JimengError(message.includes('任务不存在') ? 'lost' : 'refused', this.#harmless(message), value['code']);
    }
    if (status === 200 && isRecord(value)) { return value; }
    // What answered is not the service but something in front of it. From 500 on it may have passed the request on.
    throw new JimengError(status >= 300 && status < 500 ? 'refused' : 'uncertain', `HTTP ${status} without an answer of the service.`);
  }

  /** The service repeats what it was sent in its messages: the session ID goes into no log. */
  #harmless(text: string): string {
    const secret = this.#session.replace(/^.*@/, '').replace(/^(us|hk|jp|sg)-/, '');
    return secret === '' ? text : text.replaceAll(secret, '••••');
  }
}

/**
 * Keeps each job as a JSON file in a folder. Replace it by a table of your database, with a unique index on the job id.
 * A job has `jobId` (your own), `state`, and as they become known `taskId` (the service's), `results` and `reason`.
 * `sending` that nobody is sending any more is uncertain: the service may have it, and charge for it. `lost`: the
 * service forgot it; it was started anew, or the task ended over an hour ago.
 */
export class JobFiles implements JobStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async add(job: Job): Promise<boolean> {
    await fs.mkdir(this.#folder, { recursive: true });
    try {
      await fs.writeFile(this.#file(job.jobId), JSON.stringify(job), { flag: 'wx' });
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') { return false; }
      throw error;
    }
  }

  async get(jobId: string): Promise<Job | undefined> {
    try {
      return JSON.parse(await fs.readFile(this.#file(jobId), 'utf8')) as Job;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') { return undefined; }
      throw error;
    }
  }

  async put(job: Job): Promise<void> {
    const file = this.#file(job.jobId);
    await fs.writeFile(`${file}.new`, JSON.stringify(job));
    await fs.rename(`${file}.new`, file);
  }

  remove(jobId: string): Promise<void> {
    return fs.rm(this.#file(jobId), { force: true });
  }

  #file(jobId: string): string {
    return path.join(this.#folder, `${encodeURIComponent(jobId)}.json`);
  }
}

/** A service without tasks ignores `async` and answers with the results themselves. */
function begun(jobId: string, answer: Record<string, unknown>): Job {
  const { task_id: taskId } = answer;
  if (typeof taskId === 'string' && taskId !== '') { return { jobId, state: 'running', taskId }; }
  const results = resultsOf(answer);
  if (results.length === 0) { throw new JimengError('uncertain', 'The service answered with neither a task nor results.'); }
  return { jobId, state: 'completed', results };
}

function resultsOf(value: unknown): Result[] {
  const data: unknown[] = isRecord(value) && Array.isArray(value['data']) ? value['data'] : [];
  return data.filter((item): item is Result => isRecord(item) && (typeof item['url'] === 'string' || typeof item['b64_json'] === 'string'));
}

/** What may pass: no answer, or an internal error of the service (-1). Throws what the service itself said for good. */
function askAgain(error: unknown): { job: undefined; trouble: string } {
  if (!(error instanceof JimengError) || error.problem === 'unknownJob' || (error.code ?? -1) !== -1) { throw error; }
  return { job: undefined, trouble: error.message };
}

/** No redirect is followed, so the session ID goes to this address only; no kept-alive connection leaves it open what arrived. */
function send(method: string, url: URL, headers: Record<string, string>, body: string, longestMs: number): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    let connected = false;
    const secure = url.protocol === 'https:';
    const request = (secure ? https : http).request(url, { method, headers, agent: false });
    const giveUp = () => request.destroy(new Error('it took too long'));
    let timer = setTimeout(giveUp, 10 * seconds);
    const fail = (error: unknown) => {
      clearTimeout(timer);
      reject(new JimengError(connected ? 'uncertain' : 'unreachable', `${url.origin}: ${codeOf(error) ?? String(error)}`));
    };
    request.once('socket', socket => socket.setKeepAlive(true, 30 * seconds).once(secure ? 'secureConnect' : 'connect', () => {
      connected = true;
      clearTimeout(timer);
      timer = setTimeout(giveUp, longestMs);
    }));
    request.once('error', fail).once('response', response => {
      consumers.text(response).then(text => resolve({ status: response.statusCode ?? 0, text }), fail).finally(() => clearTimeout(timer));
    });
    request.end(body);
  });
}

/** The service changes some spaces, and commas before a bracket, in the JSON it receives; escaped, a prompt arrives as it is. */
function toJson(value: object): string {
  return JSON.stringify(value)
    .replace(/[\u2000-\u200b\u00a0\ufeff]/g, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replace(/,(?=\s*[}\]])/g, '\\u002c');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
