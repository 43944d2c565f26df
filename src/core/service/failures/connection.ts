import * as l10n from '@vscode/l10n';
import type { FailureRow } from './row.ts';

/** What can go wrong on the way to the service and back. */
export const connectionFailures = {
  badAddress: {
    words: said => [said, l10n.t('Correct the address in the settings.')],
    final: true,
    action: 'setAddress',
    again: 'after_person',
    nextStep: 'service',
  },
  addressChanged: {
    words: () => [
      l10n.t('The address of the service was changed while this waited in the queue.'),
      l10n.t('Nothing was sent. Run it again to send it to the new one.'),
    ],
    final: true,
    action: 'runAgain',
    again: 'after_person',
    nextStep: 'service',
  },
  demoEnded: {
    words: () => [
      l10n.t(
        'This was asked of the demo service, and now a service that spends credits answers there.',
      ),
      l10n.t('Nothing was sent. Run it again if it may spend credits.'),
    ],
    final: true,
    action: 'runAgain',
    again: 'after_person',
  },
  serviceDown: {
    words: said => [
      l10n.t('No service answers: {0}', said),
      l10n.t('Start it, or correct its address. Nothing was sent.'),
    ],
    final: false,
    action: 'startService',
    again: 'after_person',
    unsent: true,
    aboutTask: 'nothing',
    stopsMany: true,
    nextStep: 'service',
  },
  proxyDown: {
    words: said => [
      l10n.t('The proxy does not answer: {0}', said),
      l10n.t(
        'Start it, or correct its address: in VS Code it is the setting http.proxy, else HTTPS_PROXY or HTTP_PROXY in the environment. Nothing was sent.',
      ),
    ],
    final: false,
    action: 'setProxy',
    unsent: true,
    aboutTask: 'nothing',
    stopsMany: true,
  },
  proxyRefused: {
    words: said => [
      said.includes('407')
        ? l10n.t('The proxy wants a name and a password.')
        : l10n.t('The proxy refused the connection: {0}', said),
      said.includes('407')
        ? l10n.t(
            'Write them into its address, as in http://name:password@proxy:8080. Nothing was sent.',
          )
        : l10n.t(
            'Ask who runs it, or name the host in http.noProxy or NO_PROXY. Nothing was sent.',
          ),
    ],
    final: true,
    action: 'setProxy',
    unsent: true,
    aboutTask: 'nothing',
    stopsMany: true,
  },
  proxyUnsupported: {
    words: said => [
      l10n.t('The proxy {0} cannot be used.', said),
      l10n.t(
        'Its address must be like http://proxy:8080 or https://proxy:8080; SOCKS is not possible. Nothing was sent.',
      ),
    ],
    final: true,
    action: 'setProxy',
    unsent: true,
    aboutTask: 'nothing',
    stopsMany: true,
  },
  certificateUntrusted: {
    words: said => [
      l10n.t('The certificate of the other side is not trusted: {0}', said),
      l10n.t(
        "Check the address and the clock. If the certificate is your company's or your own, add its authority to the system, or name its file in NODE_EXTRA_CA_CERTS. Nothing was sent.",
      ),
    ],
    final: true,
    unsent: true,
    aboutTask: 'nothing',
    stopsMany: true,
  },
  notTheService: {
    words: said => [
      l10n.t('What answers at this address is not jimeng-api: {0}', said),
      l10n.t('Correct the address.'),
    ],
    final: true,
    action: 'setAddress',
    again: 'after_person',
    aboutTask: 'nothing',
    nextStep: 'service',
  },
  routeNotFound: {
    words: said => [
      l10n.t('The service does not know this call: {0}', said),
      l10n.t('Update the service, or check its address.'),
    ],
    final: true,
    action: 'setAddress',
    again: 'after_person',
    nextStep: 'service',
  },
  noAnswer: {
    words: said => [
      l10n.t('The service gave no answer: {0}', said),
      l10n.t('See whether it runs, then try again.'),
    ],
    final: false,
    action: 'diagnose',
    aboutTask: 'nothing',
  },
  siteUnreachable: {
    words: said => [
      l10n.t('The service does not get through to the site: {0}', said),
      l10n.t(
        'Check the network of the service (in Docker its own), its proxy, and whether the site opens in a browser.',
      ),
    ],
    final: false,
    action: 'diagnose',
    again: 'after_person',
    afterSending: 'outcomeUnknown',
    aboutTask: 'unclear',
  },
  requestRefused: {
    words: said => [
      l10n.t('The request was refused before it reached the service: {0}', said),
      l10n.t('A proxy or gateway in front of the service wants something else; ask who runs it.'),
    ],
    final: true,
    action: 'diagnose',
    again: 'after_person',
    aboutTask: 'nothing',
    nextStep: 'service',
  },
  gatewayTrouble: {
    words: said => [
      l10n.t('A gateway in front of the service gave no answer of the service: {0}', said),
      l10n.t(
        'The generation may have begun and been charged. Look into your account on the site before you send it again.',
      ),
    ],
    final: false,
    action: 'diagnose',
    charge: 'maybe',
    aboutTask: 'nothing',
  },
  connectionLost: {
    words: () => [
      l10n.t('The request was sent, but no answer came.'),
      l10n.t(
        'It may have been charged. Look into your account on the site before you send it again.',
      ),
    ],
    final: false,
    action: 'diagnose',
    charge: 'maybe',
    aboutTask: 'nothing',
  },
  timedOut: {
    words: () => [
      l10n.t('The answer took too long.'),
      l10n.t(
        'The generation may have begun and been charged. Look into your account on the site before you send it again.',
      ),
    ],
    final: false,
    action: 'diagnose',
    charge: 'maybe',
    aboutTask: 'nothing',
  },
  windowClosed: {
    words: () => [
      l10n.t(
        'The connection was closed before the result came, and this service hands it over that connection only: it is not known what became of it.',
      ),
      l10n.t(
        'The credits may be spent. Send it again only if you accept to pay twice; with the task service nothing is lost then.',
      ),
    ],
    final: false,
    charge: 'maybe',
  },
  otherVersion: {
    words: () => [
      l10n.t('Another window runs another version of this extension.'),
      l10n.t('Reload all windows, then try again.'),
    ],
    final: false,
  },
  unreadable: {
    words: said => [
      l10n.t("The service's answer could not be understood: {0}", said),
      l10n.t('Its version may be too new or too old.'),
    ],
    final: false,
    action: 'copyReport',
    afterSending: 'outcomeUnknown',
    aboutTask: 'unclear',
  },
  internal: {
    words: said => [
      l10n.t('The service reported a problem: {0}', said),
      l10n.t('Run it again later. If it goes on, a report helps to find out why.'),
    ],
    final: false,
    action: 'copyReport',
    afterSending: 'outcomeUnknown',
    aboutTask: 'unclear',
  },
  unexpected: {
    words: said => [
      l10n.t('Something went wrong that nobody foresaw: {0}', said),
      l10n.t('The log has more.'),
    ],
    final: false,
    action: 'showLog',
    keepBytes: true,
  },
} satisfies Record<string, FailureRow>;
