import * as l10n from '@vscode/l10n';
import type { FailureRow } from './row.ts';

/** What can go wrong with a session, a request and a generation: rows of the table in `failures.ts`. */
export const generationFailures = {
  // The session
  sessionExpired: {
    words: () => [
      l10n.t('The session has expired, or you logged out in the browser.'),
      l10n.t('Log in on the site again and set the new session ID.'),
    ],
    final: true,
    action: 'updateSessionId',
    again: 'after_person',
  },
  sessionMissing: {
    words: () => [
      l10n.t('A session ID is needed.'),
      l10n.t(
        'It is the cookie "sessionid" of the site, with us-, hk-, jp- or sg- before it for an international one.',
      ),
    ],
    final: true,
    action: 'updateSessionId',
  },
  riskControl: {
    words: () => [
      l10n.t('Risk control of the site stopped the request.'),
      l10n.t(
        'Wait a while and generate more slowly; use the site once by hand, or another exit address. It is not repeated by itself.',
      ),
    ],
    final: false,
    action: 'openSite',
  },
  rateLimited: {
    words: () => [
      l10n.t('Too many requests in a short time.'),
      l10n.t('Wait a minute and run it again.'),
    ],
    final: false,
    action: 'runAgain',
    again: 'later',
    passing: true,
  },
  faceCheck: {
    words: () => [
      l10n.t('The site wants a confirmation of a face or of its rules first.'),
      l10n.t('Confirm it on the site once, then run it again.'),
    ],
    final: true,
    action: 'openSite',
    again: 'after_person',
  },

  // Credits
  noCredits: {
    words: () => [
      l10n.t('There are not enough credits.'),
      l10n.t('Use 1k or 2k instead of 4k, claim the daily credits, or buy some on the site.'),
    ],
    final: true,
    action: 'claimCredits',
    again: 'after_person',
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

  // The request
  refusedHere: {
    words: said => [said, ''],
    final: true,
    action: 'editPrompt',
    again: 'after_change',
  },
  contentRefused: {
    words: () => [
      l10n.t('The site refused the content of the prompt, of a picture, or of the result.'),
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
      l10n.t('The service does not have this model for the site of your session.'),
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
      l10n.t('The site refuses this model through the API, for paying members too.'),
      l10n.t('Choose another model.'),
    ],
    final: true,
    action: 'chooseModel',
    again: 'after_change',
  },
  tooManyPictures: {
    words: said => [
      l10n.t('These are too many pictures or videos for one request: {0}', said),
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
    passing: true,
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
      l10n.t('The service could not send the pictures on to the site: {0}', said),
      l10n.t(
        'Nothing was generated. Run it again later; if it goes on, see whether the service reaches the site.',
      ),
    ],
    final: false,
    action: 'runAgain',
  },
  unfitParameter: {
    words: said => [
      l10n.t('The site refused a parameter: {0}', said),
      l10n.t('Choose another duration or model: what an account may use differs.'),
    ],
    final: true,
    action: 'chooseModel',
    again: 'after_change',
  },
  noCallbacks: {
    words: () => [
      l10n.t(
        'This service makes no calls to a callback address: only the task service does. Nothing was sent.',
      ),
      l10n.t('Leave the address out, or run the task service.'),
    ],
    final: true,
    action: 'startService',
    again: 'after_change',
  },

  // The generation
  generationFailed: {
    words: said => [
      l10n.t('The generation failed: {0}', said),
      l10n.t('Run it again; if it goes on, change the prompt or the model.'),
    ],
    final: false,
    action: 'runAgain',
  },
  videoFailed: {
    words: said => [l10n.t('The video failed: {0}', said), l10n.t('Run it once more by hand.')],
    final: false,
    action: 'runAgain',
  },
  requestFailed: {
    words: said => [
      l10n.t('The service could not carry the request out: {0}', said),
      l10n.t('Run it again later.'),
    ],
    final: false,
    action: 'runAgain',
    afterSending: 'outcomeUnknown',
  },
  siteRefused: {
    words: said => [
      l10n.t('The site refused the request: {0}', said),
      l10n.t('Run it again later.'),
    ],
    final: false,
    action: 'runAgain',
  },
  siteGaveUp: {
    words: said => [
      l10n.t('The site gave up on it: {0}', said),
      l10n.t(
        'Run it once more. If it goes on, use another exit address (a proxy has to carry all of the traffic), or another prompt.',
      ),
    ],
    final: false,
    action: 'runAgain',
  },
  serviceOutdated: {
    words: said => [
      l10n.t('The service is older than the protocol of the site: {0}', said),
      l10n.t('Update the service: pull or build its image again, and start it anew.'),
    ],
    final: true,
    action: 'startService',
    again: 'after_person',
  },
  limiterFull: {
    words: () => [
      l10n.t(
        'The service lets only so many requests of a session through at once, and this one waited too long. Nothing was sent to the site.',
      ),
      l10n.t('Wait until others are done, then run it again.'),
    ],
    final: false,
    action: 'runAgain',
    again: 'later',
  },
  resultInHistory: {
    words: said => [
      l10n.t('It was made, but the service did not hand the result over: {0}', said),
      l10n.t(
        "Open the site: the result is in your account's history there, and is paid for. Running it again would cost credits once more.",
      ),
    ],
    final: true,
    action: 'openSite',
    charge: 'spent',
  },
  nothingReturned: {
    words: () => [
      l10n.t('The service said that it is done, but sent no picture or video.'),
      l10n.t(
        "It may have been charged. Look into your account's history on the site before you send it again.",
      ),
    ],
    final: false,
    action: 'openSite',
    charge: 'maybe',
  },
  outcomeUnknown: {
    words: said => [
      l10n.t('The request was sent, and the answer does not tell what became of it: {0}', said),
      l10n.t(
        "It may have been charged, even more than once: the service itself repeats what did not come through. Look into your account's history on the site before you send it again.",
      ),
    ],
    final: false,
    action: 'openSite',
    charge: 'maybe',
  },
  taskNotFound: {
    words: () => [
      l10n.t(
        'The service no longer knows this task: it was restarted, or the task ended long ago.',
      ),
      l10n.t(
        "It may have been charged: what it made is in your account's history on the site. With REDIS_URL the task service keeps its tasks over a restart.",
      ),
    ],
    final: true,
    action: 'openSite',
    charge: 'maybe',
  },
  notCancellable: {
    words: () => [
      l10n.t('The service is already working on it and cannot stop.'),
      l10n.t('The credits are spent.'),
    ],
    final: true,
  },
  noTasks: {
    words: () => [
      l10n.t('This service has no tasks: it answers a request when the pictures are there.'),
      l10n.t('Wait for the pictures instead, or run the task service.'),
    ],
    final: true,
    action: 'startService',
    again: 'after_person',
  },
  badTaskId: {
    words: () => [
      l10n.t('This cannot be the ID of a task.'),
      l10n.t('Copy it once more from where the service named it.'),
    ],
    final: true,
    again: 'after_change',
  },
  taskStuck: {
    words: () => [
      l10n.t(
        'The service calls the task unfinished, but nothing runs or waits there: it was restarted meanwhile, and will not go on with it.',
      ),
      l10n.t(
        "It may have been charged. Look into your account's history on the site before you send it again.",
      ),
    ],
    final: true,
    action: 'openSite',
    charge: 'maybe',
  },

  taskSlow: {
    words: () => [
      l10n.t('This takes long and is still watched.'),
      l10n.t(
        'The service may be full: its TASK_MAX_CONCURRENT says how many run at once, and "queue_stats" of a task how many do.',
      ),
    ],
    final: false,
    action: 'diagnose',
  },
  webhookMissed: {
    words: () => [
      l10n.t(
        "The service's webhook calls do not arrive; the tasks are looked at regularly instead.",
      ),
      l10n.t(
        'A service in Docker needs "jimeng.webhook.publicUrl", such as http://host.docker.internal:PORT.',
      ),
    ],
    final: false,
    action: 'webhookSettings',
  },
} satisfies Record<string, FailureRow>;
