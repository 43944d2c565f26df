import * as l10n from '@vscode/l10n';
import type { Failure } from '../task.ts';
import type { Action, Row } from './failure-row.ts';
import { isKnownNumber } from './numbers.ts';
import { pictureRows } from './picture-failures.ts';

export interface Description {
  /** What happened. */
  sentence: string;
  /** What to do next; empty where the sentence says it all. */
  advice: string;
  /** The same request would fail again: something has to change first. */
  final: boolean;
  action?: Action;
  /** Nobody can say what it means: a report helps to find out. */
  report: boolean;
}

/** Anything that went wrong with the service or with pictures, carried as data so that it can be kept and translated. */
export class JimengError extends Error {
  override readonly name = 'JimengError';
  readonly failure: Failure;

  constructor(failure: Failure, options?: ErrorOptions) {
    super(`${failure.kind}${failure.detail === undefined ? '' : `: ${failure.detail}`}`, options);
    this.failure = failure;
  }
}

/** Puts a failure into words, in the reader's language. A kind of a later version is described as an internal one. */
export function describe(failure: Failure): Description {
  const row: Row = Object.hasOwn(rows, failure.kind) ? rows[failure.kind as FailureKind] : rows.internal;
  const [sentence, advice] = row.words(said(failure));
  const { upstream } = failure;
  const unknown = upstream !== undefined && !isKnownNumber(upstream) ? l10n.t('What the site means by {0} is not known yet; a report helps to find out.', upstream) : '';
  return { sentence, advice: joinSentences(advice, unknown), final: row.final, report: unknown !== '' || row.action === 'copyReport', ...row.action && { action: row.action } };
}

/** Sentence and advice of a failure as one text: the same in a notification, a tooltip and a terminal. */
export function textOf(failure: Failure): string {
  const { sentence, advice } = describe(failure);
  return joinSentences(sentence, advice);
}

/** Sentences one after the other, each ended by a full stop; after a full-width one there is no space. */
export function joinSentences(...sentences: string[]): string {
  return sentences.filter(sentence => sentence !== '').map(ended).reduce((text, next) => `${text}${text === '' || /[。！？]$/.test(text) ? '' : ' '}${next}`, '');
}

/** Some sentences end in what the service or the system said, which seldom has a full stop and may be in Chinese. */
function ended(sentence: string): string {
  if (/[.!?…。！？]$/.test(sentence)) { return sentence; }
  return `${sentence}${/^\P{L}*\p{Script=Han}/u.test(sentence) ? '。' : '.'}`;
}

/** The service's own words and the site's number, for a sentence that would say too little without them. */
function said({ detail, upstream, code }: Failure): string {
  const number = upstream ?? (code === undefined ? undefined : String(code));
  if (detail === undefined) { return number ?? l10n.t('no reason given'); }
  return number === undefined || detail.includes(number) ? detail : `${detail} (${number})`;
}

