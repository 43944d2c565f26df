import * as vscode from 'vscode';
import { describe, joinSentences } from '../../core/service/failures/failures.ts';
import { rowOf, type Failure } from '../../core/service/failures/table.ts';
import type { WaitingReason } from '../../core/queue/waiting-reason.ts';
import { regionName, siteName } from '../session/sites.ts';
import { timeOfDay } from './task-texts.ts';

/** Why a task is waiting, in a few words. */
export function shortReason(reason: WaitingReason): string {
  switch (reason.why) {
    case 'paused':
      return vscode.l10n.t('the queue is paused');
    case 'sessionStale':
      return vscode.l10n.t('this window has to be reloaded');
    case 'noSession':
      return vscode.l10n.t('no session ID ({0})', regionName(reason.region));
    case 'sessionRefused':
      return vscode.l10n.t('{0} ({1})', shortOf(reason), regionName(reason.region));
    case 'sessionPaused':
      return vscode.l10n.t(
        '{0} until {1} ({2})',
        shortOf(reason),
        timeOfDay(reason.until),
        regionName(reason.region),
      );
    case 'serviceAway':
      return vscode.l10n.t('the service cannot be reached');
    case 'inLine':
      return vscode.l10n.t('no. {0} in line', reason.place);
  }
}

type PausedSession = Extract<WaitingReason, { failure: Failure }>;

function shortOf({ failure }: PausedSession): string {
  return rowOf(failure).pausesSession?.short() ?? '';
}

function sentenceOf({ failure, region }: PausedSession): string {
  return vscode.l10n.t('{0}: {1}', siteName(region), describe(failure).sentence);
}

/** What blocks tasks and how they can continue; empty for those that only wait for their turn. */
export function reasonSentence(reason: WaitingReason): string {
  switch (reason.why) {
    case 'paused':
      return vscode.l10n.t('The queue is paused.');
    case 'sessionStale':
      return vscode.l10n.t(
        'The session ID was changed in another window. Reload this one to use it.',
      );
    case 'noSession':
      return vscode.l10n.t(
        'There is no session ID for {0}. Set one to continue the tasks.',
        siteName(reason.region),
      );
    case 'sessionRefused':
      return joinSentences(
        sentenceOf(reason),
        vscode.l10n.t('Set a new session ID to continue the tasks.'),
      );
    case 'sessionPaused':
      return joinSentences(
        sentenceOf(reason),
        vscode.l10n.t('Nothing is sent until {0}.', timeOfDay(reason.until)),
      );
    case 'serviceAway':
      return vscode.l10n.t('The service cannot be reached. It is retried automatically.');
    case 'inLine':
      return '';
  }
}

/** What the person can do about a reason: a command and its button's label. */
export interface NextStep {
  title: string;
  command: string;
}

export function nextStepFor(reason: WaitingReason): NextStep | undefined {
  switch (reason.why) {
    case 'paused':
    case 'sessionPaused':
      return { title: vscode.l10n.t('Resume'), command: 'jimeng.resumeQueue' };
    case 'sessionStale':
      return { title: vscode.l10n.t('Reload Window'), command: 'workbench.action.reloadWindow' };
    case 'noSession':
    case 'sessionRefused':
      return { title: vscode.l10n.t('Set Session ID'), command: 'jimeng.setSessionId' };
    case 'serviceAway':
      return { title: vscode.l10n.t('Start Service'), command: 'jimeng.startService' };
    case 'inLine':
      return undefined;
  }
}

/** Why tasks are waiting, in words, and what the person can do about it. */
export interface Obstacle {
  reason: WaitingReason['why'];
  text: string;
  next: NextStep;
}

/** Why tasks are waiting: each reason once, with the number of tasks. */
export function obstaclesOf(reasons: ReadonlyMap<string, WaitingReason>): Obstacle[] {
  const groups = Map.groupBy(reasons.values(), reasonSentence);
  return [...groups.values()].flatMap(group => {
    const [reason] = group;
    const next = reason && nextStepFor(reason);
    return next
      ? [
          {
            reason: reason.why,
            text: joinSentences(
              reasonSentence(reason),
              vscode.l10n.t('Waiting: {0}.', group.length),
            ),
            next,
          },
        ]
      : [];
  });
}
