/** The runs of 8 characters of a secret that a text holds: plain, percent-encoded or in Base64, in either case. */
export function leaks(text: string, secret: string): string[] {
  const bare = secret.replace(/^(?:us|hk|jp|sg)-/, '');
  const decoded = text.replace(
    /%(?:25)*([0-9a-f]{2})|\\u00([0-9a-f]{2})/gi,
    (_, percent?: string, json?: string) =>
      String.fromCharCode(parseInt(percent ?? json ?? '', 16)),
  );
  const words = text.match(/[\w+/-]{8,}/g) ?? [];
  const base64 = words.flatMap(word =>
    [0, 1, 2, 3].map(skip => Buffer.from(word.slice(skip), 'base64').toString('latin1')),
  );
  const shown = [text, decoded, ...base64].map(one => one.toLowerCase());
  const runs = [bare, decodeURIComponent(bare)].flatMap(one =>
    Array.from({ length: Math.max(1, one.length - 7) }, (_, at) =>
      one.slice(at, at + 8).toLowerCase(),
    ),
  );
  return [...new Set(runs)].filter(run => shown.some(one => one.includes(run)));
}
