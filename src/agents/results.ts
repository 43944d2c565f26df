import { fileURLToPath } from 'node:url';
import { isFinal } from '../core/queue/transitions.ts';
import { failureOf, type Task, type TaskStatus } from '../core/queue/task.ts';
import { check } from '../core/request/check.ts';
import { describe } from '../core/service/failures/failures.ts';
import type { AgentHost } from './host.ts';
import { errorOf, type ToolError } from './errors.ts';

/** What an agent is given about a task: short, and never a picture. */
export interface TaskResult {
  task_id: string;
  status: TaskStatus;
  model: string;
  size: string;
  /** Absolute paths; the URI of a file that is not on a local disk. Sizes in pixels. */
  files?: { path: string; width: number; height: number }[];
  missing?: { number: number; reason: string; kept_as?: string }[];
  /** Drawn by a demo, not by Jimeng. */
  demo?: true;
  error?: ToolError;
  /** What the check of the request warns of, in the person's language. */
  warnings?: string[];
  message: string;
}

/** seed-skill: hard stop. */
const done =
  'The job is done. Tell the person the paths and stop: do not open, read or analyse the files, and do not generate again.';

export async function resultOf(
  task: Task,
  host: Pick<AgentHost, 'nextStep' | 'pauseReason' | 'isWorkedOn'>,
): Promise<TaskResult> {
  const failure = isFinal(task) ? failureOf(task) : undefined;
  const error = failure && errorOf(failure, host);
  const warnings = warningsOf(task);
  return {
    ...summaryOf(task),
    ...('files' in task.state &&
      isFinal(task) && {
        files: task.state.files.map(({ path, width, height }) => ({ path, width, height })),
      }),
    ...(task.state.status === 'partial' && {
      missing: task.state.missing.map(({ index, failure: why, keptAs }) => ({
        number: index + 1,
        reason: describe(why).sentence,
        ...(keptAs !== undefined && { kept_as: keptAs }),
      })),
    }),
    ...(task.service.demo && { demo: true as const }),
    ...(error && { error }),
    ...(warnings.length > 0 && { warnings }),
    message: error?.message ?? (await messageOf(task, host)),
  };
}

/** The check is pure, so its warnings are made again from the request instead of being kept with the task. */
function warningsOf({ request, region, service: { kind } }: Task): string[] {
  const checked = check(request, region, { unknownModels: 'pass', service: kind });
  return checked.ok ? checked.warnings.map(({ message }) => message) : [];
}

/** A line of a list. */
export function summaryOf({
  id,
  state: { status },
  model,
  size,
}: Task): Pick<TaskResult, 'task_id' | 'status' | 'model' | 'size'> {
  return { task_id: id, status, model, size };
}

async function messageOf(
  task: Task,
  host: Pick<AgentHost, 'pauseReason' | 'isWorkedOn'>,
): Promise<string> {
  switch (task.state.status) {
    case 'completed':
      return task.keptFor === undefined
        ? done
        : `${done} The project's folder could not be written; the files wait where they are, and the person can move them.`;
    case 'partial': {
      const fetch = `jimeng_fetch_pictures {"taskId": "${task.id}"} fetches what is missing at no cost, once the cause is fixed; links last 2 to 3 hours. Do not generate again.`;
      return task.state.files.length === 0
        ? `It was made and paid for, but nothing could be saved. Tell the person why. ${fetch}`
        : `Some pictures are saved and some are missing. Tell the person the paths, and what is missing and why; do not open the files. ${fetch}`;
    }
    case 'cancelled':
      return 'It was cancelled before the service started it; nothing is charged.';
    case 'detached':
      return 'The person no longer waits for it. The service may have made it, and charged for it. Do not send it again on your own.';
    case 'failed':
    case 'lost':
    case 'uncertain':
      return '';
    default: {
      const still = task.state.status === 'waiting' ? await host.pauseReason(task) : undefined;
      const how = `Ask for it with jimeng_get_task {"taskId": "${task.id}"}, which waits too; do not generate it again meanwhile.`;
      if (!(await host.isWorkedOn(task)))
        return `Nothing here is waiting for it: it was started elsewhere and left at the service. jimeng_fetch_pictures {"taskId": "${task.id}"} waits for it and saves its pictures; do not generate it again.`;
      return still === undefined
        ? `It is not done yet and continues on its own${task.request.kind === 'video' ? '; a video can take an hour' : ''}. ${how}`
        : `It is waiting, and nothing is sent at the moment: ${still} Tell the person. ${how}`;
    }
  }
}

/** The folder of a task as an agent names it. */
export function shownFolder(folder: string): string {
  return folder.startsWith('file:') ? fileURLToPath(folder) : folder;
}
