import { inspect } from 'node:util';
import * as l10n from '@vscode/l10n';
import { errorCode } from '../core/system/files.ts';
import { didYouMean } from '../core/request/closest.ts';
import { joinSentences } from '../core/service/failures/failures.ts';
import { maskSessions, parseSessionId } from '../core/session/session.ts';
import { exit, useLanguage, type Environment } from './platform/environment.ts';
import { logError } from './platform/output.ts';
import { Interrupted, UsageError } from './platform/usage-error.ts';

/** A file of `commands/`: what `jimeng --help` says of it, and what it does; `run` returns the exit code. */
interface Command {
  help: () => string;
  run: (args: string[], environment: Environment) => Promise<number>;
}

/** In the order of the help. Each command is loaded only when it is called. */
const commands: Record<string, () => Promise<Command>> = {
  text: () => import('./commands/text.ts'),
  image: () => import('./commands/image.ts'),
  video: () => import('./commands/video.ts'),
  tasks: () => import('./commands/tasks.ts'),
  task: () => import('./commands/task.ts'),
  cancel: () => import('./commands/cancel.ts'),
  show: () => import('./commands/show.ts'),
  doctor: () => import('./commands/doctor.ts'),
  serve: () => import('./commands/serve.ts'),
  scaffold: () => import('./commands/scaffold.ts'),
  skill: () => import('./commands/skill.ts'),
  mcp: () => import('./commands/mcp.ts'),
};

/** Runs one command line and returns its exit code. Whatever goes wrong is told in a sentence; `JIMENG_DEBUG=1` adds where. */
export async function main(args: string[], environment: Environment): Promise<number> {
  const [name, ...rest] = args;
  const report = async (error: unknown): Promise<number> => {
    if (error instanceof Interrupted) return exit.interrupted;
    if (environment.env['JIMENG_DEBUG'] === '1') logError(traceOf(error, rest, environment));
    const { reportError } = await import('./generation/report.ts'); // and the schemas of all tasks behind it
    return reportError(error, rest.includes('--json'));
  };
  process.once('uncaughtException', (error: unknown) => {
    report(error).then(
      code => process.exit(code),
      () => process.exit(exit.failed),
    );
  });
  const output = new Promise<Error>(resolve => process.stdout.once('error', resolve));
  const code = await run(name, rest, environment).catch(report);
  // A reader such as `head` may leave before the end; a full disk is told.
  const lost = await Promise.race([
    output,
    new Promise<undefined>(resolve =>
      process.stdout.write('', () => setImmediate(() => resolve(undefined))),
    ),
  ]); // its error is told after that
  return lost === undefined || errorCode(lost) === 'EPIPE' ? code : report(lost);
}

async function run(
  name: string | undefined,
  rest: string[],
  environment: Environment,
): Promise<number> {
  await useLanguage(environment);
  const own = parseSessionId(environment.env['JIMENG_SESSION_ID'] ?? '');
  if (own.ok) own.session.recognise(); // commands that send none show what others sent, too
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    (name === undefined ? process.stderr : process.stdout).write(await help());
    return name === undefined ? exit.refused : exit.done;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!load) throw unknownCommand(name);
  return (await load()).run(rest, environment);
}

/** What `jimeng --help` prints: a text for each command. */
export async function help(): Promise<string> {
  const all = await Promise.all(Object.values(commands).map(load => load()));
  const texts = [
    l10n.t(
      `jimeng: pictures and videos from Jimeng (Dreamina) through a jimeng-api service of your own`,
    ),
    ...all.map(command => command.help()),
    l10n.t(`  jimeng --version
                             JIMENG_DEBUG=1 in the environment adds a stack trace to failures`),
  ];
  return `${texts.join('\n\n')}\n`;
}

function unknownCommand(name: string): UsageError {
  const names = Object.keys(commands);
  const sentence = l10n.t(
    'There is no command "{0}". The commands are: {1}.',
    name,
    names.join(', '),
  );
  return new UsageError(joinSentences(sentence, didYouMean(name, names)));
}

/** Where an error came from, and what caused it, without the session ID. */
function traceOf(error: unknown, args: readonly string[], { env }: Environment): string {
  const traces: string[] = [];
  for (
    let cause = error;
    cause !== undefined && traces.length < 5;
    cause = cause instanceof Error ? cause.cause : undefined
  )
    traces.push(cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause));

  const given = args.flatMap((arg, index) =>
    arg === '--session-id'
      ? (args[index + 1] ?? [])
      : arg.startsWith('--session-id=')
        ? arg.slice('--session-id='.length)
        : [],
  );
  const sessions = [...given, env['JIMENG_SESSION_ID'] ?? ''].map(parseSessionId);
  return maskSessions(
    sessions.reduce(
      (text, parsed) => (parsed.ok ? parsed.session.redact(text) : text),
      traces.join('\n'),
    ),
  );
}
