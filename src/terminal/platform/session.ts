import * as l10n from '@vscode/l10n';
import { parseSessionId, type SessionId } from '../../core/session/session.ts';
import type { Environment } from './environment.ts';
import { Interrupted, UsageError } from './usage-error.ts';

/**
 * The session ID from `--session-id`, else `JIMENG_SESSION_ID`, else prompted for without echo in a terminal. Throws
 * UsageError if it is missing or invalid, and Interrupted for Ctrl-C.
 */
export async function findSession(
  option: string | undefined,
  { env }: Environment,
): Promise<SessionId> {
  const text = option ?? (env['JIMENG_SESSION_ID'] || (await ask()));
  if (text === undefined)
    throw new UsageError(
      l10n.t(
        'A session ID is needed: set JIMENG_SESSION_ID, or pass --session-id. It is the cookie "sessionid" of jimeng.jianying.com, or of dreamina.capcut.com with us-, hk-, jp- or sg- in front.',
      ),
    );

  const parsed = parseSessionId(text);
  if (!parsed.ok) throw new UsageError(parsed.reason);
  return parsed.session.recognise(); // it is masked in all output from now on
}

/** A line typed without echo. Undefined without a terminal, or if the person cancels. */
async function ask(): Promise<string | undefined> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY || !stderr.isTTY) return undefined;
  stderr.write(l10n.t('Session ID (not shown): '));
  stdin.setRawMode(true).setEncoding('utf8').resume();
  try {
    let typed = '';
    for await (const chunk of stdin as AsyncIterable<string>) {
      for (const character of chunk) {
        switch (character) {
          case '\r':
          case '\n':
            return typed === '' ? undefined : typed;
          case '\u0003':
            throw new Interrupted(); // ctrl-C, which a terminal in raw mode passes on
          case '\u0004':
            return undefined; // Ctrl-D
          case '\u007f':
          case '\b':
            typed = typed.slice(0, -1);
            break;
          default:
            typed += character;
        }
      }
    }
    return undefined;
  } finally {
    stdin.setRawMode(false).pause();
    stderr.write('\n');
  }
}
