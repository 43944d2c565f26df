import * as l10n from '@vscode/l10n';

/** Where the service is. */
export interface ServiceAddress {
  /** Without a slash at the end. */
  url: string;
  /** Plain http to another machine: the session ID could be read on the way, so a person has to agree to it. */
  needsConsent: boolean;
}

export type ParsedAddress = { ok: true; address: ServiceAddress } | { ok: false; reason: string };

/** Reads the address of the service; credentials in it are refused, since an address is shown and logged. */
export function parseServiceAddress(text: string): ParsedAddress {
  const refuse = (reason: string) => ({ ok: false, reason }) as const;
  const trimmed = text.trim();
  if (!/^https?:\/\//i.test(trimmed) || !URL.canParse(trimmed))
    return refuse(
      l10n.t(
        '"{0}" is not a service address: it must be like http://localhost:5100.',
        trimmed.replace(/\/\/[^/]*@/, '//…@'),
      ),
    );

  const url = new URL(trimmed);
  if (url.username !== '' || url.password !== '')
    return refuse(l10n.t('The address of the service must not contain a user name or a password.'));
  if (url.search !== '' || url.hash !== '')
    return refuse(l10n.t('The address of the service must not contain "?" or "#".'));
  const plain = `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  return {
    ok: true,
    address: { url: plain, needsConsent: url.protocol === 'http:' && !isLoopback(url.hostname) },
  };
}

/** Whether a host name of a URL can only mean this machine. */
export function isLoopback(host: string): boolean {
  return (
    /^(?:.+\.)?localhost\.?$/.test(host) || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host)
  );
}
