import * as l10n from '@vscode/l10n';
import type { FailureRow } from './row.ts';

/** What can be wrong with a request. */
export const requestFailures = {
  refusedHere: {
    words: said => [said, ''],
    final: true,
    action: 'editPrompt',
    again: 'after_change',
  },
  contentRefused: {
    words: () => [
      l10n.t('The site rejected the content of the prompt, a picture or the result.'),
      l10n.t('Change the prompt or the picture.'),
    ],
    final: true,
    action: 'editPrompt',
    again: 'after_change',
  },
  badParameter: {
    words: said => [
      l10n.t('The service refused a parameter: {0}', said),
      l10n.t('Change the request and run it again.'),
    ],
    final: true,
    action: 'editPrompt',
    again: 'after_change',
  },
  unsupportedModel: {
    words: () => [
      l10n.t("The service does not offer this model for your session's site."),
      l10n.t(
        'Choose another model. nanobanana is on the international sites only, jimeng-3.1 on the Chinese one only.',
      ),
    ],
    final: true,
    action: 'chooseModel',
    again: 'after_change',
  },
  modelRefused: {
    words: () => [
      l10n.t('The site does not allow this model through the API, even for paying members.'),
      l10n.t('Choose another model.'),
    ],
    final: true,
    action: 'chooseModel',
    again: 'after_change',
  },
  tooManyPictures: {
    words: said => [
      l10n.t('Too many pictures or videos for one request: {0}', said),
      l10n.t('Choose fewer.'),
    ],
    final: true,
    action: 'editPrompt',
    again: 'after_change',
  },
  bodyTooLarge: {
    words: () => [
      l10n.t('The request is too large for the service.'),
      l10n.t('Use fewer or smaller pictures; 100 MB is the limit.'),
    ],
    final: true,
    action: 'editPrompt',
    again: 'after_change',
    aboutTask: 'nothing',
  },
  remoteFile: {
    words: said => [
      l10n.t('The service could not load a picture or video from its address: {0}', said),
      l10n.t('Check the address, or use a file. Nothing was generated.'),
    ],
    final: true,
    action: 'editPrompt',
    again: 'after_change',
  },
  uploadFailed: {
    words: said => [
      l10n.t('The service could not upload the pictures to the site: {0}', said),
      l10n.t(
        'Nothing was generated. Try again later; if it keeps failing, check whether the service can reach the site.',
      ),
    ],
    final: false,
    action: 'runAgain',
  },
  unfitParameter: {
    words: said => [
      l10n.t('The site refused a parameter: {0}', said),
      l10n.t('Choose another duration or model: accounts differ in what they may use.'),
    ],
    final: true,
    action: 'chooseModel',
    again: 'after_change',
  },
  noCallbacks: {
    words: () => [
      l10n.t(
        'This service does not support callback addresses; only the task service does. Nothing was sent.',
      ),
      l10n.t('Leave out the address, or run the task service.'),
    ],
    final: true,
    action: 'startService',
    again: 'after_change',
    fault: 'caller',
  },
} satisfies Record<string, FailureRow>;
