import * as l10n from '@vscode/l10n';
import type { Action } from '../service/failures/row.ts';
import { describe, joinSentences } from '../service/failures/failures.ts';
import type { Failure } from '../service/failures/table.ts';

export type FindingKind =
  | 'versions'
  | 'service'
  | 'tasks'
  | 'webhooks'
  | 'session'
  | 'credits'
  | 'proxy'
  | 'localhost'
  | 'port'
  | 'folder';

/** `note`: worth knowing, but no reason for a failure. */
export type Level = 'ok' | 'note' | 'problem';

/** The result of one check, in the reader's language and without secrets. */
export interface Finding {
  kind: FindingKind;
  level: Level;
  sentence: string;
  /** What to do, where the fix alone does not say enough. */
  advice?: string;
  /** The one action that fixes it. */
  fix?: Action;
}

/** What is checked, as a heading. */
export function titleOf(kind: FindingKind): string {
  switch (kind) {
    case 'versions':
      return l10n.t('Versions');
    case 'service':
      return l10n.t('Service');
    case 'tasks':
      return l10n.t('Tasks');
    case 'webhooks':
      return l10n.t('Webhooks');
    case 'session':
      return l10n.t('Session ID');
    case 'credits':
      return l10n.t('Credits');
    case 'proxy':
      return l10n.t('Proxy');
    case 'localhost':
      return l10n.t('Machine');
    case 'port':
      return l10n.t('Port');
    case 'folder':
      return l10n.t('Output Folder');
  }
}

const marks: Record<Level, string> = { ok: '✓', note: '!', problem: '✗' };

/** A finding as one line, the same in a terminal and in a report. */
export function lineOf({ kind, level, sentence, advice = '' }: Finding): string {
  return `${marks[level]} ${titleOf(kind)}: ${joinSentences(sentence, advice)}`;
}

export function problemsIn(findings: readonly Finding[]): number {
  return findings.filter(({ level }) => level === 'problem').length;
}

/** A failure as a finding, with the failure's own button. */
export function failed(kind: FindingKind, failure: Failure, level: Level = 'problem'): Finding {
  const { sentence, advice, action } = describe(failure);
  return {
    kind,
    level,
    sentence,
    ...(advice !== '' && { advice }),
    ...(action && { fix: action }),
  };
}
