import * as l10n from '@vscode/l10n';
import { openServices } from '../services.ts';
import { readAddress, type Environment } from '../platform/environment.ts';
import { findTask, look } from '../generation/look-up.ts';
import { recover } from '../generation/recover.ts';
import { saveTask } from '../generation/save-task.ts';
import { interruptible } from '../platform/signals.ts';
import { onlyId, parseCommandLine } from '../platform/usage-error.ts';

/** Its text in `jimeng --help`. */
export const help = (): string =>
  l10n.t(`  jimeng task ID             the status of a task
      --wait                 until it is done
      --save                 save its missing pictures, in its folder or --output-dir
      --json`);

/** `jimeng task ID`: a task's status, by the service's id or ours; `--wait` waits until it is done, `--save` saves its pictures. */
export async function run(args: string[], environment: Environment): Promise<number> {
  const { values, positionals } = parseCommandLine({
    args,
    allowPositionals: true,
    options: {
      wait: { type: 'boolean', default: false },
      save: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      'api-url': { type: 'string' },
      'output-dir': { type: 'string' },
    },
  });
  const id = onlyId(positionals);
  const address = readAddress(values['api-url'], environment).url;
  const { wait, json, save } = values;
  const services = openServices(environment);
  const { ledger, executor } = services;
  const queue = services.openQueue({ resumes: () => false });
  try {
    return await interruptible(async interrupted => {
      interrupted.addEventListener('abort', () => executor.dispose());
      const known = await findTask(id, ledger);
      const recovered = recover(queue, services, environment, other => other.id !== known?.id);
      const client = services.connect(known?.service.url ?? address); // a task is looked up at its own service, whatever the current address is
      const done = save
        ? saveTask(
            id,
            {
              services,
              queue,
              client,
              address,
              interrupted,
              wait,
              json,
              named: values['output-dir'],
            },
            environment,
          )
        : look(known, id, { client, address, executor, interrupted, wait, json });
      return done.finally(() => (interrupted.aborted ? undefined : recovered));
    });
  } finally {
    await queue.dispose();
    await services.close();
  }
}
