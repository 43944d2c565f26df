/** What a command knows of the place it runs in; handed in by the composition root. */
export interface Environment {
  env: Readonly<Record<string, string | undefined>>;
  /** The current folder, an absolute path. */
  cwd: string;
  /** The folder of the built program: workers and codecs lie in it. Ends in a slash. */
  dist: URL;
  /** Of this program. */
  version: string;
}

/** Exit codes of every command. */
export const exit = { done: 0, failed: 1, refused: 2, interrupted: 130 } as const;
