import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import envPaths from 'env-paths';
import { Converter } from '../core/images/converter.ts';
import { trustedCertificates } from '../core/service/certificates.ts';
import { proxiesOf, type Network } from '../core/service/proxy.ts';
import { NodeFolder } from '../core/output/node-folder.ts';
import { JimengClient } from '../core/service/client.ts';
import { Ledger } from '../core/queue/store.ts';
import { Executor, type ExecutorOptions } from '../core/queue/execute/execute.ts';
import type { SendOptions } from '../core/queue/execute/send.ts';
import type { QueuePolicy } from '../core/queue/policy.ts';
import { TaskQueue } from '../core/queue/queue.ts';
import { openFile } from '../core/inputs/open-file.ts';
import type { Environment } from './platform/environment.ts';
import { UsageError } from './platform/usage-error.ts';

/** A terminal has no log: errors are in the answer, and requests are shown by `--dry-run`. */
export const SILENT_LOG = {
  info() {
    /* not read */
  },
  debug() {
    /* not read */
  },
  warn() {
    /* not read */
  },
};

/** How calls leave this machine, from the environment. */
export function networkOf({ env }: Pick<Environment, 'env'>): Network {
  const settings = { ...proxiesOf(env), certificates: trustedCertificates };
  return () => settings;
}

/** How many tasks are sent to the service at once, and when a task counts as slow: as in the editor. */
const MAX_AT_SERVICE = 2;
const SLOW_AFTER_MS = 10 * 60_000;

/** The ledger of this user's terminals, and the executor of tasks. */
export interface Services {
  ledger: Ledger;
  executor: Executor;
  /** The queue of this process, which works on its own tasks. */
  openQueue: (options: {
    /** Whether a task left by another process is resumed automatically. */
    resumes: QueuePolicy['resumes'];
    /** The paying account; undefined if nothing is sent. */
    account?: SendOptions | undefined;
  }) => TaskQueue;
  /** A client without a session for the service at this address. */
  connect: (address: string) => JimengClient;
  close(): Promise<unknown>;
}

/** The folder for this user's data: the ledger, and the agents' quota. */
export function dataFolder(): string {
  return envPaths('jimeng', { suffix: '' }).data;
}

/** What pictures record about themselves. Throws UsageError for `JIMENG_METADATA`. */
function pictureOptions(
  environment: Environment,
): Pick<ExecutorOptions, 'version' | 'keepsPrompts'> {
  const metadata = environment.env['JIMENG_METADATA'] ?? 'all';
  if (metadata !== 'all' && metadata !== 'noPrompt')
    throw new UsageError(l10n.t('JIMENG_METADATA is "all" or "noPrompt", not "{0}".', metadata));
  return { version: environment.version, keepsPrompts: () => metadata === 'all' };
}

/** Throws UsageError for `JIMENG_METADATA`. */
export function openServices(environment: Environment): Services {
  const { dist } = environment;
  const pictures = pictureOptions(environment);
  const network = networkOf(environment);
  const clients = new Map<string, JimengClient>();
  // Polling needs no session, so none is sent to an old address.
  const connect = (address: string) => {
    const client = clients.get(address) ?? new JimengClient({ address, network, log: SILENT_LOG });
    clients.set(address, client);
    return client;
  };
  const converter = new Converter({
    workerUrl: new URL('png-worker.js', dist),
    codecs: new URL('codecs/', dist),
  });
  const ledger = new Ledger(join(dataFolder(), 'ledger'), SILENT_LOG);
  const executor = new Executor({
    ledger,
    converter,
    connect,
    openFolder: uri => new NodeFolder(uri),
    receivedFolder: ledger.receivedFolder,
    openInput: openFile,
    network,
    ...pictures,
  });
  return {
    ledger,
    executor,
    openQueue: ({ resumes, account }) =>
      new TaskQueue({
        ledger,
        executor,
        folder: join(dataFolder(), 'ledger'),
        resolveAccount: () => Promise.resolve(account),
        policy: {
          lease: 'task',
          resumes,
          ifHeldUp: 'end',
          limits: () => ({ concurrency: MAX_AT_SERVICE, slowAfter: SLOW_AFTER_MS }),
        },
        log: SILENT_LOG,
      }),
    connect,
    close: () =>
      Promise.all([
        converter.dispose(),
        ledger.prune(),
        ...[...clients.values()].map(client => client.close()),
      ]),
  };
}