/** The one table of everything that can go wrong; sources: service-contract, Errors; seed-skill, Troubleshooting. */
const rows = {
  // The session
  sessionExpired: {
    words: () => [l10n.t('The session has expired, or you logged out in the browser.'), l10n.t('Log in on the site again and set the new session ID.')],
    final: true, action: 'updateSessionId',
  },
  sessionMissing: {
    words: () => [l10n.t('A session ID is needed.'), l10n.t('It is the cookie "sessionid" of the site, with us-, hk-, jp- or sg- before it for an international one.')],
    final: true, action: 'updateSessionId',
  },
  riskControl: {
    words: () => [l10n.t('Risk control of the site stopped the request.'), l10n.t('Wait a while and generate more slowly; use the site once by hand, or another exit address. It is not repeated by itself.')],
    final: false, action: 'openSite',
  },
  rateLimited: {
    words: () => [l10n.t('Too many requests in a short time.'), l10n.t('Wait a minute and run it again.')],
    final: false, action: 'runAgain',
  },
  faceCheck: {
    words: () => [l10n.t('The site wants a confirmation of a face or of its rules first.'), l10n.t('Confirm it on the site once, then run it again.')],
    final: true, action: 'openSite',
  },

  // Credits
  noCredits: {
    words: () => [l10n.t('There are not enough credits.'), l10n.t('Use 1k or 2k instead of 4k, claim the daily credits, or buy some on the site.')],
    final: true, action: 'claimCredits',
  },
  notReceived: {
    words: said => [l10n.t('The site gave no credits ({0}).', said), l10n.t('The daily credits are given once a day, and only when none are left.')],
    final: true, action: 'openSite',
  },
  benefitMissing: {
    words: () => [l10n.t('The credits could not be reserved: the account lacks a benefit that this model needs, or too many generations run at once.'), l10n.t('Choose another model or a shorter video, or run it again later.')],
    final: false, action: 'chooseModel',
  },

  // The request
  refusedHere: {
    words: said => [said, ''],
    final: true, action: 'editPrompt',
  },
  contentRefused: {
    words: () => [l10n.t('The site refused the content of the prompt, of a picture, or of the result.'), l10n.t('Change the prompt or the picture.')],
    final: true, action: 'editPrompt',
  },
  badParameter: {
    words: said => [l10n.t('The service refused a parameter: {0}', said), l10n.t('Change the request and run it again.')],
    final: true, action: 'editPrompt',
  },
  unsupportedModel: {
    words: () => [l10n.t('The service does not have this model for the site of your session.'), l10n.t('Choose another model. nanobanana is on the international sites only, jimeng-3.1 on the Chinese one only.')],
    final: true, action: 'chooseModel',
  },
  modelRefused: {
    words: () => [l10n.t('The site refuses this model through the API, for paying members too.'), l10n.t('Choose another model.')],
    final: true, action: 'chooseModel',
  },
  tooManyPictures: {
    words: () => [l10n.t('These are too many pictures for one request; at most 10 are possible.'), l10n.t('Choose fewer.')],
    final: true, action: 'editPrompt',
  },
  bodyTooLarge: {
    words: () => [l10n.t('The request is too large for the service.'), l10n.t('Use fewer or smaller pictures; 100 MB is the limit.')],
    final: true, action: 'editPrompt',
  },
  remoteFile: {
    words: said => [l10n.t('The service could not load a picture from its address: {0}', said), l10n.t('Check the address, or use a file.')],
    final: true, action: 'editPrompt',
  },

  // The generation
  generationFailed: {
    words: said => [l10n.t('The generation failed: {0}', said), l10n.t('Run it again; if it goes on, change the prompt or the model.')],
    final: false, action: 'runAgain',
  },
  videoFailed: {
    words: said => [l10n.t('The video failed: {0}', said), l10n.t('Run it once more by hand.')],
    final: false, action: 'runAgain',
  },
  requestFailed: {
    words: said => [l10n.t('The service could not carry the request out: {0}', said), l10n.t('Run it again later.')],
    final: false, action: 'runAgain',
  },
  taskNotFound: {
    words: () => [l10n.t('The service no longer knows this task: it was restarted, or the task ended long ago.'), l10n.t('With REDIS_URL the task service keeps its tasks over a restart.')],
    final: true, action: 'startService',
  },
  notCancellable: {
    words: () => [l10n.t('The service is already working on it and cannot stop.'), l10n.t('The credits are spent; the pictures will be saved.')],
    final: true,
  },
  noTasks: {
    words: () => [l10n.t('This service has no tasks: it ignores "async". Nothing was sent.'), l10n.t('Wait for the pictures instead, or run the task service.')],
    final: true, action: 'startService',
  },

  taskSlow: {
    words: () => [l10n.t('This takes long and is still watched.'), l10n.t('The service may be full: its TASK_MAX_CONCURRENT says how many run at once, and "queue_stats" of a task how many do.')],
    final: false, action: 'diagnose',
  },
  webhookMissed: {
    words: () => [
      l10n.t('The service\'s webhook calls do not arrive; the tasks are looked at regularly instead.'),
      l10n.t('A service in Docker needs "jimeng.webhook.publicUrl", such as http://host.docker.internal:PORT.'),
    ],
    final: false, action: 'webhookSettings',
  },

  // The way to the service
  badAddress: {
    words: said => [said, l10n.t('Correct the address in the settings.')],
    final: true, action: 'setAddress',
  },
  addressChanged: {
    words: () => [l10n.t('The address of the service was changed while this waited in the queue.'), l10n.t('Nothing was sent. Run it again to send it to the new one.')],
    final: true, action: 'runAgain',
  },
  demoEnded: {
    words: () => [l10n.t('This was asked of the demo service, and now a service that spends credits answers there.'), l10n.t('Nothing was sent. Run it again if it may spend credits.')],
    final: true, action: 'runAgain',
  },
  serviceDown: {
    words: said => [l10n.t('No service answers: {0}', said), l10n.t('Start it, or correct its address. Nothing was sent.')],
    final: false, action: 'startService',
  },
  proxyDown: {
    words: said => [l10n.t('The proxy does not answer: {0}', said), l10n.t('Start it, or correct its address: in VS Code it is the setting http.proxy, else HTTPS_PROXY or HTTP_PROXY in the environment. Nothing was sent.')],
    final: false, action: 'setProxy',
  },
  proxyRefused: {
    words: said => [
      said.includes('407') ? l10n.t('The proxy wants a name and a password.') : l10n.t('The proxy refused the connection: {0}', said),
      said.includes('407')
        ? l10n.t('Write them into its address, as in http://name:password@proxy:8080. Nothing was sent.')
        : l10n.t('Ask who runs it, or name the host in http.noProxy or NO_PROXY. Nothing was sent.'),
    ],
    final: true, action: 'setProxy',
  },
  proxyUnsupported: {
    words: said => [l10n.t('The proxy {0} cannot be used.', said), l10n.t('Its address must be like http://proxy:8080 or https://proxy:8080; SOCKS is not possible. Nothing was sent.')],
    final: true, action: 'setProxy',
  },
  certificateUntrusted: {
    words: said => [
      l10n.t('The certificate of the other side is not trusted: {0}', said),
      l10n.t('Check the address and the clock. If the certificate is your company\'s or your own, add its authority to the system, or name its file in NODE_EXTRA_CA_CERTS. Nothing was sent.'),
    ],
    final: true,
  },
  notTheService: {
    words: said => [l10n.t('What answers at this address is not jimeng-api: {0}', said), l10n.t('Correct the address.')],
    final: true, action: 'setAddress',
  },
  routeNotFound: {
    words: said => [l10n.t('The service does not know this call: {0}', said), l10n.t('Update the service, or check its address.')],
    final: true, action: 'setAddress',
  },
  requestRefused: {
    words: said => [l10n.t('The request was refused before it reached the service: {0}', said), l10n.t('A proxy or gateway in front of the service wants something else; ask who runs it.')],
    final: true, action: 'diagnose',
  },
  gatewayTrouble: {
    words: said => [l10n.t('A gateway in front of the service gave no answer of the service: {0}', said), l10n.t('The generation may have begun and been charged. Look into your account on the site before you send it again.')],
    final: false, action: 'diagnose',
  },
  connectionLost: {
    words: () => [l10n.t('The request was sent, but no answer came.'), l10n.t('It may have been charged. Look into your account on the site before you send it again.')],
    final: false, action: 'diagnose',
  },
  timedOut: {
    words: () => [l10n.t('The answer took too long.'), l10n.t('The generation may have begun and been charged. Look into your account on the site before you send it again.')],
    final: false, action: 'diagnose',
  },
  windowClosed: {
    words: () => [
      l10n.t('The window was closed while it waited for the result: this service hands it over that connection only, so it is not known what became of it.'),
      l10n.t('The credits may be spent. Send it again only if you accept to pay twice; the task service survives a closed window.'),
    ],
    final: false,
  },
  otherVersion: {
    words: () => [l10n.t('Another window runs another version of this extension.'), l10n.t('Reload all windows, then try again.')],
    final: false,
  },
  unreadable: {
    words: said => [l10n.t('The service\'s answer could not be understood: {0}', said), l10n.t('Its version may be too new or too old.')],
    final: false, action: 'copyReport',
  },
  internal: {
    words: said => [l10n.t('The service reported a problem: {0}', said), l10n.t('Run it again later. If it goes on, a report helps to find out why.')],
    final: false, action: 'copyReport',
  },
  unexpected: {
    words: said => [l10n.t('Something went wrong that nobody foresaw: {0}', said), l10n.t('The log has more.')],
    final: false, action: 'showLog',
  },

  ...pictureRows,
} satisfies Record<string, Row>;

export type FailureKind = keyof typeof rows;

/** The connection never stood: nothing was sent, and the service has seen nothing. */
export const neverSent: ReadonlySet<string> = new Set<FailureKind>(['serviceDown', 'proxyDown', 'proxyRefused', 'proxyUnsupported', 'certificateUntrusted']);
