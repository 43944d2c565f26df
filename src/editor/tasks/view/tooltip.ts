import * as vscode from 'vscode';
import { isFinal } from '../../../core/queue/transitions.ts';
import { nameOf } from '../../../core/inputs/address.ts';
import { chosenTexts } from '../../../core/request/option-values.ts';
import type { GenerationRequest } from '../../../core/request/schema.ts';
import { textOf } from '../../../core/service/failures/failures.ts';
import { failureOf, isSlow, serviceTaskIdOf, type Task } from '../../../core/queue/task.ts';
import type { WaitingReason } from '../../../core/queue/waiting-reason.ts';
import { settings } from '../../platform/settings.ts';
import { dateAndTime, statusText } from '../task-texts.ts';
import { uriOf } from '../../platform/files.ts';
import { nextStepFor, reasonSentence, shortReason } from '../waiting-texts.ts';

/**
 * Everything about a task, and why it is waiting. Texts of a prompt or the service are shown verbatim, never as Markdown.
 */
export function tooltip(task: Task, reason: WaitingReason | undefined): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  const line = (name: string, value: string) =>
    text.appendMarkdown(`\n\n**${name}** `).appendText(value);
  const said = (value: string) => text.appendMarkdown('\n\n').appendText(value);
  const { request } = task;
  const [first] = 'files' in task.state ? task.state.files : [];
  if (first && request.kind === 'image' && uriOf(first).scheme === 'file')
    text.appendMarkdown(`![](${uriOf(first).toString()}|width=160)\n\n`);
  text.appendText(request.prompt);
  line(vscode.l10n.t('State'), reason ? shortReason(reason) : statusText(task));
  const next = reason && nextStepFor(reason);
  if (next) {
    text.appendMarkdown(`\n\n${reasonSentence(reason)} [${next.title}](command:${next.command})`);
    text.isTrusted = { enabledCommands: [next.command] };
  }
  line(
    vscode.l10n.t('Model'),
    [
      task.model,
      ...(request.ratio === undefined ? [] : [request.ratio]),
      task.size,
      task.region.toUpperCase(),
    ].join(' · '),
  );
  if (request.images)
    line(
      inputsName(request),
      request.images.map(({ uri }, index) => `${index + 1}. ${nameOf(uri)}`).join(' · '),
    );
  for (const { label, value, unlisted } of chosenTexts(request.kind, request))
    if (!unlisted) line(label(), value);
  if (task.by) line(vscode.l10n.t('Requested By'), vscode.l10n.t('an agent'));
  line(vscode.l10n.t('Started'), dateAndTime(task.createdAt));
  line(
    vscode.l10n.t('Service'),
    task.service.demo
      ? vscode.l10n.t('{0} (demo: not made by Jimeng)', task.service.url)
      : task.service.url,
  );
  const id = serviceTaskIdOf(task);
  if (id !== undefined) line(vscode.l10n.t('Task ID'), id);
  const why = whatNow(task);
  if (why !== undefined) said(why);
  if ('files' in task.state)
    for (const { path, width, height } of task.state.files) said(`${path} (${width}×${height})`);

  if ('missing' in task.state)
    for (const { index, failure } of task.state.missing)
      said(
        request.kind === 'video'
          ? textOf(failure)
          : vscode.l10n.t('Picture {0}: {1}', index + 1, textOf(failure)),
      );

  return text;
}

function inputsName(request: GenerationRequest): string {
  if (request.kind === 'image') return vscode.l10n.t('Pictures');
  return request.omniReference ? vscode.l10n.t('Materials') : vscode.l10n.t('Frames');
}

/** What a state means, and what can be done. */
function whatNow(task: Task): string | undefined {
  if (isSlow(task, Date.now(), settings.slowAfter)) return textOf({ kind: 'taskSlow' });
  if (task.state.status === 'detached') {
    return task.state.results
      ? vscode.l10n.t('The service generated it after all. "Watch Again" saves it.')
      : vscode.l10n.t(
          'It is no longer watched; the service may still finish it and spend the credits. "Watch Again" brings it back.',
        );
  }
  const failure = isFinal(task) ? failureOf(task) : undefined;
  return failure && textOf(failure);
}
