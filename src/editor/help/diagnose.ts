import * as vscode from 'vscode';
import { diagnose as examine, type Subject } from '../../core/doctor/diagnose.ts';
import {
  lineOf,
  problemsIn,
  titleOf,
  type Finding,
  type Level,
} from '../../core/doctor/finding.ts';
import {
  ownAddresses,
  proxySettingsOf,
  withoutCredentials,
  type ProxySetting,
} from '../../core/doctor/network.ts';
import { parseServiceAddress } from '../../core/service/address.ts';
import { JimengError, joinSentences } from '../../core/service/failures/failures.ts';
import { noteCredits } from '../session/credits.ts';
import type { Deps } from '../platform/deps.ts';
import { outputFolderFinding } from '../generate/output-folder.ts';
import { buttonOf, reportError, type Button } from '../platform/show-failure.ts';
import { serviceInUse } from '../service/service-in-use.ts';
import { settings } from '../platform/settings.ts';
import { ownExtension, versions } from '../platform/own-extension.ts';
import { showPick } from '../generate/wizard/step.ts';

interface Entry extends vscode.QuickPickItem {
  run?: () => Thenable<unknown>;
}

/** "Diagnose": checks everything between a prompt and a picture, and offers a fix for each finding. */
export async function diagnose(deps: Deps): Promise<void> {
  try {
    const subject = await subjectOf(deps);
    const findings = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t('Jimeng: checking service, session ID and settings…'),
      },
      () => examine(subject),
    );
    await showFindings(findings);
  } catch (error) {
    await reportError(error, deps.log);
  }
}

async function showFindings(findings: readonly Finding[]): Promise<void> {
  for (let active: string | undefined; ;) {
    const chosen = await showPick<Entry>({
      title: vscode.l10n.t('Jimeng: Diagnose'),
      placeholder: summary(findings),
      items: () => entries(findings),
      active: ({ label }) => label === active,
    });
    if (!chosen) return;
    if (chosen.run) {
      await chosen.run();
      return;
    }
    active = chosen.label; // nothing can be done about it
  }
}

function summary(findings: readonly Finding[]): string {
  const problems = problemsIn(findings);
  if (problems === 0) return vscode.l10n.t('No problems found. Select an item to act on it');
  return problems === 1
    ? vscode.l10n.t('1 problem found. Select an item to act on it')
    : vscode.l10n.t('{0} problems found. Select an item to act on it', problems);
}

/** Its own button; one that checks again if the fix is elsewhere. */
function fixOf({ fix, level }: Finding): Button | undefined {
  const own = fix === 'diagnose' ? undefined : buttonOf(fix);
  return (
    own ??
    (level === 'ok'
      ? undefined
      : {
          title: vscode.l10n.t('Check Again'),
          run: () => vscode.commands.executeCommand('jimeng.diagnose'),
        })
  );
}

const icons: Record<Level, string> = { problem: 'error', note: 'info', ok: 'pass' };

/** Problems come first. */
function entries(findings: readonly Finding[]): Entry[] {
  const report = () => findings.map(lineOf).join('\n');
  const act = (icon: string, label: string, run: () => Thenable<unknown>): Entry => ({
    label: `$(${icon}) ${label}`,
    run,
  });
  const claim = buttonOf('claimCredits');
  const rows = (level: Level) =>
    findings
      .filter(finding => finding.level === level)
      .map((finding): Entry => {
        const button = fixOf(finding);
        return {
          label: `$(${icons[level]}) ${titleOf(finding.kind)}`,
          detail: joinSentences(finding.sentence, finding.advice ?? ''),
          ...(button && { description: `$(arrow-right) ${button.title}`, run: button.run }),
        };
      });
  const separator = (label: string): Entry => ({ label, kind: vscode.QuickPickItemKind.Separator });
  return [
    ...rows('problem'),
    ...rows('note'),
    separator(''),
    ...(claim && findings.some(({ kind, fix }) => kind === 'credits' && fix !== 'claimCredits')
      ? [act('gift', claim.title, claim.run)]
      : []),
    act('copy', vscode.l10n.t('Copy Report'), () => vscode.env.clipboard.writeText(report())),
    act('go-to-file', vscode.l10n.t('Open Report'), async () => {
      await vscode.window.showTextDocument(
        await vscode.workspace.openTextDocument({ content: report() }),
      );
    }),
    separator(vscode.l10n.t('OK')),
    ...rows('ok'),
  ];
}

async function subjectOf(deps: Deps): Promise<Subject> {
  const { demo, sessions, services } = deps;
  // Asks whether the session ID may be sent unencrypted, if necessary; a bad address is a finding.
  const service = await serviceInUse(deps).catch((error: unknown) => {
    if (error instanceof JimengError) return undefined;
    throw error;
  });
  const session = demo.isOn ? demo.session : await sessions.get();
  const { remoteName } = vscode.env;
  return {
    versions: versions(),
    address: parseServiceAddress(service?.url ?? settings.apiUrl),
    connect: (url, own) => services.connect(url, own),
    embedded: demo.isOn,
    session: session && { ok: true, session, regionGiven: true },
    maySend: service !== undefined,
    onCredits: credits => (session ? noteCredits(session, credits, deps) : Promise.resolve()),
    webhooks: settings.webhook,
    proxies: [...editorProxies(), ...proxySettingsOf(process.env)],
    ...(remoteName !== undefined && {
      remote: {
        name: remoteName,
        runsThere: ownExtension()?.extensionKind === vscode.ExtensionKind.Workspace,
      },
    }),
    ownAddresses: ownAddresses(),
    folder: () => outputFolderFinding(deps.memory),
  };
}

/** The editor's own proxy settings. */
function editorProxies(): ProxySetting[] {
  const http = vscode.workspace.getConfiguration('http');
  const proxy = http.get<string>('proxy') ?? '';
  return proxy === ''
    ? []
    : [
        {
          source: 'http.proxy',
          value: `${withoutCredentials(proxy)} (http.proxySupport: ${http.get<string>('proxySupport') ?? ''})`,
        },
      ];
}
