import * as l10n from '@vscode/l10n';
import type { FailureRow } from './row.ts';

/** What can go wrong with the session and the credits of an account. */
export const accountFailures = {
  // The session
  sessionExpired: {
    words: () => [
      l10n.t('The session has expired, or you logged out in the browser.'),
      l10n.t('Log in on the site again and set the new session ID.'),
    ],
    final: true,
    action: 'updateSessionId',
    again: 'after_person',
    pausesSession: { lasts: 'untilChanged', short: () => l10n.t('session expired') },
    stopsMany: true,
    nextStep: 'session',
  },
  sessionMissing: {
    words: () => [
      l10n.t('A session ID is needed.'),
      l10n.t(
        'It is the site\'s cookie "sessionid"; for an international site, put us-, hk-, jp- or sg- in front.',
      ),
    ],
    final: true,
    action: 'updateSessionId',
  },
  riskControl: {
    words: () => [
      l10n.t("The site's risk control blocked the request."),
      l10n.t(
        'Wait a while and generate more slowly, use the site once by hand, or change your exit IP address. It is not retried automatically.',
      ),
    ],
    final: false,
    action: 'openSite',
    pausesSession: { lasts: 'forAWhile', short: () => l10n.t('risk control') },
    stopsMany: true,
  },
  rateLimited: {
    words: () => [
      l10n.t('Too many requests in a short time.'),
      l10n.t('Wait a minute and run it again.'),
    ],
    final: false,
    action: 'runAgain',
    again: 'later',
    aboutTask: 'nothing',
  },
  faceCheck: {
    words: () => [
      l10n.t('The site first requires face verification or acceptance of its rules.'),
      l10n.t('Complete this on the site, then run it again.'),
    ],
    final: true,
    action: 'openSite',
    again: 'after_person',
  },

  // Credits
  noCredits: {
    words: () => [
      l10n.t('There are not enough credits.'),
      l10n.t('Claim the daily credits, or buy some on the site. 4k costs more than 1k and 2k.'),
    ],
    final: true,
    action: 'claimCredits',
    again: 'after_person',
    stopsMany: true,
  },
  notReceived: {
    words: said => [
      l10n.t('The site gave no credits ({0}).', said),
      l10n.t('The daily credits are given once a day, and only when none are left.'),
    ],
    final: true,
    action: 'openSite',
  },
  creditsLeft: {
    words: said => [
      l10n.t('Nothing was claimed: there are still {0} credits.', said),
      l10n.t('The daily credits are given only when none are left.'),
    ],
    final: true,
  },
  benefitMissing: {
    words: () => [
      l10n.t(
        'The credits could not be reserved: the account lacks a benefit that this model needs, or too many generations run at once.',
      ),
      l10n.t('Choose another model or a shorter video, or run it again later.'),
    ],
    final: false,
    action: 'chooseModel',
    again: 'after_person',
  },
} satisfies Record<string, FailureRow>;
