/** Text from the service, a file name or a prompt, made harmless: control characters (C0, C1) could drive the terminal. */
export function harmless(text: string): string {
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, ' ');
}

/** What the command was called for: paths, statistics, an id, an object. */
export function print(text: string): void {
  process.stdout.write(`${harmless(text)}\n`);
}

/** Everything that is said along the way. */
export function complain(text: string): void {
  process.stderr.write(`${harmless(text)}\n`);
}
