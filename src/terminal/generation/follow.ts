import * as l10n from '@vscode/l10n';
import { isFinal } from '../../core/queue/transitions.ts';
import { serviceTaskIdOf, type Task } from '../../core/queue/task.ts';
import { megabytes } from '../../core/output/download-video.ts';
import type { PreparedRequest } from '../../core/queue/prepare.ts';
import type { TaskQueue } from '../../core/queue/queue.ts';
import type { Services } from '../services.ts';
import { logError } from '../platform/output.ts';
import { reportTask } from './report.ts';
import { exitCodeOf, onSignal, type EndSignal } from '../platform/signals.ts';
import { waitingFor, WaitingLine } from './waiting-line.ts';

export interface FollowOptions {
  services: Services;
  queue: TaskQueue;
  request: PreparedRequest;
  json: boolean;
}

/**
 * Starts a task and stays in front of it; a detached one only until the service has it. A signal ends it at once and says
 * how to come back, but the first Ctrl-C in front of a sync request, whose result comes through this connection only.
 */
export async function follow({
  services: { executor, ledger },
  queue,
  request,
  json,
}: FollowOptions): Promise<number> {
  const began = performance.now();
  const line = new WaitingLine();
  let current: Task | undefined;
  let isIdTold = request.fetchOnRequest === true; // its id is the answer, on stdout
  const stopListening = ledger.onDidChange(task => {
    if (task.id !== current?.id && task.state.status !== 'sending') return; // another task, which is taken up beside this one
    current = task;
    const serviceTaskId = serviceTaskIdOf(task);
    if (serviceTaskId !== undefined && !isIdTold) {
      isIdTold = true;
      line.end();
      logError(l10n.t('Task {0}', serviceTaskId));
    }
    line.show(progress(task));
  });
  let endedBy: EndSignal | undefined;
  let isWarned = false;
  const interrupt = (signal: EndSignal) => {
    line.end();
    const status = current?.state.status;
    const isSync = request.mode === 'sync' && (status === 'sending' || status === 'running');
    if (isSync && signal === 'SIGINT' && !isWarned) {
      isWarned = true; // the credits are spent by now, and the pictures come only through this connection
      logError(
        l10n.t(
          'The credits are spent, and the result would be lost. Press Ctrl-C again to end all the same.',
        ),
      );
      return;
    }
    if (endedBy !== undefined) process.exit(exitCodeOf(signal)); // twice: whatever is still being waited for
    endedBy = signal;
    if (!current || isFinal(current)) return;
    if (isSync) {
      executor.abandon(current.id).catch(() => undefined);
    } else if (status === 'sending') {
      // its task would have no id; with large inputs the answer takes a while
      logError(
        l10n.t(
          'The request is on its way. Press Ctrl-C again to end without its task ID: it may be charged all the same.',
        ),
      );
    } else {
      executor.dispose();
    }
  };
  const stopSignals = onSignal(interrupt);
  try {
    const started = await queue.add(request);
    const atService = await started.accepted;
    if (request.fetchOnRequest || endedBy !== undefined) executor.dispose();
    const task = request.fetchOnRequest && endedBy === undefined ? atService : await started.done;
    line.end();
    const code = reportTask(task, {
      json,
      seconds: (performance.now() - began) / 1_000,
      isRecorded: executor.isRecorded(task.id),
    });
    return endedBy === undefined ? code : exitCodeOf(endedBy);
  } catch (error) {
    if (endedBy === undefined) throw error;
    if (current) {
      if (json) reportTask(current, { json, seconds: 0, isRecorded: true });
      logError(comeBack(current));
    }
    return exitCodeOf(endedBy);
  } finally {
    line.end();
    stopListening();
    stopSignals();
  }
}

/** What is left to be done for a task that was interrupted. */
function comeBack(task: Task): string {
  const id = serviceTaskIdOf(task) ?? task.id;
  return task.state.status === 'saving'
    ? l10n.t(
        'Interrupted: {0} of {1} are saved. The rest: jimeng task {2} --save',
        task.state.files.length,
        task.state.results.length,
        id,
      )
    : l10n.t(
        'Interrupted. The task goes on at the service; come back to it with: jimeng task {0} --wait --save',
        id,
      );
}

function progress({ state }: Task): string {
  switch (state.status) {
    case 'waiting':
    case 'sending':
      return l10n.t('Sending…');
    case 'running':
      return l10n.t('Waiting for the result…');
    case 'pending':
    case 'queued':
    case 'processing':
      return waitingFor(state.status);
    case 'saving':
      return state.bytes
        ? l10n.t('Loading the video: {0}', megabytes(state.bytes))
        : l10n.t('Saving {0}/{1}…', state.files.length, state.results.length);
    default:
      return '';
  }
}
