import * as l10n from '@vscode/l10n';
import { errorCode, isDiskFull } from '../../core/system/files.ts';
import { foreignLine } from '../../core/service/failures/foreign-text.ts';
import { dataFolder } from '../services.ts';

/** The message for an error that is not one of ours: the system's, or a bug of this program. */
export interface Unexpected {
  kind: 'unexpected';
  message: string;
  advice: string;
}

/** Puts a system error or an unexpected one into a sentence and advice. */
export function unexpected(error: unknown): Unexpected {
  const [message, advice] = words(error);
  return { kind: 'unexpected', message, advice };
}

function words(error: unknown): [message: string, advice: string] {
  const code = errorCode(error) ?? '';
  const path = pathOf(error);
  if (code === 'ECOMPROMISED') {
    return [
      l10n.t(
        'This program was suspended for a while, for example by system sleep, and had to give up its task.',
      ),
      l10n.t(
        'The service may have generated it after all: check "jimeng tasks" and your account before you run it again.',
      ),
    ];
  }
  if (path !== undefined && (path.startsWith(dataFolder()) || dataFolder().startsWith(path))) {
    const sentence = isDiskFull(error)
      ? l10n.t('The disk is full: {0}', path)
      : l10n.t('{0} cannot be used: {1}', path, code);
    return [
      sentence,
      l10n.t(
        'Tasks are recorded in {0}: check its permissions and free space. On Linux, XDG_DATA_HOME sets another folder.',
        dataFolder(),
      ),
    ];
  }
  if (isDiskFull(error))
    return [
      l10n.t('The disk is full: {0}', path ?? code),
      l10n.t('Free up space, and run it again.'),
    ];
  const advice = l10n.t('JIMENG_DEBUG=1 shows more.');
  if (path !== undefined) return [l10n.t('{0} cannot be used: {1}', path, code), advice];
  return [
    l10n.t(
      'An unexpected error occurred: {0}',
      foreignLine(error instanceof Error ? error.message : String(error)),
    ),
    advice,
  ];
}

/** For a failed file system call. */
function pathOf(error: unknown): string | undefined {
  return error instanceof Error && 'path' in error && typeof error.path === 'string'
    ? error.path
    : undefined;
}
