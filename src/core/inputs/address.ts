import { posix } from 'node:path';

export function isWeb(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

/** The last part of a path or address, for sentences. */
export function nameOf(uri: string): string {
  const { pathname, hostname } = new URL(uri);
  return decodeURIComponent(posix.basename(pathname)) || hostname;
}
