import * as l10n from '@vscode/l10n';
import { exit, type Environment } from './environment.ts';
import { useLanguage } from './language.ts';
import { UsageError } from './usage-error.ts';

type Command = (args: string[], environment: Environment) => Promise<number>;

/** Each command is loaded only when it is called. */
const commands: Record<string, () => Promise<Command>> = {
  text: async () => (await import('./text.ts')).text,
  image: async () => (await import('./image.ts')).image,
  video: async () => (await import('./video.ts')).video,
  tasks: async () => (await import('./tasks.ts')).tasks,
  task: async () => (await import('./task.ts')).task,
  cancel: async () => (await import('./cancel.ts')).cancel,
  show: async () => (await import('./show.ts')).show,
  scaffold: async () => (await import('./scaffold.ts')).scaffold,
  skill: async () => (await import('./skill.ts')).skill,
  doctor: async () => (await import('./doctor.ts')).doctor,
  serve: async () => (await import('./serve.ts')).serve,
  mcp: async () => (await import('./mcp.ts')).mcp,
};

/** Runs one command line and returns its exit code. */
export async function main(args: string[], environment: Environment): Promise<number> {
  const [name, ...rest] = args;
  await useLanguage(environment);
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const { help } = await import('./help.ts');
    (name === undefined ? process.stderr : process.stdout).write(help());
    return name === undefined ? exit.refused : exit.done;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  try {
    if (!load) {
      throw new UsageError(l10n.t('There is no command "{0}". The commands are: {1}.', name, Object.keys(commands).join(', ')));
    }
    return await (await load())(rest, environment);
  } catch (error) {
    const { reportError } = await import('./report.ts'); // and the schemas of all tasks behind it
    return reportError(error, rest.includes('--json'));
  }
}
