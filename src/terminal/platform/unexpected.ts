import * as l10n from '@vscode/l10n';
import { errorCode } from '../../core/system/files.ts';
import { foreignLine } from '../../core/service/failures/foreign-text.ts';
import { dataFolder } from '../services.ts';

/** What a person is told about an error that is none of ours: the system's, or a fault of this program. */
export interface Unexpected {
  kind: 'unexpected';
  message: string;
  advice: string;
}

/** Puts an error of the system, or one that nobody foresaw, into a sentence and what to do next. */
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
        'This program stood still for a while, as in a sleep of the machine, and had to let go of its task.',
      ),
      l10n.t(
        'The service may have made it all the same: look at "jimeng tasks" and your account before you run it again.',
      ),
    ];
  }
  if (path !== undefined && (path.startsWith(dataFolder()) || dataFolder().startsWith(path))) {
    const sentence =
      code === 'ENOSPC' || code === 'EDQUOT'
        ? l10n.t('The disk is full: {0}', path)
        : l10n.t('{0} cannot be used: {1}', path, code);
    return [
      sentence,
      l10n.t(
        'Tasks are recorded in {0}: check its permissions and free space. On Linux, XDG_DATA_HOME names another folder.',
        dataFolder(),
      ),
    ];
  }
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return [l10n.t('The disk is full: {0}', path ?? code), l10n.t('Make room, and run it again.')];
  const advice = l10n.t('JIMENG_DEBUG=1 shows more.');
  if (path !== undefined) return [l10n.t('{0} cannot be used: {1}', path, code), advice];
  return [
    l10n.t(
      'Something went wrong that nobody foresaw: {0}',
      foreignLine(error instanceof Error ? error.message : String(error)),
    ),
    advice,
  ];
}

/** Of a failed call of the file system. */
function pathOf(error: unknown): string | undefined {
  return error instanceof Error && 'path' in error && typeof error.path === 'string'
    ? error.path
    : undefined;
}
