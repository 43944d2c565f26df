import * as vscode from 'vscode';
import { textOf } from '../../core/service/failures/failures.ts';
import type { Ledger } from '../../core/queue/store.ts';
import { Webhooks } from '../../core/queue/webhook-listener.ts';
import { inBackground } from '../platform/background.ts';
import { settings } from '../platform/settings.ts';

/** The receiver of the service's calls, with this window's settings and messages. */
export function openWebhooks(
  ledger: Ledger,
  wake: () => void,
  log: vscode.LogOutputChannel,
): Webhooks {
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
