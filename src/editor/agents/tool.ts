import * as vscode from 'vscode';
import { tools, callTool, type Tool } from '../../agents/tools.ts';
import type { Deps } from '../platform/deps.ts';
import { EditorHost } from './host.ts';
import type { AgentHost } from '../../agents/host.ts';
import { requestOf, type GenerateOptions } from '../../agents/generate.ts';
import { accept } from '../../core/request/check.ts';
import { nameOf } from '../../core/inputs/address.ts';
import { JimengError, textOf } from '../../core/service/failures/failures.ts';
import { recallCredits } from '../session/credits.ts';
import { creditsText, pictures } from '../tasks/task-texts.ts';

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

/**
 * What a generating tool is about to do, for the person to allow. A call that will be refused is shown too, with the
 * reason: by the time it runs it may be right. Asks the service nothing.
 */
export async function preview(
  read: () => GenerateOptions,
  host: AgentHost,
  { demo, sessions, services }: Pick<Deps, 'demo' | 'sessions' | 'services'>,
): Promise<vscode.PreparedToolInvocation> {
  const text = new vscode.MarkdownString();
  const say = (sentence: string) => text.appendMarkdown('\n\n').appendText(sentence); // as it is: a prompt may hold Markdown
  const line = (label: string, value: string) => say(vscode.l10n.t('{0}: {1}', label, value));
  let kind: GenerateOptions['kind'] = 'image';
  try {
    const wanted = read();
    ({ kind } = wanted);
    say(wanted.prompt);
    const session = demo.isOn ? demo.session : await sessions.get();
    const { request, folder } = await requestOf(wanted, host);
    const checked = accept(request, session?.region ?? 'cn', { unknownModels: 'refuse' });
    line(vscode.l10n.t('Model'), checked.outcome.model);
    if (checked.kind === 'image') {
      const { width, height, ratio, resolution } = checked.outcome;
      line(vscode.l10n.t('Size'), `${width}×${height} (${ratio}, ${resolution})`);
      line(vscode.l10n.t('Makes'), vscode.l10n.t('about {0}', pictures(checked.outcome.pictures)));
    } else {
      const { duration, ratio, resolution } = checked.outcome;
      line(
        vscode.l10n.t('Makes'),
        [vscode.l10n.t('a video of {0} seconds', duration), ratio, resolution]
          .filter(part => part !== undefined)
          .join(' · '),
      );
    }
    if (request.images)
      line(vscode.l10n.t('Sends'), request.images.map(({ uri }) => nameOf(uri)).join(', '));
    line(vscode.l10n.t('Saves into'), vscode.workspace.asRelativePath(vscode.Uri.parse(folder)));
    for (const { message } of checked.warnings) say(message);
    const credits = session && !demo.isOn ? await recallCredits(session, { services }) : undefined;
    if (credits) line(vscode.l10n.t('Credits'), creditsText(credits));
  } catch (error) {
    line(
      vscode.l10n.t('It will be refused'),
      error instanceof JimengError
        ? textOf(error.failure)
        : error instanceof Error
          ? error.message
          : String(error),
    );
  }
  say(
    demo.isOn
      ? vscode.l10n.t('The demo service draws it itself; no credits are spent.')
      : vscode.l10n.t('This spends credits of your account, possibly even if you cancel it.'),
  );
  return {
    invocationMessage:
      kind === 'video'
        ? vscode.l10n.t('Generating a video with Jimeng')
        : vscode.l10n.t('Generating pictures with Jimeng'),
    confirmationMessages: {
      title:
        kind === 'video'
          ? vscode.l10n.t('Generate a video with Jimeng?')
          : vscode.l10n.t('Generate pictures with Jimeng?'),
      message: text,
    },
  };
}
