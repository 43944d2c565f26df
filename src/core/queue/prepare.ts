import type { OpenInput } from '../inputs/content.ts';
import { inspectInputs } from '../inputs/inputs.ts';
import { accept, type CheckedRequest } from '../request/check.ts';
import type { CheckOptions } from '../request/checked.ts';
import type { Region } from '../request/models.ts';
import type { GenerationRequest } from '../request/schema.ts';
import { JimengError } from '../service/failures/failures.ts';
import type { WaitingTask } from './task.ts';

/** A request that may be sent: its task but for the id and the times, and what was found out for whoever asked. */
export interface PreparedRequest extends Omit<WaitingTask, 'id' | 'createdAt' | 'updatedAt'> {
  checked: CheckedRequest;
  /** Names of inputs that take a while to be sent. */
  largeInputs: string[];
}

export interface PrepareOptions extends Pick<CheckOptions, 'unknownModels'> {
  /** Of the session that pays. */
  region: Region;
  service: WaitingTask['service'];
  /** URI of the folder for the pictures. */
  folder: string;
  openInput: OpenInput;
}

/**
 * Everything about a request that can be found out before it is sent, once: its body, what will come of it, and what its
 * inputs hold, so that it is noticed when one changes before it is sent. Throws RefusedRequest, and JimengError for inputs
 * that the service would not take or a callback address that it would never call.
 */
export async function prepare(
  request: GenerationRequest,
  { region, service, folder, unknownModels, openInput }: PrepareOptions,
): Promise<PreparedRequest> {
  const checked = accept(request, region, { unknownModels, service: service.kind });
  if (request.callbackUrl !== undefined && service.kind === 'stock')
    throw new JimengError({ kind: 'noCallbacks' });
  const inspected = request.images && (await inspectInputs(request.images, openInput));
  return {
    request: { ...request, ...(inspected && { images: inspected.images }) },
    region,
    // A task at the service outlives this process; a sync request does not.
    mode: service.kind === 'task' ? 'async' : 'sync',
    service,
    folder,
    model: checked.outcome.model,
    size: sizeOf(checked),
    state: { status: 'waiting', body: { ...checked.body } },
    checked,
    largeInputs: inspected?.large ?? [],
  };
}

/** What will be made, in a few characters that are the same in every language. */
export function sizeOf({ kind, outcome }: CheckedRequest): string {
  if (kind === 'image') return `${outcome.width}×${outcome.height}`;
  return [`${outcome.duration} s`, outcome.ratio, outcome.resolution]
    .filter(part => part !== undefined)
    .join(' · ');
}
