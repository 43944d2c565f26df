import * as l10n from '@vscode/l10n';
import { JimengClient } from '../../core/service/client.ts';
import { JimengError } from '../../core/service/failures/failures.ts';
import { SILENT_LOG, networkOf } from '../services.ts';
import { exit, readAddress, type Environment } from '../platform/environment.ts';
import { oneLine, log, logJson } from '../platform/output.ts';
import { onlyId, parseCommandLine, UsageError } from '../platform/usage-error.ts';

/** Its text in `jimeng --help`. */
export const help = (): string =>
  l10n.t(
    `  jimeng cancel ID           cancel a task that still waits at the service; costs nothing`,
  );

/**
 * `jimeng cancel ID`: cancels a task waiting at the service. Throws JimengError (`notCancellable`) if it is already
 * running.
 */
export async function run(args: string[], environment: Environment): Promise<number> {
  const { values, positionals } = parseCommandLine({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, 'api-url': { type: 'string' } },
  });
  const id = onlyId(positionals);
  const client = new JimengClient({
    address: readAddress(values['api-url'], environment).url,
    network: networkOf(environment),
    log: SILENT_LOG,
  });
  try {
    try {
      await client.cancelTask(id);
    } catch (error) {
      if (!(error instanceof JimengError && error.failure.kind === 'notCancellable')) throw error;
      const { status } = await client.lookUp(id);
      if (status !== 'completed' && status !== 'failed' && status !== 'cancelled') throw error;
      throw new UsageError(
        status === 'cancelled'
          ? l10n.t('This task is already cancelled.')
          : l10n.t('This task is already done: jimeng task {0} --save', oneLine(id)),
      );
    }
    if (values.json) logJson({ task_id: id, status: 'cancelled' });
    else log(l10n.t('The task {0} is cancelled; it costs nothing.', oneLine(id)));
    return exit.done;
  } finally {
    await client.close();
  }
}
