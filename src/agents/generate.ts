import type * as z from 'zod/mini';
import type { GenerationRequest } from '../core/request/schema.ts';
import { JimengError } from '../core/service/failures/failures.ts';
import { canCancel } from '../core/queue/task.ts';
import { prepare } from '../core/queue/prepare.ts';
import type { AgentHost } from './host.ts';
import { Refusal } from './errors.ts';
import { waitOf, type GenerateImage, type GenerateVideo, type TransformImage } from './inputs.ts';
import { folderOf, inputOf } from './places.ts';
import { resultOf, type TaskResult } from './results.ts';

export type GenerateOptions =
  | ({ kind: 'image' } & (z.infer<typeof GenerateImage> | z.infer<typeof TransformImage>))
  | ({ kind: 'video' } & z.infer<typeof GenerateVideo>);

/**
 * What a call asks for, with its pictures and folder found in the project: only what was named, and agents may name
 * nothing that the catalogue does not know. Throws Refusal and JimengError.
 */
export async function requestOf(
  { folder, waitSeconds, ...wanted }: GenerateOptions,
  host: AgentHost,
): Promise<{ request: GenerationRequest; folder: string }> {
  const { images: names, ...named } = { images: undefined, ...wanted };
  const images = names && (await Promise.all(names.map(name => inputOf(name, host))));
  return { request: { ...named, ...(images && { images }) }, folder: await folderOf(folder, host) };
}

/**
 * One generation: everything that can be known to be wrong is found before the day's count is touched and anything is
 * sent. Throws Refusal and JimengError, and the signal's reason where it was aborted: what is free to cancel is cancelled then.
 */
export async function generate(
  wanted: GenerateOptions,
  host: AgentHost,
  signal: AbortSignal,
): Promise<TaskResult> {
  const account = await host.account();
  const { request, folder } = await requestOf(wanted, host);
  const { openInput } = host;
  const prepared = await prepare(request, {
    ...account,
    folder,
    unknownModels: 'refuse',
    openInput,
  });
  signal.throwIfAborted();
  const reservation = await host.quota.reserve(host.dailyLimit);
  if (!reservation)
    throw new Refusal(
      'dailyLimit',
      `Agents may ask for ${host.dailyLimit} generations a day, and have. Nothing was sent. The count begins anew at midnight.`,
      'quota',
    );
  const { id } = await host.enqueue({ ...prepared, by: 'agent' }).catch(async (error: unknown) => {
    await reservation.release();
    throw error;
  });
  return waitFor(id, waitOf(wanted.waitSeconds), host, signal, 'cancel');
}

/**
 * How a task stands, after at most so many ms. Throws the signal's reason where the call is given up.
 * @param given `cancel`: what costs nothing to cancel is cancelled when the call is given up
 */
export async function waitFor(
  id: string,
  ms: number,
  host: AgentHost,
  signal: AbortSignal,
  given: 'cancel' | 'leave',
): Promise<TaskResult> {
  await host.finished(id, AbortSignal.any([signal, AbortSignal.timeout(ms)]));
  const task = await host.ledger.get(id);
  if (signal.aborted) {
    // Nobody is there to be told what stood against it; the task is shown as it is.
    if (task && given === 'cancel' && canCancel(task)) await host.cancel(id).catch(() => 'tooLate');
    signal.throwIfAborted();
  }
  if (!task) throw new JimengError({ kind: 'taskNotFound' });
  return resultOf(task, host);
}
