import * as vscode from 'vscode';
import { assertNever, type Task } from '../../core/queue/task.ts';
import type { Balance } from '../../core/session/balances.ts';
import { megabytes } from '../../core/output/download-video.ts';

/** What a task is doing, in a few words. `waiting-texts.ts` says why one waits. */
export function statusText(task: Task): string {
  switch (task.state.status) {
    case 'waiting':
      return vscode.l10n.t('waiting');
    case 'sending':
      return vscode.l10n.t('sending');
    case 'running':
      return vscode.l10n.t('waiting for the result');
    case 'pending':
    case 'queued':
      return vscode.l10n.t("in the service's queue");
    case 'processing':
      return vscode.l10n.t('the service is working');
    case 'saving':
      return task.state.bytes
        ? vscode.l10n.t('downloading {0}', megabytes(task.state.bytes))
        : vscode.l10n.t('saving {0}/{1}', task.state.files.length, task.state.results.length);
    case 'completed':
      return results([task], task.state.files.length);
    case 'partial':
      return vscode.l10n.t(
        '{0} of {1}',
        task.state.files.length,
        results([task], task.state.results.length),
      );
    case 'failed':
      return vscode.l10n.t('failed');
    case 'cancelled':
      return vscode.l10n.t('cancelled');
    case 'detached':
      return task.state.results
        ? vscode.l10n.t('generated after all, not saved')
        : vscode.l10n.t('no longer watched');
    case 'lost':
      return vscode.l10n.t('lost');
    case 'uncertain':
      return vscode.l10n.t('uncertain');
    default:
      return assertNever(task.state);
  }
}

export function pictures(count: number): string {
  return count === 1 ? vscode.l10n.t('1 picture') : vscode.l10n.t('{0} pictures', count);
}

/** The number of results: pictures, videos, or both. */
export function results(tasks: readonly Task[], count: number): string {
  if (tasks.every(({ request }) => request.kind === 'image')) return pictures(count);
  if (tasks.some(({ request }) => request.kind === 'image'))
    return vscode.l10n.t('{0} files', count);
  return count === 1 ? vscode.l10n.t('1 video') : vscode.l10n.t('{0} videos', count);
}

/** A prompt for a row. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Minutes and seconds, as in 1:05. @param duration in ms */
export function clock(duration: number): string {
  const seconds = Math.max(0, Math.floor(duration / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** In the window's language, which may differ from the system's. @param time in ms since 1970 */
export function dateAndTime(time: number): string {
  return new Date(time).toLocaleString(vscode.env.language);
}

/** Hours and minutes. @param time in ms since 1970 */
export function timeOfDay(time: number): string {
  return new Date(time).toLocaleTimeString(vscode.env.language, {
    hour: '2-digit',
    minute: '2-digit',
  });
}

/** How long ago, roughly. @param duration in ms */
export function age(duration: number): string {
  const minutes = Math.floor(duration / 60_000);
  if (minutes < 1) return vscode.l10n.t('just now');
  if (minutes < 60) return vscode.l10n.t('{0} min ago', minutes);
  const hours = Math.floor(minutes / 60);
  return hours < 48
    ? vscode.l10n.t('{0} h ago', hours)
    : vscode.l10n.t('{0} days ago', Math.floor(hours / 24));
}

/** The last known balance, and how old it is. */
export function creditsText({ credits, at }: Balance): string {
  return `${credits.toLocaleString(vscode.env.language)} (${age(Date.now() - at)})`;
}
