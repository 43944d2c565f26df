import * as l10n from '@vscode/l10n';
import type { Failure } from '../task.ts';

/** What a button beside a failure does; each place that shows one knows which it can offer. */
export type Action =
  | 'updateSessionId' | 'checkCredits' | 'editPrompt' | 'lowerResolution' | 'startService' | 'setAddress'
  | 'setProxy' | 'chooseModel' | 'chooseFolder' | 'runAgain' | 'showLog' | 'copyReport';

export interface Description {
  /** What happened. */
  sentence: string;
  /** What to do next; empty where the sentence says it all. */
  advice: string;
  /** The same request would fail again: something has to change first. */
  final: boolean;
  action?: Action;
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
  return { sentence, advice, final: row.final, ...row.action && { action: row.action } };
}

/** Sentence and advice of a failure as one text: the same in a notification, a tooltip and a terminal. */
export function textOf(failure: Failure): string {
  const { sentence, advice } = describe(failure);
  return joinSentences(sentence, advice);
}

/** Sentences one after the other, each ended by a full stop; after a full-width one there is no space. */
export function joinSentences(...sentences: string[]): string {
  return sentences.filter(sentence => sentence !== '').map(ended).reduce((text, next) => `${text}${/[。！？]$/.test(text) ? '' : ' '}${next}`);
}

/** Some sentences end in what the service or the system said, which seldom has a full stop. */
function ended(sentence: string): string {
  if (/[.!?…。！？]$/.test(sentence)) { return sentence; }
  return `${sentence}${/\p{Script=Han}/u.test(sentence) ? '。' : '.'}`;
}

/** The service's own words and the site's number, for a sentence that would say too little without them. */
function said({ detail, upstream, code }: Failure): string {
  const number = upstream ?? (code === undefined ? undefined : String(code));
  if (detail === undefined) { return number ?? l10n.t('no reason given'); }
  return number === undefined || detail.includes(number) ? detail : `${detail} (${number})`;
}

interface Row {
  words: (said: string) => [sentence: string, advice: string];
  final: boolean;
  action?: Action;
}

