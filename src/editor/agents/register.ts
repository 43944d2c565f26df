import { fileURLToPath } from 'node:url';
import * as vscode from 'vscode';
import { lazy } from '../../core/system/lazy.ts';
import type { FeatureContext } from '../platform/deps.ts';
import { Disposables } from '../platform/disposables.ts';
import { dist } from '../platform/own-extension.ts';
import { settings } from '../platform/settings.ts';

/** The tools that the manifest declares, and what is copied or inserted for agents elsewhere. */
export function registerAgents({ context, deps }: FeatureContext): Disposables {
  const owned = new Disposables();
  const { extension, extensionUri } = context;
  owned.command('copyMcpConfig', () => copyMcpConfig(extensionUri));
  owned.command('insertAsyncClient', async () =>
    (await import('./insert-client.ts')).insertAsyncClient(extensionUri),
  );
  const { contributes } = extension.packageJSON as {
    contributes: { languageModelTools: { name: string }[] };
  };
  for (const { name } of contributes.languageModelTools) {
    const tool = lazy(async () => new (await import('./tool.ts')).EditorTool(name, await deps()));
    owned.add(
      vscode.lm.registerTool<object>(name, {
        prepareInvocation: async options => (await tool()).prepareInvocation(options),
        invoke: async (options, token) => (await tool()).invoke(options, token),
      }),
    );
  }
  return owned;
}

/** What a session ID never looks like, so that a forgotten one is refused before anything is sent. */
const placeholder = '<your session ID>';

/** Copies what other agents need to start `jimeng mcp`. The real session ID is not in it: files such as this one are shared. */
async function copyMcpConfig(extension: vscode.Uri): Promise<void> {
  const config = {
    mcpServers: {
      jimeng: {
        command: 'node',
        args: [fileURLToPath(new URL('cli.js', dist(extension))), 'mcp'],
        env: { JIMENG_SESSION_ID: placeholder, JIMENG_API_URL: settings.apiUrl },
      },
    },
  };
  await vscode.env.clipboard.writeText(JSON.stringify(config, null, 2));
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      'Copied. It goes into .mcp.json of the project for Claude Code, ~/.cursor/mcp.json for Cursor, or where your client keeps its MCP servers. Put your session ID in place of {0}, keep the file out of version control, and copy it again after an update of the extension. It needs Node.js 22.19 or newer.',
      placeholder,
    ),
  );
}
