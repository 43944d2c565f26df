import type { FailureKind } from './failures.ts';

/** Numbers of the upstream site inside the message text. Source: service-contract, Errors. */
export const byUpstreamNumber: Record<string, FailureKind> = {
  1015: 'sessionExpired',
  34010105: 'sessionExpired',
  1019: 'riskControl',
  '-4': 'riskControl',
  '-6': 'riskControl',
  4013: 'modelRefused',
  4010: 'faceCheck',
  4001: 'contentRefused',
  2038: 'contentRefused',
  2047: 'contentRefused',
  2003: 'contentRefused',
  1017: 'siteGaveUp',
  3018: 'serviceOutdated',
  1000: 'unfitParameter',
  4002: 'badParameter',
  5000: 'noCredits',
  1006: 'noCredits',
  5001: 'benefitMissing',
  5002: 'videoFailed',
};

/** Whether somebody knows what the site means by a number. */
export function isKnownNumber(number: string): boolean {
  return Object.hasOwn(byUpstreamNumber, number);
}
