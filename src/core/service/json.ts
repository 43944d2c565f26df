/**
 * JSON whose text survives the service's reader, which rewrites a body before it parses it: it turns U+2000–U+200B and
 * U+00A0 into spaces, drops U+FEFF and removes a comma before `}` or `]` (service-contract, Requests). Escaped they are
 * out of its reach, so a prompt arrives as typed. Such a comma stands only inside a string: JSON.stringify leaves none.
 */
export function toServiceJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(
      /[\u2000-\u200b\u00a0\ufeff]/g,
      character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    .replace(/,(?=\s*[}\]])/g, '\\u002c');
}
