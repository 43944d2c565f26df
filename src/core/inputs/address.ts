import { posix } from 'node:path';

export function isWeb(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

/** The last part of a path or address, for sentences. */
export function nameOf(uri: string): string {
  const { pathname, hostname } = new URL(uri);
  return decoded(posix.basename(pathname)) || hostname;
}

/** As it is where it was encoded otherwise than in UTF-8, as older Chinese sites do, or not at all. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
