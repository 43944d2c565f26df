import * as l10n from '@vscode/l10n';
import {
  describe,
  JimengError,
  joinSentences,
  textOf,
} from '../../core/service/failures/failures.ts';
import { isFinal } from '../../core/queue/transitions.ts';
import { failureOf, serviceTaskIdOf, type Task } from '../../core/queue/task.ts';
import { rowOf, type Failure } from '../../core/service/failures/table.ts';
import { exit } from '../platform/environment.ts';
import { logError, log, logJson } from '../platform/output.ts';
import { UsageError } from '../platform/usage-error.ts';

export interface ReportOptions {
  json: boolean;
  seconds: number;
  /** False if the ledger could not be written: the output is then all that is known. */
  isRecorded: boolean;
}

/** Prints a task's result, and returns the exit code. */
export function reportTask(task: Task, { json, seconds, isRecorded }: ReportOptions): number {
  const files = 'files' in task.state ? task.state.files : [];
  const missing = 'missing' in task.state ? task.state.missing : [];
  const problem = problemOf(task);
  const id = serviceTaskIdOf(task);
  const linkOf = (index: number) => {
    const result = 'results' in task.state ? task.state.results?.[index] : undefined;
    return result && 'url' in result ? result.url : undefined;
  };
  if (!isRecorded)
    logError(l10n.t('This task could not be recorded; the disk may be full. Keep this output.'));
  if (json) {
    logJson({
      ...(id !== undefined && { task_id: id }),
      status: task.state.status,
      files: files.map(({ path, width, height }) => ({ path, width, height })),
      failed: missing.map(({ index, failure, keptAs }) => ({
        index: index + 1,
        ...explain(failure),
        ...(linkOf(index) !== undefined && { url: linkOf(index) }),
        ...(keptAs !== undefined && { kept_as: keptAs }),
      })),
      ...(problem && { error: problem }),
    });
    return exitCode(task);
  }
  if (!isFinal(task)) {
    // Only the id on stdout, for scripts; the rest goes to stderr.
    if (id !== undefined) {
      log(id);
      logError(
        l10n.t(
          'The service has the task. Its result is kept there for about an hour after it is done: jimeng task {0} --wait --save',
          id,
        ),
      );
    }
    return exit.done;
  }
  for (const { path } of files) log(path);
  for (const { index, failure, keptAs } of missing) {
    logError(
      task.request.kind === 'video'
        ? textOf(failure)
        : l10n.t('Picture {0}: {1}', index + 1, textOf(failure)),
    );
    if (keptAs !== undefined) logError(l10n.t('The received data was kept as {0}.', keptAs));
    const link = linkOf(index);
    if (link !== undefined) logError(link);
  }
  if (missing.length > 0 && isRecorded)
    logError(
      l10n.t(
        'Fetch the missing results at no cost: jimeng task {0} --save. Links last 2 to 3 hours.',
        id ?? task.id,
      ),
    );
  if (files.length + missing.length > 0) log(statistics(task, files, missing.length, seconds));
  if (task.service.demo && files.length > 0)
    logError(l10n.t('This was made by the demo service, not by Jimeng.'));
  if (problem) logError(joinSentences(problem.message, problem.advice));
  return exitCode(task);
}

/** Prints why a command failed, and returns the exit code. */
export async function reportError(error: unknown, json: boolean): Promise<number> {
  const usage = error instanceof UsageError;
  const problem = usage
    ? {
        kind: 'refused',
        message: error.message,
        advice: l10n.t('"jimeng --help" shows how each command is used.'),
      }
    : error instanceof JimengError
      ? explain(error.failure)
      : (await import('../platform/unexpected.ts')).unexpected(error);
  const refused =
    usage || (error instanceof JimengError && rowOf(error.failure).fault === 'caller');
  if (json)
    logJson({ status: refused ? 'refused' : 'failed', files: [], failed: [], error: problem });
  logError(`${problem.message}\n${problem.advice}`);
  return refused ? exit.refused : exit.failed;
}

function exitCode(task: Task): number {
  if (task.state.status === 'failed' && rowOf(task.state.failure).fault === 'caller')
    return exit.refused;
  return isFinal(task) && task.state.status !== 'completed' ? exit.failed : exit.done;
}

function statistics(
  task: Task,
  files: readonly { width: number; height: number }[],
  failed: number,
  seconds: number,
): string {
  const sizes =
    [...new Set(files.map(({ width, height }) => `${width}×${height}`))].join(', ') || '–';
  return l10n.t(
    '{0} received, {1} saved, {2} failed · {3} · {4} pixels · {5} s',
    files.length + failed,
    files.length,
    failed,
    task.model,
    sizes,
    seconds.toFixed(1),
  );
}

interface Problem {
  kind: string;
  message: string;
  advice: string;
  code?: number;
  upstream?: string;
}

/** A failure as printed, also in JSON. */
export function explain(failure: Failure): Problem {
  const { sentence, advice } = describe(failure);
  return {
    kind: failure.kind,
    message: sentence,
    advice,
    ...(failure.code !== undefined && { code: failure.code }),
    ...(failure.upstream !== undefined && { upstream: failure.upstream }),
  };
}

/** Why a task did not get all its pictures, apart from the pictures themselves. */
function problemOf(task: Task): Problem | undefined {
  if (task.state.status === 'cancelled' || task.state.status === 'detached')
    return { kind: 'cancelled', message: l10n.t('Cancelled.'), advice: '' };
  const failure = isFinal(task) ? failureOf(task) : undefined;
  return failure && explain(failure);
}
