import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as l10n from '@vscode/l10n';
import { DailyQuota } from '../../agents/quota.ts';
import { whenDone } from '../../core/queue/when-done.ts';
import type { AgentHost, Account, NextStep } from '../../agents/host.ts';
import { Refusal } from '../../agents/errors.ts';
import { isInside } from '../../core/system/inside.ts';
import { openFile } from '../../core/inputs/open-file.ts';
import { JimengClient } from '../../core/service/client.ts';
import { parseSessionId, type SessionId } from '../../core/session/session.ts';
import type { Task } from '../../core/queue/task.ts';
import type { TaskQueue } from '../../core/queue/queue.ts';
import type { Ledger } from '../../core/queue/store.ts';
import type { PreparedRequest } from '../../core/queue/prepare.ts';
import type { CommandOutcome } from '../../core/queue/commands.ts';
import { dataFolder, openServices, SILENT_LOG, type Services, networkOf } from '../services.ts';
import type { Environment } from '../platform/environment.ts';
import { isTooWide, projectRoot } from './project-root.ts';

export interface McpHostOptions {
  /** The service's address, as `parseServiceAddress` gives it. */
  url: string;
  /** The URIs of the client's roots, where it has any. */
  clientRoots: () => Promise<readonly string[]>;
  dailyLimit: number;
  environment: Environment;
}

/** What agents reach through an MCP server: session ID and address are those of its environment, for as long as it runs. */
export class McpHost implements AgentHost {
  readonly ledger: Ledger;
  readonly openInput = openFile;
  readonly dailyLimit: number;
  readonly quota = new DailyQuota(join(dataFolder(), 'agents'));
  readonly #options: McpHostOptions;
  readonly #services: Services;
  readonly #queue: TaskQueue;
  readonly #paying: JimengClient | undefined;
  readonly #session: SessionId | undefined;
  /** Why what the environment has is no session ID. */
  readonly #noSession: string =
    'There is no session ID: JIMENG_SESSION_ID is not set for this MCP server.';

  constructor(options: McpHostOptions) {
    const { url, dailyLimit, environment } = options;
    this.#options = options;
    this.dailyLimit = dailyLimit;
    const given = environment.env['JIMENG_SESSION_ID'];
    const parsed = given ? parseSessionId(given) : undefined;
    if (parsed?.ok) {
      this.#session = parsed.session;
      this.#paying = new JimengClient({
        address: url,
        session: parsed.session,
        network: networkOf(environment),
        log: SILENT_LOG,
      });
    } else if (parsed) {
      this.#noSession = `JIMENG_SESSION_ID of this MCP server is no session ID: ${parsed.reason}`;
    }
    this.#services = openServices(environment);
    this.ledger = this.#services.ledger;
    this.#queue = this.#services.openQueue({
      resumes: ({ by }) => by === 'agent',
      account: this.#paying && { client: this.#paying },
    });
  }

  /** Sees what other processes do from now on, and goes on with what earlier servers left. */
  async begin(): Promise<void> {
    await this.ledger.follow();
    this.#queue.wake();
    await this.ledger.prune();
  }

  /** Loses nothing that is paid for; see `TaskQueue.finish`. */
  async end(): Promise<void> {
    await this.#queue.finish();
    this.ledger.dispose();
    await Promise.all([this.#services.close(), this.#paying?.close()]);
  }

  async account(): Promise<Account> {
    if (!this.#session) throw new Refusal('noSession', this.#noSession, 'session');
    const { url } = this.#options;
    const { kind, demo } = await this.#services.connect(url).about();
    return { service: { url, demo, kind }, region: this.#session.region };
  }

  /** The client's, else the project that the server was started in. Nothing where that would be a whole disk or home. */
  async roots(): Promise<string[]> {
    const {
      clientRoots,
      environment: { cwd },
    } = this.#options;
    const named = (await clientRoots())
      .filter(uri => uri.startsWith('file:') && URL.canParse(uri))
      .map(uri => fileURLToPath(uri));
    return named.length > 0 ? named : [projectRoot(cwd)].filter(path => !isTooWide(path));
  }

  async defaultFolder(): Promise<string> {
    const [root] = await this.roots();
    if (root === undefined)
      throw new Refusal('noProject', 'It is not known which project this is.', 'project');
    const folder = join(root, 'pic');
    if (!(await isInside(folder, root)))
      throw new Refusal(
        'outsideProject',
        `${folder} is a link that leads out of the project. Name another folder in the project.`,
      );
    return pathToFileURL(folder).href;
  }

  async enqueue(request: PreparedRequest): Promise<{ id: string }> {
    if (!this.#paying) throw new Error('A task needs a session.');
    return this.#queue.add(request);
  }

  finished(id: string, signal: AbortSignal): Promise<unknown> {
    return whenDone(this.ledger, id, signal);
  }

  cancel(id: string): Promise<CommandOutcome> {
    return this.#queue.command({ type: 'cancel', id });
  }

  fetchMissing(id: string, folder: string | undefined): Promise<CommandOutcome> {
    return this.#queue.command({
      type: 'fetchMissing',
      id,
      ...(folder !== undefined && { folder }),
    });
  }

  isWorkedOn({ id }: Task): Promise<boolean> {
    return this.ledger.isHeld(id);
  }

  pauseReason(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  nextStep(what: NextStep): string {
    switch (what) {
      case 'session':
      case 'reload':
        return l10n.t(
          'Put the session ID, which is the cookie "sessionid" of jimeng.jianying.com or dreamina.capcut.com, into JIMENG_SESSION_ID in the MCP configuration, and restart the server. Never paste it into the chat.',
        );
      case 'service':
        return l10n.t(
          'Start the jimeng-api service at {0}, or correct JIMENG_API_URL in the MCP configuration and restart the server.',
          this.#options.url,
        );
      case 'consent':
        return l10n.t(
          'Use an https address, or start the server with --allow-http if you trust the network.',
        );
      case 'quota':
        return l10n.t(
          'To allow more, set JIMENG_DAILY_LIMIT in the MCP configuration and restart the server.',
        );
      case 'project':
        return l10n.t('Start the MCP client in the folder of the project.');
    }
  }

  redact(text: string): Promise<string> {
    return Promise.resolve(this.#session?.redact(text) ?? text);
  }
}
