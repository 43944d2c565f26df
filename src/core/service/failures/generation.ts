import * as l10n from '@vscode/l10n';
import type { FailureRow } from './row.ts';

/** What can go wrong with a generation and its task at the service. */
export const generationFailures = {
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
      l10n.t('This service has no tasks: it answers a request when the pictures are there.'),
      l10n.t('Wait for the pictures instead, or run the task service.'),
    ],
    final: true,
    action: 'startService',
    again: 'after_person',
    aboutTask: 'gone',
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
