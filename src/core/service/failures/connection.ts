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
        'This was meant for the demo service, but a service that spends credits now answers there.',
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
        ? l10n.t('The proxy requires a user name and a password.')
        : l10n.t('The proxy refused the connection: {0}', said),
      said.includes('407')
        ? l10n.t(
            'Put them in its address, as in http://name:password@proxy:8080. Nothing was sent.',
          )
        : l10n.t(
            'Ask its administrator, or add the host to http.noProxy or NO_PROXY. Nothing was sent.',
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
        'Its address must be like http://proxy:8080 or https://proxy:8080; SOCKS is not supported. Nothing was sent.',
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
      l10n.t("The server's certificate is not trusted: {0}", said),
      l10n.t(
        "Check the address and the clock. If the certificate is your company's or your own, have the system trust its authority, or set NODE_EXTRA_CA_CERTS to its file. Nothing was sent.",
      ),
    ],
    final: true,
    unsent: true,
    aboutTask: 'nothing',
    stopsMany: true,
  },
  notTheService: {
    words: said => [
      l10n.t('The server at this address is not jimeng-api: {0}', said),
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
      l10n.t('The service does not support this call: {0}', said),
      l10n.t('Update the service, or check its address.'),
    ],
    final: true,
    action: 'setAddress',
    again: 'after_person',
    nextStep: 'service',
  },
  noAnswer: {
    words: said => [
      l10n.t('The service did not answer: {0}', said),
      l10n.t('Check that it is running, then try again.'),
    ],
    final: false,
    action: 'diagnose',
    aboutTask: 'nothing',
  },
  siteUnreachable: {
    words: said => [
      l10n.t('The service cannot reach the site: {0}', said),
      l10n.t(
        "Check the service's network (Docker has its own), its proxy, and whether the site opens in a browser.",
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
      l10n.t('A proxy or gateway in front of the service rejects it; ask its administrator.'),
    ],
    final: true,
    action: 'diagnose',
    again: 'after_person',
    aboutTask: 'nothing',
    nextStep: 'service',
  },
  gatewayTrouble: {
    words: said => [
      l10n.t('A gateway answered in place of the service: {0}', said),
      l10n.t(
        'The generation may have started and been charged. Check your account on the site before you send it again.',
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
      l10n.t('It may have been charged. Check your account on the site before you send it again.'),
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
        'The generation may have started and been charged. Check your account on the site before you send it again.',
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
        'The connection was closed before the result arrived, and this service returns it only on that connection, so the outcome is unknown.',
      ),
      l10n.t(
        'The credits may be spent. Send it again only if you accept paying twice; with the task service nothing would be lost.',
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
      l10n.t('Run it again later. If it keeps failing, a report helps to find out why.'),
    ],
    final: false,
    action: 'copyReport',
    afterSending: 'outcomeUnknown',
    aboutTask: 'unclear',
  },
  unexpected: {
    words: said => [
      l10n.t('An unexpected error occurred: {0}', said),
      l10n.t('See the log for details.'),
    ],
    final: false,
    action: 'showLog',
    keepBytes: true,
  },
} satisfies Record<string, FailureRow>;
