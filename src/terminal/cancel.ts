import * as l10n from '@vscode/l10n';
import { JimengClient } from '../core/service/client.ts';
import { readAddress } from './address.ts';
import { silent } from './desk.ts';
import { exit, type Environment } from './environment.ts';
import { networkOf } from './network.ts';
import { oneLine, print, printJson } from './output.ts';
import { onlyId, parseCommandLine } from './usage-error.ts';

/** `jimeng cancel ID`: what waits at the service. Throws JimengError (`notCancellable`) where it is at work already. */
export async function cancel(args: string[], environment: Environment): Promise<number> {
  const { values, positionals } = parseCommandLine({ args, allowPositionals: true, options: { json: { type: 'boolean', default: false }, 'api-url': { type: 'string' } } });
  const id = onlyId(positionals);
  const client = new JimengClient({ address: readAddress(values['api-url'], environment).url, network: networkOf(environment), log: silent });
  try {
    await client.cancelTask(id);
    if (values.json) { printJson({ task_id: id, status: 'cancelled' }); } else { print(l10n.t('The task {0} is cancelled; it costs nothing.', oneLine(id))); }
    return exit.done;
  } finally {
    await client.close();
  }
}
