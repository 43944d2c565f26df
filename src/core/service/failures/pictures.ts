import * as l10n from '@vscode/l10n';
import type { FailureRow } from './row.ts';

/** What can go wrong with pictures, videos and their folder. */
export const pictureFailures = {
  // Results
  linkExpired: {
    words: () => [
      l10n.t('The link to the result has expired.'),
      l10n.t(
        "Links live 2 to 3 hours. What is paid for is in your account's history on the site; only if it is not there, generate it again.",
      ),
    ],
    final: true,
    action: 'runAgain',
  },
  tooManyResults: {
    words: said => [
      l10n.t('{0} more results came than the 64 that are taken.', said),
      l10n.t("What is paid for is in your account's history on the site."),
    ],
    final: true,
    action: 'openSite',
  },
  downloadFailed: {
    words: said => [
      l10n.t('The result could not be loaded: {0}', said),
      l10n.t('Check the network; the link is kept.'),
    ],
    final: false,
    action: 'showLog',
  },
  pictureDamaged: {
    words: () => [
      l10n.t('The picture arrived damaged, twice.'),
      l10n.t('What arrived is kept; the link is kept too.'),
    ],
    final: false,
    keepBytes: true,
  },
  pictureUnsupported: {
    words: said => [
      l10n.t('The picture cannot be turned into PNG rightly: {0}', said),
      l10n.t('It is kept as it came.'),
    ],
    final: true,
    keepBytes: true,
  },
  notAPicture: {
    words: () => [
      l10n.t('What arrived is not a picture.'),
      l10n.t(
        "It is paid for, and the link is kept: fetch it again, or look into your account's history on the site.",
      ),
    ],
    final: true,
    action: 'openSite',
  },
  videoDamaged: {
    words: () => [
      l10n.t('The video arrived damaged, twice.'),
      l10n.t('What arrived is kept; the link is kept too.'),
    ],
    final: false,
  },
  videoUnsupported: {
    words: said => [l10n.t('The video is no MP4: {0}', said), l10n.t('It is kept as it came.')],
    final: true,
  },
  notAVideo: {
    words: () => [
      l10n.t('What arrived is not a video.'),
      l10n.t(
        "It is paid for, and the link is kept: fetch it again, or look into your account's history on the site.",
      ),
    ],
    final: true,
    action: 'openSite',
  },
  cannotShrink: {
    words: said => [
      l10n.t('This picture cannot be made smaller: {0}', said),
      l10n.t('Save it as PNG, JPEG or WebP with an image editor first.'),
    ],
    final: true,
  },
  pictureTooLarge: {
    words: () => [
      l10n.t('The result is larger than this program takes.'),
      l10n.t('Use a lower resolution.'),
    ],
    final: true,
    action: 'lowerResolution',
  },
  addressRefused: {
    words: () => [
      l10n.t('The link of the result leads to an address that is not safe to load from.'),
      l10n.t('Nothing was loaded from there.'),
    ],
    final: true,
  },

  // Files to make others from
  inputMissing: {
    words: said => [
      l10n.t('The file {0} is not there, or cannot be read.', said),
      l10n.t('Choose it again.'),
    ],
    final: true,
    action: 'editPrompt',
    again: 'after_change',
    fault: 'caller',
  },
  inputNotAPicture: {
    words: said => [
      l10n.t('{0} is not a picture, whatever its name says.', said),
      l10n.t('Choose a PNG, JPEG or WebP picture.'),
    ],
    final: true,
    action: 'editPrompt',
    again: 'after_change',
    fault: 'caller',
  },
  inputNotAVideo: {
    words: said => [
      l10n.t('{0} is not a video, whatever its name says.', said),
      l10n.t('Choose an MP4 or MOV video.'),
    ],
    final: true,
    action: 'editPrompt',
    again: 'after_change',
    fault: 'caller',
  },
  inputFormat: {
    words: said => [
      l10n.t('The service does not take {0}.', said),
      l10n.t('Convert it to PNG, JPEG or WebP first, a video to MP4.'),
    ],
    final: true,
    action: 'editPrompt',
    again: 'after_change',
    fault: 'caller',
  },
  inputDamaged: {
    words: said => [
      l10n.t('The file {0} is cut off or damaged.', said),
      l10n.t('Save it once more, or choose another one.'),
    ],
    final: true,
    action: 'editPrompt',
    again: 'after_change',
    fault: 'caller',
  },
  inputsTooLarge: {
    words: () => [
      l10n.t('The files have more than 100 MB together, which the service refuses.'),
      l10n.t('Make them smaller, or use fewer.'),
    ],
    final: true,
    action: 'editPrompt',
    again: 'after_change',
    fault: 'caller',
  },
  inputChanged: {
    words: said => [
      l10n.t('The file {0} has changed since the request was made.', said),
      l10n.t('Nothing was sent. Run it again to send it as it is now.'),
    ],
    final: true,
    action: 'runAgain',
    again: 'after_change',
    fault: 'caller',
  },
  noSettings: {
    words: said => [
      l10n.t('{0} does not say how it was made.', said),
      l10n.t('Only PNG pictures that were saved here do, unless another program has taken it out.'),
    ],
    final: true,
  },
  folderUnreachable: {
    words: said => [said, l10n.t('Nothing was sent.')],
    final: true,
    again: 'after_person',
  },
  folderNotWritable: {
    words: said => [
      l10n.t('The folder for the pictures cannot be written: {0}', said),
      l10n.t('Choose another folder, or allow writing there. The links are kept.'),
    ],
    final: false,
    action: 'chooseFolder',
    again: 'after_person',
  },
  diskFull: {
    words: () => [l10n.t('The disk is full.'), l10n.t('Make room. The links are kept.')],
    final: false,
    action: 'chooseFolder',
    again: 'after_person',
  },
} satisfies Record<string, FailureRow>;
