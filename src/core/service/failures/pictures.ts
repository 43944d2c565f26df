import * as l10n from '@vscode/l10n';
import type { FailureRow } from './row.ts';

/** What can go wrong with pictures, videos and their folder. */
export const pictureFailures = {
  // Results
  linkExpired: {
    words: () => [
      l10n.t('The link to the result has expired.'),
      l10n.t(
        "Links last 2 to 3 hours. The result is paid for and in your account's history on the site; generate it again only if it is not there.",
      ),
    ],
    final: true,
    action: 'runAgain',
  },
  tooManyResults: {
    words: said => [
      l10n.t('{0} results beyond the limit of 64 were not fetched.', said),
      l10n.t("Paid results are in your account's history on the site."),
    ],
    final: true,
    action: 'openSite',
  },
  downloadFailed: {
    words: said => [
      l10n.t('The result could not be downloaded: {0}', said),
      l10n.t('Check the network; the link is kept.'),
    ],
    final: false,
    action: 'showLog',
  },
  pictureDamaged: {
    words: () => [
      l10n.t('The picture was damaged in both downloads.'),
      l10n.t('The received data and the link are kept.'),
    ],
    final: false,
    keepBytes: true,
  },
  pictureUnsupported: {
    words: said => [
      l10n.t('The picture cannot be converted to PNG correctly: {0}', said),
      l10n.t('It is kept as received.'),
    ],
    final: true,
    keepBytes: true,
  },
  notAPicture: {
    words: () => [
      l10n.t('The download is not a picture.'),
      l10n.t(
        "It is paid for, and the link is kept: fetch it again, or check your account's history on the site.",
      ),
    ],
    final: true,
    action: 'openSite',
  },
  videoDamaged: {
    words: () => [
      l10n.t('The video was damaged in both downloads.'),
      l10n.t('The received data and the link are kept.'),
    ],
    final: false,
  },
  videoUnsupported: {
    words: said => [
      l10n.t('The video is not an MP4: {0}', said),
      l10n.t('It is kept as received.'),
    ],
    final: true,
  },
  notAVideo: {
    words: () => [
      l10n.t('The download is not a video.'),
      l10n.t(
        "It is paid for, and the link is kept: fetch it again, or check your account's history on the site.",
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
      l10n.t('The result is larger than this program accepts.'),
      l10n.t('Use a lower resolution.'),
    ],
    final: true,
    action: 'lowerResolution',
  },
  addressRefused: {
    words: () => [
      l10n.t("The result's link leads to an unsafe address."),
      l10n.t('Nothing was downloaded from it.'),
    ],
    final: true,
  },

  // Files to make others from
  inputMissing: {
    words: said => [
      l10n.t('The file {0} does not exist or cannot be read.', said),
      l10n.t('Choose it again.'),
    ],
    final: true,
    action: 'editPrompt',
    again: 'after_change',
    fault: 'caller',
  },
  inputNotAPicture: {
    words: said => [
      l10n.t('{0} is not a picture, despite its name.', said),
      l10n.t('Choose a PNG, JPEG or WebP picture.'),
    ],
    final: true,
    action: 'editPrompt',
    again: 'after_change',
    fault: 'caller',
  },
  inputNotAVideo: {
    words: said => [
      l10n.t('{0} is not a video, despite its name.', said),
      l10n.t('Choose an MP4 or MOV video.'),
    ],
    final: true,
    action: 'editPrompt',
    again: 'after_change',
    fault: 'caller',
  },
  inputFormat: {
    words: said => [
      l10n.t('The service does not accept {0}.', said),
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
      l10n.t('Save it again, or choose another one.'),
    ],
    final: true,
    action: 'editPrompt',
    again: 'after_change',
    fault: 'caller',
  },
  inputsTooLarge: {
    words: () => [
      l10n.t('Together the files exceed 100 MB, which the service refuses.'),
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
      l10n.t('{0} contains no generation settings.', said),
      l10n.t(
        'Only PNG pictures that this program saved contain them, unless another program has removed them.',
      ),
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
      l10n.t('Cannot write to the folder for pictures: {0}', said),
      l10n.t('Choose another folder, or allow writing there. The links are kept.'),
    ],
    final: false,
    action: 'chooseFolder',
    again: 'after_person',
  },
  diskFull: {
    words: () => [l10n.t('The disk is full.'), l10n.t('Free up space. The links are kept.')],
    final: false,
    action: 'chooseFolder',
    again: 'after_person',
  },
} satisfies Record<string, FailureRow>;
