import * as l10n from '@vscode/l10n';
import type { FailureRow } from './row.ts';

/** What can go wrong with a generation and its task at the service. */
export const generationFailures = {
  generationFailed: {
    words: said => [
      l10n.t('The generation failed: {0}', said),
      l10n.t('Run it again; if it keeps failing, change the prompt or the model.'),
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
      l10n.t('The service could not carry out the request: {0}', said),
      l10n.t('Run it again later.'),
    ],
    final: false,
    action: 'runAgain',
    afterSending: 'outcomeUnknown',
    aboutTask: 'unclear',
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
        'Run it once more. If it keeps failing, change your exit IP address (a proxy has to carry all traffic) or the prompt.',
      ),
    ],
    final: false,
    action: 'runAgain',
  },
  serviceOutdated: {
    words: said => [
      l10n.t("The service is too old for the site's protocol: {0}", said),
      l10n.t('Update the service: pull or build its image again, and restart it.'),
    ],
    final: true,
    action: 'startService',
    again: 'after_person',
  },
  limiterFull: {
    words: () => [
      l10n.t(
        'The service limits how many requests of a session run at once, and this one waited too long. Nothing was sent to the site.',
      ),
      l10n.t('Wait until other tasks are done, then run it again.'),
    ],
    final: false,
    action: 'runAgain',
    again: 'later',
  },
  resultInHistory: {
    words: said => [
      l10n.t('It was generated, but the service did not return the result: {0}', said),
      l10n.t(
        "Open the site: the result is in your account's history there, and is paid for. Running it again would cost credits again.",
      ),
    ],
    final: true,
    action: 'openSite',
    charge: 'spent',
  },
  nothingReturned: {
    words: () => [
      l10n.t('The service reported success but returned no picture or video.'),
      l10n.t(
        "It may have been charged. Check your account's history on the site before you send it again.",
      ),
    ],
    final: false,
    action: 'openSite',
    charge: 'maybe',
  },
  outcomeUnknown: {
    words: said => [
      l10n.t('The request was sent, but the answer does not say what happened to it: {0}', said),
      l10n.t(
        "It may have been charged, even more than once, because the service itself retries failed requests. Check your account's history on the site before you send it again.",
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
        "It may have been charged; the result is in your account's history on the site. With REDIS_URL, the task service keeps its tasks across restarts.",
      ),
    ],
    final: true,
    action: 'openSite',
    charge: 'maybe',
    stopsMany: true,
    aboutTask: 'gone',
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
      l10n.t('This service has no tasks: it answers a request once the pictures are done.'),
      l10n.t('Wait for the pictures instead, or run the task service.'),
    ],
    final: true,
    action: 'startService',
    again: 'after_person',
    aboutTask: 'gone',
  },
  badTaskId: {
    words: () => [
      l10n.t('This is not a valid task ID.'),
      l10n.t('Copy it again from where the service showed it.'),
    ],
    final: true,
    again: 'after_change',
  },
  taskStuck: {
    words: () => [
      l10n.t(
        'The service reports the task as unfinished, but nothing is running or queued there: it was restarted and will not continue the task.',
      ),
      l10n.t(
        "It may have been charged. Check your account's history on the site before you send it again.",
      ),
    ],
    final: true,
    action: 'openSite',
    charge: 'maybe',
  },
  taskSlow: {
    words: () => [
      l10n.t('This is taking long and is still being watched.'),
      l10n.t(
        'The service may be full: its TASK_MAX_CONCURRENT says how many run at once, and "queue_stats" of a task how many do.',
      ),
    ],
    final: false,
    action: 'diagnose',
  },
  webhookMissed: {
    words: () => [
      l10n.t("The service's webhook calls do not arrive; tasks are polled instead."),
      l10n.t(
        'A service in Docker needs "jimeng.webhook.publicUrl", such as http://host.docker.internal:PORT.',
      ),
    ],
    final: false,
    action: 'webhookSettings',
  },
} satisfies Record<string, FailureRow>;
