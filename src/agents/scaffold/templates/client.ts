/**
 * Pictures and videos from Jimeng (即梦) through a jimeng-api service, as jobs that can be left and come back to.
 *
 *   const client = new JimengClient(); // reads JIMENG_SESSION_ID and JIMENG_API_URL
 *   await client.submit('order-17', { model: 'jimeng-4.0', prompt: 'a cute cat', ratio: '1:1', resolution: '2k' });
 *   const results = await client.wait('order-17'); // also after your program was started anew
 *
 * A generation costs credits, so each job is sent once: submitting a known job id sends nothing.
 * Node.js 20.10 or newer, no dependencies. Written by `jimeng scaffold`; it is yours to change.
 */

import * as crypto from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as http from 'node:http';
import * as https from 'node:https';
import * as path from 'node:path';
import * as consumers from 'node:stream/consumers';
import * as timers from 'node:timers/promises';

const seconds = 1_000;
const hours = 3_600 * seconds;

const states = new Set(['sending', 'running', 'completed', 'failed', 'cancelled', 'lost']);

/** What the service, the site or something in front says before a generation is charged. All else may come after it. */
const refusalCodes = new Set([-1001, -2000, -2002, -2003, -2004, -2006, -2009]);
const refusalWords =
  /不支持|请检查API文档|无法取消|风控|异常行为|频率限制|登录失效|积分不足|shark|check login error|credits not enough|credit prededuct failed/i;
const refusalStatus = new Set([400, 401, 402, 403, 404, 405, 413, 415, 422, 429]);

/** The result was made, and the service did not get its link. */
const afterTheCharge = /记录不存在|无法提取任何图片URL|未能获取视频URL|历史ID/;
const lookAtTheAccount =
  "It may have been charged: look at the account's history on the site before you send it as a new job.";

/** A picture or a video. */
export type Result = { url: string } | { b64_json: string };

