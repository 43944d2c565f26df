import * as vscode from 'vscode';
import { lazy } from '../../core/system/lazy.ts';
import type { FeatureContext } from '../platform/deps.ts';
import { Disposables } from '../platform/disposables.ts';

/** The tools that the manifest declares, and what is copied or inserted for agents elsewhere. */
export function registerAgents({ context, deps }: FeatureContext): Disposables {
  const owned = new Disposables();
  const { extension, extensionUri } = context;
  owned.command('copyMcpConfig', async () =>
    (await import('./copy-mcp-config.ts')).copyMcpConfig(extensionUri),
  );
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
