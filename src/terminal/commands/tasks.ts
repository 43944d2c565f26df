import * as l10n from '@vscode/l10n';
import { JimengClient } from '../../core/service/client.ts';
import { SILENT_LOG, networkOf } from '../services.ts';
import { exit, readAddress, type Environment } from '../platform/environment.ts';
import { logError, oneLine, log, logJson } from '../platform/output.ts';
import { oneOf, parseCommandLine, wholeNumber } from '../platform/usage-error.ts';

const statuses = ['pending', 'queued', 'processing', 'completed', 'failed', 'cancelled'];
const types = ['image', 'composition', 'video'];

/** Its text in `jimeng --help`. */
export const help = (): string =>
  l10n.t(`  jimeng tasks               the service's tasks, including other people's
      --status S --type T --limit N --json`);

/** `jimeng tasks`: the service's list, newest first, including other people's tasks. */
export async function run(args: string[], environment: Environment): Promise<number> {
  const { values } = parseCommandLine({
    args,
    options: {
      status: { type: 'string' },
      type: { type: 'string' },
      limit: { type: 'string', default: '20' },
      json: { type: 'boolean', default: false },
      'api-url': { type: 'string' },
    },
  });
  const status = oneOf('status', values.status, statuses);
  const type = oneOf('type', values.type, types);
  const limit = wholeNumber('limit', values.limit, 1, 10_000);
  const client = new JimengClient({
    address: readAddress(values['api-url'], environment).url,
    network: networkOf(environment),
    log: SILENT_LOG,
  });
  try {
    const list = await client.listTasks({
      limit,
      ...(status !== undefined && { status }),
      ...(type !== undefined && { type }),
    });
    if (values.json) {
      logJson({
        tasks: list.map(task => ({
          task_id: task.serviceTaskId,
          status: task.status,
          type: task.type,
          model: task.model,
          prompt: task.prompt,
          created_at:
            task.createdAt === undefined ? undefined : new Date(task.createdAt).toISOString(),
        })),
      });
      return exit.done;
    }
    for (const task of list) {
      const time = task.createdAt === undefined ? '' : new Date(task.createdAt).toLocaleString();
      log(
        [
          oneLine(task.serviceTaskId),
          oneLine(task.status).padEnd(10),
          time,
          oneLine(task.model ?? ''),
          oneLine(task.prompt ?? '').slice(0, 60),
        ].join('  '),
      );
    }
    if (list.length === 0)
      logError(l10n.t('The service has no such tasks. It forgets finished ones after an hour.'));
    return exit.done;
  } finally {
    await client.close();
  }
}
