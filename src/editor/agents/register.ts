import * as vscode from 'vscode';
import type { Deps } from '../platform/deps.ts';
import { lazy } from '../../core/system/lazy.ts';

/** Registers the tools that the manifest declares; what they are made of is loaded when one is first called. */
export function registerTools(
  extension: vscode.Extension<unknown>,
  deps: () => Promise<Deps>,
): vscode.Disposable {
  const { contributes } = extension.packageJSON as {
    contributes: { languageModelTools: { name: string }[] };
  };
  return vscode.Disposable.from(
    ...contributes.languageModelTools.map(({ name }) => {
      const tool = lazy(async () => new (await import('./tool.ts')).EditorTool(name, await deps()));
      return vscode.lm.registerTool<object>(name, {
        prepareInvocation: async options => (await tool()).prepareInvocation(options),
        invoke: async (options, token) => (await tool()).invoke(options, token),
      });
    }),
  );
}