/** A job of yours, and what the service made of it; see `JobFiles`. */
export interface Job {
  jobId: string;
  state: 'sending' | 'running' | 'completed' | 'failed' | 'cancelled' | 'lost';
  taskId?: string;
  results?: Result[];
  reason?: string;
  /** The service says that it works on nothing, and counts the task as at work. It is not kept. */
  idle?: true;
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

export type Problem =
  | 'unreachable'
  | 'uncertain'
  | 'refused'
  | 'deadline'
  | 'stuck'
  | 'failed'
  | 'cancelled'
  | 'lost'
  | 'unknownJob'
  | 'damagedJob';

/**
 * What went wrong, as its `problem` says.
 * `unreachable`: no generation was sent. `uncertain`: it may have been received and charged. `refused`: the service said no.
 * `deadline`: not done yet. `stuck`: the service counts it as at work, and works on nothing.
 * `failed`, `cancelled`, `lost`: as the state of a job. `unknownJob`: never submitted. `damagedJob`: its file cannot be read.
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
    address,
    session,
    jobs,
  }: { address?: string; session?: string; jobs?: JobStore } = {}) {
    this.#address = new URL(
      address ?? process.env['JIMENG_API_URL'] ?? 'http://localhost:5100',
    ).href.replace(/\/+$/, '');
    this.#session = (session ?? process.env['JIMENG_SESSION_ID'] ?? '').trim();
    this.#jobs = jobs ?? new JobFiles('jimeng-jobs');
  }

  /**
   * Sends a job, unless it is known. A service without tasks answers only when all is done, which takes minutes.
   * @param generation what to make, as the service takes it: model, prompt, ratio, resolution, images, duration, …
   * @param endpoint also `/v1/images/compositions` and `/v1/videos/generations`
   * @param callbackUrl called by the service at the end; keep waiting or checking beside it, a call can get lost
   */
  async submit(
    jobId: string,
    generation: Generation,
    { endpoint = '/v1/images/generations', callbackUrl }: SubmitOptions = {},
  ): Promise<Job> {
    if (this.#session === '')
      throw new JimengError(
        'refused',
        'Set JIMENG_SESSION_ID to the session ID; never write it into a file.',
      );
    if (!(await this.#jobs.add({ jobId, state: 'sending' }))) return this.#known(jobId);
    this.#sending.add(jobId);
    try {
      return await this.#generate(jobId, endpoint, {
        ...generation,
        async: true,
        ...(callbackUrl !== undefined && { callback_url: callbackUrl }),
      });
    } finally {
      this.#sending.delete(jobId);
    }
  }

  /**
   * Resolves with the results, whose links live 2 to 3 hours, or throws JimengError. At the deadline the waiting ends,
   * the task does not: it can take more than an hour. Wait again as often as you like, it costs nothing.
   */
  async wait(
    jobId: string,
    {
      deadlineMs = 2 * hours,
      firstPauseMs = 3 * seconds,
      longestPauseMs = 15 * seconds,
      signal,
    }: WaitOptions = {},
  ): Promise<Result[]> {
    const end = performance.now() + deadlineMs;
    let idle = 0;
    for (let pause = firstPauseMs; ; pause = Math.min(pause * 1.5, longestPauseMs)) {
      const { job, trouble } = await this.check(jobId).then(
        found => ({ job: found, trouble: '' }),
        askAgain,
      );
      switch (job?.state) {
        case 'completed':
          return job.results ?? [];
        case 'failed':
        case 'cancelled':
        case 'lost':
          throw new JimengError(job.state, job.reason ?? job.state);
        case 'sending':
          if (!this.#sending.has(jobId))
            throw new JimengError(
              'uncertain',
              `It is not known whether the service has ${jobId}. ${lookAtTheAccount}`,
            );
      }
      idle = job?.idle ? idle + 1 : 0;
      if (idle === 3)
        throw new JimengError(
          'stuck',
          `The service counts ${jobId} as at work and works on nothing, as after a restart. ${lookAtTheAccount}`,
        );
      if (performance.now() + pause > end)
        throw new JimengError(
          'deadline',
          `${jobId} is not done yet; wait for it again later. ${trouble}`,
        );
      await timers.setTimeout(pause, undefined, { ...(signal && { signal }) });
    }
  }

  /**
   * How a job stands. Asks the service about what is running, and keeps what it says. `lost` and `cancelled` are asked
   * about again: a service that lost its database knows its tasks again later, and a cancelled task may have been begun.
   */
  async check(jobId: string): Promise<Job> {
    const job = await this.#known(jobId);
    if (job.taskId === undefined || job.state === 'completed' || job.state === 'failed') return job;
    const now = await this.#look(job, job.taskId);
    // What cannot be written down now is asked for again.
    if (now.state !== job.state) await this.#jobs.put(now).catch(() => undefined);
    return now;
  }

  /** Cancels what still waits at the service. What it works on already cannot be stopped: that is `refused`. */
  async cancel(jobId: string): Promise<Job> {
    const { taskId } = await this.#known(jobId);
    if (taskId === undefined)
      throw new JimengError(
        'refused',
        `The service has no task for ${jobId} that could be cancelled.`,
      );
    await this.#call('POST', `/v1/tasks/${encodeURIComponent(taskId)}/cancel`, {});
    return this.check(jobId);
  }

  async #known(jobId: string): Promise<Job> {
    const job = await this.#jobs.get(jobId);
    if (!job) throw new JimengError('unknownJob', `There is no job ${jobId}.`);
    return job;
  }

  /** Sends a generation, once, and keeps what came of it. */
  async #generate(jobId: string, endpoint: string, generation: object): Promise<Job> {
    let answer: Record<string, unknown>;
    try {
      answer = await this.#call('POST', endpoint, generation, 2 * hours, true);
    } catch (error) {
      // What is no JimengError was thrown before anything was sent.
      if (!(error instanceof JimengError) || error.problem === 'unreachable')
        await this.#jobs.remove(jobId);
      else if (error.problem !== 'uncertain')
        await this.#jobs
          .put({ jobId, state: 'failed', reason: error.message })
          .catch(() => undefined);
      throw error;
    }
    const job = begun(jobId, answer);
    try {
      await this.#jobs.put(job);
    } catch (error) {
      throw new JimengError(
        'uncertain',
        `The service took ${jobId}, but that could not be written down (${String(error)}). Write it down yourself: ${JSON.stringify(job)}`,
      );
    }
    return job;
  }

