import { randomUUID } from 'node:crypto';
import type { Region } from '../request/models.ts';
import type { CheckedRequest } from '../request/check.ts';
import type { GenerationRequest } from '../request/schema.ts';
import { JimengError } from '../service/failures/failures.ts';
import type { TaskHead, WaitingTask } from './task.ts';

/** A checked request and where it goes. */
export interface PreparedRequest {
  request: GenerationRequest;
  checked: CheckedRequest;
  region: Region;
  mode: 'sync' | 'async';
  service: TaskHead['service'];
  /** URI of the folder for the pictures. */
  folder: string;
  by?: 'agent';
  fetchOnRequest?: true;
}

/** What will be made, in a few characters that are the same in every language. */
export function sizeOf({ kind, outcome }: CheckedRequest): string {
  if (kind === 'image') return `${outcome.width}×${outcome.height}`;
  return [`${outcome.duration} s`, outcome.ratio, outcome.resolution]
    .filter(part => part !== undefined)
    .join(' · ');
}

/** A task before anything of it was sent. Throws JimengError (`noCallbacks`) where the service would never call the address that was named. */
export function newTask({
  request,
  checked,
  region,
  mode,
  service,
  folder,
  by,
  fetchOnRequest,
}: PreparedRequest): WaitingTask {
  if (request.callbackUrl !== undefined && service.kind === 'stock')
    throw new JimengError({ kind: 'noCallbacks' });
  const now = Date.now();
  return {
    id: randomUUID(),
    createdAt: now,
    updatedAt: now,
    request,
    region,
    mode,
    service,
    folder,
    ...(by && { by }),
    ...(fetchOnRequest && { fetchOnRequest }),
    model: checked.outcome.model,
    size: sizeOf(checked),
    state: { status: 'waiting', body: { ...checked.body } },
  };
}
