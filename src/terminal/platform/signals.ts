/** The exit codes that shells give to a process that a signal ended. */
const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
export type EndSignal = keyof typeof codes;

/** The exit code of a command ended by this signal. */
export function exitCodeOf(signal: EndSignal): number {
  return codes[signal];
}

/**
 * Calls back for Ctrl-C, a termination request and a closed terminal, instead of ending at once. Returns a function that
 * stops listening.
 */
export function onSignal(listener: (signal: EndSignal) => void): () => void {
  const signals = Object.keys(codes) as EndSignal[];
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}

/** Runs something that such a signal ends at once, with its exit code. @param work rejects when its signal is aborted */
export async function interruptible(
  work: (interrupted: AbortSignal) => Promise<number>,
): Promise<number> {
  const interrupted = new AbortController();
  let code: number | undefined;
  const stop = onSignal(signal => {
    if (code !== undefined) process.exit(code); // a second signal
    code = exitCodeOf(signal);
    interrupted.abort();
  });
  try {
    const done = await work(interrupted.signal);
    return code ?? done;
  } catch (error) {
    if (code === undefined) throw error;
    return code;
  } finally {
    stop();
  }
}