  async #look(job: Job, taskId: string): Promise<Job> {
    try {
      const {
        status,
        result,
        error,
        queue_stats: queue,
      } = await this.#call('GET', `/v1/tasks/${encodeURIComponent(taskId)}`);
      const results = resultsOf(result);
      switch (status) {
        case 'completed':
          return results.length > 0
            ? { ...job, state: 'completed', results }
            : { ...job, state: 'failed', reason: 'It was completed without a result.' };
        case 'failed':
          return {
            ...job,
            state: 'failed',
            reason: withAdvice(
              this.#harmless(typeof error === 'string' ? error : 'no reason given'),
            ),
          };
        case 'cancelled':
          return { ...job, state: 'cancelled' };
        case 'queued':
        case 'processing':
          return {
            ...job,
            state: 'running',
            ...(isRecord(queue) &&
              queue['running'] === 0 &&
              queue['queued'] === 0 && { idle: true }),
          };
        default:
          return { ...job, state: 'running' };
      }
    } catch (error) {
      if (!(error instanceof JimengError && error.problem === 'lost')) throw error;
      return job.state === 'cancelled' ? job : { ...job, state: 'lost', reason: error.message };
    }
  }

  /** One request, sent once. `paid`: whether it costs credits. The service tells its errors with HTTP 200 and a negative `code`. */
  async #call(
    method: 'GET' | 'POST',
    where: string,
    body?: object,
    longestMs = 30 * seconds,
    paid = false,
  ): Promise<Record<string, unknown>> {
    const headers = {
      accept: 'application/json',
      ...(body && { 'content-type': 'application/json', authorization: `Bearer ${this.#session}` }),
    };
    const { status, text } = await send(
      method,
      new URL(this.#address + where),
      headers,
      body ? toJson(body) : '',
      longestMs,
      paid,
    );
    const value = parsed(text);
    if (isRecord(value) && typeof value['code'] === 'number' && value['code'] < 0) {
      const message = this.#harmless(
        typeof value['message'] === 'string' ? value['message'] : 'no reason given',
      );
      if (message.includes('任务不存在')) throw new JimengError('lost', message, value['code']);
      if (refusalCodes.has(value['code']) || refusalWords.test(message))
        throw new JimengError('refused', message, value['code']);
      throw paid
        ? new JimengError('failed', `${message} ${lookAtTheAccount}`, value['code'])
        : new JimengError('unreachable', message, value['code']);
    }
    if (status === 200 && isRecord(value) && !isRecord(value['error']))
      return value['code'] === 0 && isRecord(value['data']) ? value['data'] : value; // some forks wrap their answers

    // What answered is not the service but something in front of it, which may have passed the request on.
    const told =
      isRecord(value) && isRecord(value['error']) && typeof value['error']['message'] === 'string'
        ? this.#harmless(value['error']['message'])
        : 'no answer of the service';
    if (paid && refusalStatus.has(status))
      throw new JimengError('refused', `HTTP ${status}: ${told}`);
    throw new JimengError(
      paid ? 'uncertain' : 'unreachable',
      `HTTP ${status}: ${told}.${paid ? ` ${lookAtTheAccount}` : ''}`,
    );
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
    try {
      await this.#write(job, linkOrCopy);
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    }
  }

  /** Throws `damagedJob` where the file holds no job: what was paid for is not begun anew without a word. */
  async get(jobId: string): Promise<Job | undefined> {
    const file = this.#file(jobId);
    let text: string;
    try {
      text = await fs.readFile(file, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
    const job = parsed(text);
    if (isJob(job) && job.jobId === jobId) return job;
    throw new JimengError(
      'damagedJob',
      `${file} is damaged: it does not hold the job ${jobId}. The generation may have been sent and charged: look at the account's history on the site first. Delete the file only if you want to send it again.`,
    );
  }

  put(job: Job): Promise<void> {
    return this.#write(job, fs.rename);
  }

  remove(jobId: string): Promise<void> {
    return fs.rm(this.#file(jobId), { force: true });
  }

  /** Whole or not at all, also when the power goes: beside the file, onto the disk, and only then into its place. */
  async #write(
    { jobId, state, taskId, results, reason }: Job,
    place: (from: string, to: string) => Promise<void>,
  ): Promise<void> {
    await fs.mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const file = this.#file(jobId);
    const temporary = `${file}.${crypto.randomUUID()}.new`;
    try {
      await fs.writeFile(temporary, JSON.stringify({ jobId, state, taskId, results, reason }), {
        flag: 'wx',
        mode: 0o600,
        flush: true,
      });
      await place(temporary, file);
    } finally {
      await fs.rm(temporary, { force: true });
    }
    const folder = await fs.open(this.#folder).catch(() => undefined); // Windows opens no folders
    await folder?.sync().catch(() => undefined);
    await folder?.close();
  }

  #file(jobId: string): string {
    return path.join(this.#folder, `${encodeURIComponent(jobId)}.json`);
  }
}

/** Unlike a renaming, this fails where there is a file already. Some disks have no links. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  await fs.link(from, to).catch(async (error: unknown) => {
    if (codeOf(error) === 'EEXIST') throw error;
    await fs.copyFile(from, to, fs.constants.COPYFILE_EXCL);
  });
}

function isJob(value: unknown): value is Job {
  return (
    isRecord(value) &&
    typeof value['state'] === 'string' &&
    states.has(value['state']) &&
    (value['state'] !== 'running' || typeof value['taskId'] === 'string') &&
    (value['state'] !== 'completed' || Array.isArray(value['results']))
  );
}

/** A service without tasks ignores `async` and answers with the results themselves. */
function begun(jobId: string, answer: Record<string, unknown>): Job {
  const { task_id: taskId } = answer;
  if (typeof taskId === 'string' && taskId !== '') return { jobId, state: 'running', taskId };
  const results = resultsOf(answer);
  if (results.length === 0)
    throw new JimengError(
      'uncertain',
      `The service answered with neither a task nor results. ${lookAtTheAccount}`,
    );
  return { jobId, state: 'completed', results };
}

function resultsOf(value: unknown): Result[] {
  const data: unknown[] = isRecord(value) && Array.isArray(value['data']) ? value['data'] : [];
  return data.filter(
    (item): item is Result => isRecord(item) && (isText(item['url']) || isText(item['b64_json'])),
  );
}

/** The reason of a failed task, with what to do where the result was made and charged and only its link is missing. */
function withAdvice(reason: string): string {
  return afterTheCharge.test(reason) ? `${reason} ${lookAtTheAccount}` : reason;
}

/** What may pass: no answer, or a fault inside the service. Throws what the service itself said for good. */
function askAgain(error: unknown): { job: undefined; trouble: string } {
  if (!(error instanceof JimengError && error.problem === 'unreachable')) throw error;
  return { job: undefined, trouble: error.message };
}

/** No redirect is followed, so the session ID goes to this address only; no kept-alive connection leaves it open what arrived. */
function send(
  method: string,
  url: URL,
  headers: Record<string, string>,
  body: string,
  longestMs: number,
  paid: boolean,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    let connected = false;
    const secure = url.protocol === 'https:';
    const request = (secure ? https : http).request(url, { method, headers, agent: false });
    const giveUp = () => request.destroy(new Error('it took too long'));
    let timer = setTimeout(giveUp, 10 * seconds);
    const fail = (error: unknown) => {
      clearTimeout(timer);
      const uncertain = paid && connected;
      reject(
        new JimengError(
          uncertain ? 'uncertain' : 'unreachable',
          `${url.origin}: ${codeOf(error) ?? String(error)}.${uncertain ? ` ${lookAtTheAccount}` : ''}`,
        ),
      );
    };
    request.once('socket', socket =>
      socket.setKeepAlive(true, 30 * seconds).once(secure ? 'secureConnect' : 'connect', () => {
        connected = true;
        clearTimeout(timer);
        timer = setTimeout(giveUp, longestMs);
      }),
    );
    request.once('error', fail).once('response', response => {
      consumers
        .text(response)
        .then(text => resolve({ status: response.statusCode ?? 0, text }), fail)
        .finally(() => clearTimeout(timer));
    });
    request.end(body);
  });
}

/** The service changes some spaces, and commas before a bracket, in the JSON it receives; escaped, a prompt arrives as it is. */
function toJson(value: object): string {
  return JSON.stringify(value)
    .replace(
      /[\u2000-\u200b\u00a0\ufeff]/g,
      character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
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

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