/** The one table of everything that can go wrong; sources: service-contract, Errors; seed-skill, Troubleshooting. */
const rows = {
  // The session
  sessionExpired: {
    words: () => [l10n.t('The session has expired, or you logged out in the browser.'), l10n.t('Log in on the site again and set the new session ID.')],
    final: true, action: 'updateSessionId',
  },
  riskControl: {
    words: () => [l10n.t('Risk control of the site stopped the request.'), l10n.t('Wait a while and generate more slowly; use the site once by hand, or another exit address. It is not repeated by itself.')],
    final: false,
  },
  rateLimited: {
    words: () => [l10n.t('Too many requests in a short time.'), l10n.t('Wait a minute and run it again.')],
    final: false, action: 'runAgain',
  },
  faceCheck: {
    words: () => [l10n.t('The site wants a confirmation of a face or of its rules first.'), l10n.t('Confirm it on the site once, then run it again.')],
    final: true, action: 'runAgain',
  },

  // Credits
  noCredits: {
    words: () => [l10n.t('There are not enough credits.'), l10n.t('Use 1k or 2k instead of 4k, claim the daily credits on the site, or buy some.')],
    final: true, action: 'checkCredits',
  },
  benefitMissing: {
    words: () => [l10n.t('The credits could not be reserved: the account lacks a benefit that this model needs, or too many generations run at once.'), l10n.t('Choose another model, or run it again later.')],
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
    words: () => [l10n.t('The service does not have this model for the site of your session.'), l10n.t('Choose another model.')],
    final: true, action: 'chooseModel',
  },
  modelRefused: {
    words: () => [l10n.t('The site refuses this model through the API, for paying members too.'), l10n.t('Choose another model.')],
    final: true, action: 'chooseModel',
  },
  tooManyPictures: {
    words: () => [l10n.t('These are too many pictures for one request; at most 10 are possible.'), l10n.t('Choose fewer.')],
    final: true,
  },
  bodyTooLarge: {
    words: () => [l10n.t('The request is too large for the service.'), l10n.t('Use fewer or smaller pictures; 100 MB is the limit.')],
    final: true,
  },
  remoteFile: {
    words: said => [l10n.t('The service could not load a picture from its address: {0}', said), l10n.t('Check the address, or use a file.')],
    final: true,
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
    final: true,
  },
  notCancellable: {
    words: () => [l10n.t('The service is already working on it and cannot stop.'), l10n.t('The credits are spent; the pictures will be saved.')],
    final: true,
  },
  noTasks: {
    words: () => [l10n.t('This service has no tasks: it ignores "async". Nothing was sent.'), l10n.t('Wait for the pictures instead, or run the task service.')],
    final: true,
  },

  // The way to the service
  badAddress: {
    words: said => [said, l10n.t('Correct the address in the settings.')],
    final: true, action: 'setAddress',
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
    final: true, action: 'setAddress',
  },
  gatewayTrouble: {
    words: said => [l10n.t('A gateway in front of the service gave no answer of the service: {0}', said), l10n.t('The generation may have begun and been charged. Look into your account on the site before you send it again.')],
    final: false, action: 'showLog',
  },
  connectionLost: {
    words: () => [l10n.t('The request was sent, but no answer came.'), l10n.t('It may have been charged. Look into your account on the site before you send it again.')],
    final: false, action: 'showLog',
  },
  timedOut: {
    words: () => [l10n.t('The answer took too long.'), l10n.t('The generation may have begun and been charged. Look into your account on the site before you send it again.')],
    final: false, action: 'showLog',
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

  // Pictures
  linkExpired: {
    words: () => [l10n.t('The link to the result has expired.'), l10n.t('Links live 2 to 3 hours; generate it again.')],
    final: true, action: 'runAgain',
  },
  downloadFailed: {
    words: said => [l10n.t('The result could not be loaded: {0}', said), l10n.t('Check the network; the link is kept.')],
    final: false, action: 'showLog',
  },
  pictureDamaged: {
    words: () => [l10n.t('The picture arrived damaged, twice.'), l10n.t('What arrived is kept; the link is kept too.')],
    final: false,
  },
  pictureUnsupported: {
    words: said => [l10n.t('The picture cannot be turned into PNG rightly: {0}', said), l10n.t('It is kept as it came.')],
    final: true,
  },
  notAPicture: {
    words: () => [l10n.t('What arrived is not a picture.'), l10n.t('Generate it again.')],
    final: true, action: 'runAgain',
  },
  videoDamaged: {
    words: () => [l10n.t('The video arrived damaged, twice.'), l10n.t('What arrived is kept; the link is kept too.')],
    final: false,
  },
  videoUnsupported: {
    words: said => [l10n.t('The video is no MP4: {0}', said), l10n.t('It is kept as it came.')],
    final: true,
  },
  notAVideo: {
    words: () => [l10n.t('What arrived is not a video.'), l10n.t('Generate it again.')],
    final: true, action: 'runAgain',
  },
  cannotShrink: {
    words: said => [l10n.t('This picture cannot be made smaller: {0}', said), l10n.t('Save it as PNG, JPEG or WebP with an image editor first.')],
    final: true,
  },
  pictureTooLarge: {
    words: () => [l10n.t('The result is larger than this program takes.'), l10n.t('Use a lower resolution.')],
    final: true, action: 'lowerResolution',
  },
  addressRefused: {
    words: () => [l10n.t('The link of the result leads to an address that is not safe to load from.'), l10n.t('Nothing was loaded from there.')],
    final: true,
  },
  windowClosed: {
    words: () => [
      l10n.t('The window was closed while it waited for the result: this service hands it over that connection only, so it is not known what became of it.'),
      l10n.t('The credits may be spent. Send it again only if you accept to pay twice; the task service survives a closed window.'),
    ],
    final: false,
  },
  // Pictures to make others from
  inputMissing: {
    words: said => [l10n.t('The file {0} is not there, or cannot be read.', said), l10n.t('Choose it again.')],
    final: true, action: 'editPrompt',
  },
  inputNotAPicture: {
    words: said => [l10n.t('{0} is not a picture, whatever its name says.', said), l10n.t('Choose a PNG, JPEG or WebP picture.')],
    final: true, action: 'editPrompt',
  },
  inputNotAVideo: {
    words: said => [l10n.t('{0} is not a video, whatever its name says.', said), l10n.t('Choose an MP4 or MOV video.')],
    final: true, action: 'editPrompt',
  },
  inputFormat: {
    words: said => [l10n.t('The service does not take {0}.', said), l10n.t('Convert it to PNG, JPEG or WebP first, a video to MP4.')],
    final: true, action: 'editPrompt',
  },
  inputDamaged: {
    words: said => [l10n.t('The file {0} is cut off or damaged.', said), l10n.t('Save it once more, or choose another one.')],
    final: true, action: 'editPrompt',
  },
  inputsTooLarge: {
    words: () => [l10n.t('The files have more than 100 MB together, which the service refuses.'), l10n.t('Make them smaller, or use fewer.')],
    final: true, action: 'editPrompt',
  },
  inputChanged: {
    words: said => [l10n.t('The file {0} has changed since the request was made.', said), l10n.t('Nothing was sent. Run it again to send it as it is now.')],
    final: true, action: 'runAgain',
  },
  addressChanged: {
    words: () => [l10n.t('The address of the service was changed while this waited in the queue.'), l10n.t('Nothing was sent. Run it again to send it to the new one.')],
    final: true, action: 'runAgain',
  },
  folderUnreachable: {
    words: said => [said, l10n.t('Nothing was sent.')],
    final: true,
  },
  folderNotWritable: {
    words: said => [l10n.t('The folder for the pictures cannot be written: {0}', said), l10n.t('Choose another folder, or allow writing there. The links are kept.')],
    final: false, action: 'chooseFolder',
  },
  diskFull: {
    words: () => [l10n.t('The disk is full.'), l10n.t('Make room. The links are kept.')],
    final: false, action: 'chooseFolder',
  },
} satisfies Record<string, Row>;

export type FailureKind = keyof typeof rows;

/** The connection never stood: nothing was sent, and the service has seen nothing. */
export const neverSent: ReadonlySet<string> = new Set<FailureKind>(['serviceDown', 'proxyDown', 'proxyRefused', 'proxyUnsupported', 'certificateUntrusted']);
