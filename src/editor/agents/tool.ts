import * as vscode from 'vscode';
import { tools, callTool, type Tool } from '../../agents/tools.ts';
import type { Deps } from '../platform/deps.ts';
import { EditorHost } from './host.ts';
import { preview } from './preview.ts';

/** One of the tools, as the editor calls it. */
export class EditorTool implements vscode.LanguageModelTool<object> {
  readonly #tool: Tool;
  readonly #deps: Deps;

  /** @param name one of `tools` */
  constructor(name: string, deps: Deps) {
    const tool = tools.find(known => known.name === name);
    if (!tool) throw new Error(`There is no tool ${name}.`);
    this.#tool = tool;
    this.#deps = deps;
  }

  /** What spends credits is shown, and asked for; the rest is only named. */
  async prepareInvocation({
    input,
  }: vscode.LanguageModelToolInvocationPrepareOptions<object>): Promise<vscode.PreparedToolInvocation> {
    const { wanted } = this.#tool;
    return wanted
      ? preview(() => wanted(input), new EditorHost(this.#deps), this.#deps)
      : { invocationMessage: vscode.l10n.t('Checking Jimeng tasks') };
  }

  /** Throws CancellationError where the call is given up. */
  async invoke(
    { input }: vscode.LanguageModelToolInvocationOptions<object>,
    token: vscode.CancellationToken,
  ): Promise<vscode.LanguageModelToolResult> {
    const given = new AbortController();
    const listening = token.onCancellationRequested(() => given.abort());
    if (token.isCancellationRequested) given.abort();
    try {
      const { text } = await callTool(this.#tool, input, new EditorHost(this.#deps), given.signal);
      return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
    } catch (error) {
      throw given.signal.aborted ? new vscode.CancellationError() : error;
    } finally {
      listening.dispose();
    }
  }
}
