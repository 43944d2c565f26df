import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { Thumbnails } from '../../core/gallery/thumbnails.ts';
import { Converter, type ConverterOptions } from '../../core/images/converter.ts';
import { NodeFolder } from '../../core/output/node-folder.ts';
import { JimengClient, type Log } from '../../core/service/client.ts';
import type { Network } from '../../core/service/proxy.ts';
import type { SessionId } from '../../core/session/session.ts';
import { Balances } from '../../core/session/balances.ts';
import { Presets } from '../generate/presets.ts';
import { TaskQueue } from '../../core/queue/queue.ts';
import { Fingerprints } from '../../core/session/fingerprint.ts';
import { Ledger } from '../../core/queue/store.ts';
import { Executor } from '../../core/queue/execute/execute.ts';
import { Webhooks } from '../../core/queue/execute/webhook-listener.ts';
import { WorkerPool } from '../../core/system/worker-pool.ts';
import type { DemoMode } from '../service/demo-mode.ts';
import { codecs, dist } from './own-extension.ts';
import type { SessionStore } from '../session/session-store.ts';
import { settings } from './settings.ts';
import type { FactsReader } from '../gallery/disk.ts';
import { openInput } from './open-input.ts';
import { WaitingTasks } from '../tasks/waiting-tasks.ts';
import { accountFor } from '../tasks/account-for.ts';
import { WorkspaceFolder } from './workspace-folder.ts';
import { textOf } from '../../core/service/failures/failures.ts';
import { inBackground } from './background.ts';

/** The core, built for this window. */
export class Services {
  readonly ledger: Ledger;
  readonly executor: Executor;
  readonly queue: TaskQueue;
  readonly fingerprints: Fingerprints;
  readonly waiting: WaitingTasks;
  readonly balances: Balances;
  readonly presets: Presets;
  /** Makes pictures for pages. */
  readonly webWorker: ConverterOptions;
  /** Small pictures, for the gallery and for tooltips. */
  readonly thumbnails: Thumbnails;
  /** What pictures tell of themselves, for the gallery. */
  readonly factsReader: FactsReader;
  readonly #webhooks: Webhooks;
  readonly #converter: Converter;
  readonly #network: Network;
  readonly #log: Log;
  readonly #clients = new Map<string, JimengClient>();

  constructor(
    context: vscode.ExtensionContext,
    sessions: SessionStore,
    demo: DemoMode,
    network: Network,
    log: vscode.LogOutputChannel,
  ) {
    this.#network = network;
    const extension = context.extensionUri;
    const folder = join(context.globalStorageUri.fsPath, 'ledger');
    this.#log = {
      debug: text => (settings.logsPrompts ? log.info(text) : log.debug(text)),
      info: text => log.info(text),
      warn: text => log.warn(text),
    };
    this.webWorker = {
      workerUrl: new URL('web-worker.js', dist(extension)),
      codecs: codecs(extension),
    };
    this.#converter = new Converter({
      workerUrl: new URL('png-worker.js', dist(extension)),
      codecs: codecs(extension),
    });
    this.thumbnails = new Thumbnails(join(dirname(folder), 'thumbnails'), {
      workerUrl: new URL('thumbnail-worker.js', dist(extension)),
      codecs: codecs(extension),
    });
    this.factsReader = new WorkerPool(new URL('facts-worker.js', dist(extension)), 1);
    this.ledger = new Ledger(folder, log);
    this.executor = new Executor({
      ledger: this.ledger,
      connect: url => this.connect(url),
      openFolder: uri => openFolder(vscode.Uri.parse(uri)),
      converter: this.#converter,
      receivedFolder: this.ledger.receivedFolder,
      openInput,
      network,
      version: (context.extension.packageJSON as { version: string }).version,
      keepsPrompts: () => settings.metadata === 'all',
      // While the service calls, looking is only the net.
      pause: () =>
        this.#webhooks.isOn ? 12_000 + 6_000 * Math.random() : 3_000 + 2_000 * Math.random(),
    });
    this.#webhooks = openWebhooks(this.ledger, () => this.executor.poller.wake(), log);
    this.fingerprints = new Fingerprints(join(folder, 'salt'));
    this.balances = new Balances(join(dirname(folder), 'balances.json'));
    this.presets = new Presets(join(dirname(folder), 'presets.json'));
    this.queue = new TaskQueue({
      ledger: this.ledger,
      executor: this.executor,
      folder,
      log,
      resolveAccount: task =>
        accountFor(task, {
          sessions,
          demo,
          fingerprints: this.fingerprints,
          webhooks: this.#webhooks,
          connect: (url, session) => this.connect(url, session),
        }),
      policy: {
        lease: 'queue',
        resumes: () => true,
        ifHeldUp: 'wait',
        limits: () => ({ concurrency: settings.concurrency, slowAfter: settings.slowAfter }),
      },
    });
    this.waiting = new WaitingTasks(
      { ledger: this.ledger, queue: this.queue, fingerprints: this.fingerprints, sessions, demo },
      log,
    );
  }

  /**
   * A client for the service at this address. The session ID belongs to the configured service only; what asks for a
   * client without one, such as the watch over a task of another address, never carries it.
   */
  connect(url: string, session?: SessionId): JimengClient {
    const key = `${session?.reveal() ?? ''}\n${url}`;
    let client = this.#clients.get(key);
    if (!client) {
      client = new JimengClient({
        address: url,
        network: this.#network,
        log: this.#log,
        ...(session && { session }),
      });
      this.#clients.set(key, client);
    }
    return client;
  }

  /** Lets another window take over. */
  async dispose(): Promise<void> {
    this.waiting.dispose();
    this.ledger.dispose();
    await this.queue.dispose();
    await Promise.all([
      this.#webhooks.dispose(),
      this.#converter.dispose(),
      this.thumbnails.dispose(),
      this.factsReader.dispose(),
      ...[...this.#clients.values()].map(client => client.close()),
    ]);
  }
}

/** Only the window that has a folder open can write it where it is not on a local disk. */
function openFolder(uri: vscode.Uri): NodeFolder | WorkspaceFolder | undefined {
  if (uri.scheme === 'file') return new NodeFolder(uri.toString());
  return vscode.workspace.getWorkspaceFolder(uri) && new WorkspaceFolder(uri.toString());
}

/** The receiver of the service's calls, with this window's settings and messages. */
function openWebhooks(ledger: Ledger, wake: () => void, log: vscode.LogOutputChannel): Webhooks {
  return new Webhooks({
    ledger,
    wake,
    log,
    settings: () => settings.webhook,
    onPortTaken: (port, { message }) => {
      void vscode.window.showWarningMessage(
        vscode.l10n.t(
          'Port {0} for webhooks cannot be used: {1}. Tasks are polled instead.',
          port,
          message,
        ),
      );
    },
    onMissed: () => inBackground(warnMissed(), log),
  });
}

/** Says that the calls do not arrive. */
async function warnMissed(): Promise<void> {
  const open = vscode.l10n.t('Open Settings');
  if ((await vscode.window.showWarningMessage(textOf({ kind: 'webhookMissed' }), open)) === open)
    await vscode.commands.executeCommand('workbench.action.openSettings', 'jimeng.webhook');
}
