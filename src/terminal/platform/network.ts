import { trustedCertificates } from '../../core/service/certificates.ts';
import { proxiesOf, type Network } from '../../core/service/proxy.ts';
import type { Environment } from './environment.ts';

/** How calls leave this machine: as the environment says. */
export function networkOf({ env }: Pick<Environment, 'env'>): Network {
  const settings = { ...proxiesOf(env), certificates: trustedCertificates };
  return () => settings;
}
