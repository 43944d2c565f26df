import { getCACertificates, rootCertificates } from 'node:tls';

let trusted: readonly string[] | undefined;

/**
 * The certificates to trust, as PEM: those that Node brings, those of `NODE_EXTRA_CA_CERTS`, and the system's, where a
 * company puts its own. The system is asked once, which takes about 0.1 s.
 */
export function trustedCertificates(): readonly string[] {
  return (trusted ??= [...new Set([...rootCertificates, ...read('extra'), ...read('system')])]);
}

/** A store that cannot be read, as in an editor whose Node was built without this, must not stop the calls that do without. */
function read(store: 'extra' | 'system'): string[] {
  try {
    return getCACertificates(store);
  } catch {
    return [];
  }
}
