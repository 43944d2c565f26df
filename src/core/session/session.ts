import { inspect } from 'node:util';
import * as l10n from '@vscode/l10n';
import type { Region } from '../request/models.ts';
import { mask, Secret } from './secret.ts';

/**
 * The session ID is a password: it leaves this object only for the Authorization header and the service's own token
 * check. Printed, inspected, spread or serialized to JSON it is masked.
 */
export class SessionId {
  readonly region: Region;
  readonly #secret: string;
  readonly #prefix: string;
  /** An exit address that the service binds to this session (service-contract, Endpoints); it may contain a password. */
  readonly #proxy: string;

  constructor(secret: string, region: Region, proxy = '') {
    this.#secret = secret;
    this.region = region;
    this.#prefix = region === 'cn' ? '' : `${region}-`;
    this.#proxy = proxy;
  }

  /** Enough to tell two of one's own apart. */
  get masked(): string {
    return `${this.#prefix}${mask}${this.#secret.length >= 16 ? this.#secret.slice(-4) : ''}`;
  }

  /** `[proxyURL@][us-|hk-|jp-|sg-]SESSION`: what the service takes, and what SecretStorage keeps. */
  reveal(): string {
    this.recognise();
    return `${this.#proxy}${this.#proxy && '@'}${this.#prefix}${this.#secret}`;
  }

  /** Registers it for `maskSessions`, as revealing it does: an earlier process may have sent it. */
  recognise(): this {
    for (const secret of secretsOf(this.#secret, this.#proxy)) known.set(secret.text, secret);
    return this;
  }

  /** The same session on another site, for a bare ID whose site the person was asked for. */
  withRegion(region: Region): SessionId {
    return new SessionId(this.#secret, region, this.#proxy);
  }

  /** The text without the secret, as `Secret.mask` recognises it, and without the bound proxy. */
  redact(text: string): string {
    return secretsOf(this.#secret, this.#proxy).reduce(
      (redacted, secret) => secret.mask(redacted),
      text,
    );
  }

  toString(): string {
    return this.masked;
  }

  toJSON(): string {
    return this.masked;
  }

  [inspect.custom](): string {
    return this.masked;
  }
}

/**
 * The secrets that foreign text is searched for. They can come back in any answer, even to a client without a session:
 * the service repeats what it was sent.
 */
const known = new Map<string, Secret>();

function secretsOf(session: string, proxy: string): Secret[] {
  // Only the whole proxy address: parts of it occur in other addresses too.
  const whole = [
    proxy,
    /\/\/([^/]*)$/.exec(proxy.slice(0, Math.max(0, proxy.lastIndexOf('@'))))?.[1] ?? '',
  ];
  return [
    new Secret(session),
    ...whole.filter(part => part !== '').map(part => new Secret(part, part.length)),
  ];
}

/**
 * The text without the session IDs used here, and without anything that may be somebody else's: the site's are 32
 * hexadecimal digits.
 */
export function maskSessions(text: string): string {
  return maskKnown(text).replace(/(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/gi, mask);
}

/** The text without the session IDs that are used here. */
export function maskKnown(text: string): string {
  return [...known.values()].reduce((masked, secret) => secret.mask(masked), text);
}

/** Without a prefix a session counts as one of the Chinese site; `regionGiven` tells whether there was one. */
export type ParsedSessionId =
  { ok: true; session: SessionId; regionGiven: boolean } | { ok: false; reason: string };

/**
 * Parses a session ID as people have it: bare, with a region prefix, with a bound proxy, or as a pasted `Cookie:` header.
 * Invalid text is refused with a reason that never repeats it.
 */
export function parseSessionId(text: string): ParsedSessionId {
  const refuse = (reason: string) => ({ ok: false, reason }) as const;
  let rest = text
    .trim()
    .replace(/^(['"])(.*)\1$/s, '$2')
    .trim()
    .replace(/^(?:authorization:\s*)?bearer\s+/i, '');
  if (rest === '')
    return refuse(
      l10n.t(
        'The session ID is empty. It is the cookie "sessionid" of jimeng.jianying.com or dreamina.capcut.com.',
      ),
    );

  const cookies =
    /^cookie:\s*/i.test(rest) || (/[;\s]|^sessionid(?:_ss)?=/.test(rest) && rest.includes('='));
  if (cookies) {
    const cookie =
      /(?:^|[;\s])sessionid=([^;\s]+)/.exec(rest.replace(/^cookie:\s*/i, '')) ??
      /(?:^|[;\s])sessionid_ss=([^;\s]+)/.exec(rest);
    if (!cookie?.[1])
      return refuse(
        l10n.t(
          'There is no cookie "sessionid" in this text. Copy its value from the browser\'s developer tools, Application → Cookies.',
        ),
      );
    rest = cookie[1];
  }
  const at = rest.lastIndexOf('@');
  const proxy = at < 0 ? '' : rest.slice(0, at);
  rest = rest.slice(at + 1);
  if (proxy !== '' && !(/^(?:https?|socks[45]h?):\/\//i.test(proxy) && URL.canParse(proxy)))
    return refuse(
      l10n.t(
        'The part before the "@" is not a proxy address such as http://host:port or socks5://host:port.',
      ),
    );

  if (/[,，]/.test(rest))
    return refuse(
      l10n.t(
        'These are several session IDs. Enter only one: given several, the service would pick one at random.',
      ),
    );
  if (/^https?:\/\//i.test(rest))
    return refuse(
      l10n.t(
        'This is a web address, not a session ID. The session ID is the value of the cookie "sessionid".',
      ),
    );

  const [, prefix, secret = ''] = /^(?:(us|hk|jp|sg)-)?(.*)$/is.exec(rest) ?? [];
  if (!/^[\w%.~+/=-]+$/.test(secret))
    return refuse(
      l10n.t(
        "A session ID contains no spaces or special characters. Copy the cookie's value again.",
      ),
    );

  if (secret.length < 8)
    return refuse(
      l10n.t('This is too short for a session ID. Copy the whole value of the cookie "sessionid".'),
    );
  if (secret.length > 512)
    return refuse(
      l10n.t('This is too long for a session ID. Copy only the value of the cookie "sessionid".'),
    );
  return {
    ok: true,
    session: new SessionId(secret, (prefix?.toLowerCase() ?? 'cn') as Region, proxy),
    regionGiven: prefix !== undefined,
  };
}
