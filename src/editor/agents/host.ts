import { join } from 'node:path';
import envPaths from 'env-paths';
import * as vscode from 'vscode';
import { DailyQuota } from '../../agents/quota.ts';
import { whenDone } from '../../core/queue/when-done.ts';
import type { AgentHost, Account, NextStep } from '../../agents/host.ts';
import { Refusal } from '../../agents/errors.ts';
import type { SessionId } from '../../core/session/session.ts';
import type { Task } from '../../core/queue/task.ts';
import type { Ledger } from '../../core/queue/store.ts';
import type { PreparedRequest } from '../../core/queue/prepare.ts';
import { joinSentences } from '../../core/service/failures/failures.ts';
import type { CommandOutcome } from '../../core/queue/commands.ts';
import type { Deps } from '../platform/deps.ts';
import { openInput } from '../platform/open-input.ts';
import { assertReachable, folderOf, mayBeUsed } from '../generate/output-folder.ts';
import { serviceAsSet, type ServiceInUse } from '../service/service-in-use.ts';
import { settings } from '../platform/settings.ts';
import { nextStepFor, reasonSentence } from '../tasks/waiting-texts.ts';

/** The editor's own queue, ledger and sessions, so that the Tasks view shows what agents ask for. */
export class EditorHost implements AgentHost {
  readonly ledger: Ledger;
  readonly openInput = openInput;
  /** MCP servers on this machine count there too. */
  readonly quota = new DailyQuota(join(envPaths('jimeng', { suffix: '' }).data, 'agents'));
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.ledger = deps.services.ledger;
  }

  get dailyLimit(): number {
    return settings.agentsDailyLimit;
  }

  async account(): Promise<Account> {
    const { url, embedded, unconfirmed } = await serviceAsSet(this.#deps);
    if (unconfirmed)
      throw new Refusal(
        'unencrypted',
        `${url} is another machine, and without https the session ID could be read on the way.`,
        'consent',
      );
    const { region } = await this.#session(embedded);
    const { kind, demo } = await this.#deps.services.connect(url).about();
    return { service: { url, demo, kind }, region };
  }

  async #session(embedded: ServiceInUse['embedded']): Promise<SessionId> {
    const { demo, sessions } = this.#deps;
    if (embedded) return demo.session;
    if (await sessions.isStale())
      throw new Refusal('sessionStale', 'The session ID was changed in another window.', 'reload');
    const session = await sessions.get();
    if (!session) throw new Refusal('noSession', 'There is no session ID.', 'session');
    return session;
  }

  roots(): Promise<string[]> {
    const local = (vscode.workspace.workspaceFolders ?? []).filter(
      ({ uri }) => uri.scheme === 'file',
    );
    const first = usualWorkspace();
    return Promise.resolve(
      local.sort((a, b) => Number(b === first) - Number(a === first)).map(({ uri }) => uri.fsPath),
    );
  }

  async defaultFolder(): Promise<string> {
    const workspace = usualWorkspace();
    if (!workspace) throw new Refusal('noProject', 'No folder is open in the editor.', 'project');
    await assertReachable(workspace);
    const folder = folderOf(workspace);
    if (!(await mayBeUsed(folder, workspace, this.#deps.memory)))
      throw new Refusal(
        'outsideProject',
        `The person's setting "jimeng.outputDirectory" leads out of the workspace, to ${folder.fsPath}, which they have not confirmed. Name a folder inside if they agree.`,
      );

    return folder.toString();
  }

  async enqueue(request: PreparedRequest): Promise<{ id: string }> {
    const added = await this.#deps.services.queue.add(request);
    this.#deps.notifier.expect(added.id, 'background'); // the usual notification of what comes of it
    return added;
  }

  finished(id: string, signal: AbortSignal): Promise<unknown> {
    return whenDone(this.ledger, id, signal);
  }

  cancel(id: string): Promise<CommandOutcome> {
    return this.#deps.services.queue.command({ type: 'cancel', id });
  }

  fetchMissing(id: string, folder: string | undefined): Promise<CommandOutcome> {
    return this.#deps.services.queue.command({
      type: 'fetchMissing',
      id,
      ...(folder !== undefined && { folder }),
    });
  }

  /** By the window that leads, whichever that is. */
  isWorkedOn(): Promise<boolean> {
    return Promise.resolve(true);
  }

  async pauseReason({ id }: Task): Promise<string | undefined> {
    const { waiting } = this.#deps.services;
    await waiting.refresh();
    const reason = waiting.reasons.get(id);
    const next = reason && nextStepFor(reason);
    return (
      next && joinSentences(reasonSentence(reason), vscode.l10n.t('Command: "{0}".', next.title))
    );
  }

  nextStep(what: NextStep): string {
    switch (what) {
      case 'session':
        return vscode.l10n.t(
          'Run the command "Jimeng: Set Session ID" and enter it there. Never paste it into the chat.',
        );
      case 'reload':
        return vscode.l10n.t('Reload the window: run the command "Developer: Reload Window".');
      case 'service':
        return vscode.l10n.t(
          'Run the command "Jimeng: Start Service", or "Jimeng: Set Address of the Service".',
        );
      case 'consent':
        return vscode.l10n.t(
          'Run the command "Jimeng: Generate Image" once and confirm that the session ID is sent unencrypted, or use an https address.',
        );
      case 'quota':
        return vscode.l10n.t('To allow more, raise the setting "jimeng.agents.dailyLimit".');
      case 'project':
        return vscode.l10n.t('Open the folder of the project in the editor.');
    }
  }

  async redact(text: string): Promise<string> {
    return (await this.#deps.sessions.all()).reduce(
      (redacted, session) => session.redact(redacted),
      text,
    );
  }
}

/** The one of the active editor, else the first. */
function usualWorkspace(): vscode.WorkspaceFolder | undefined {
  const active = vscode.window.activeTextEditor?.document.uri;
  return (
    (active && vscode.workspace.getWorkspaceFolder(active)) ||
    vscode.workspace.workspaceFolders?.[0]
  );
}
