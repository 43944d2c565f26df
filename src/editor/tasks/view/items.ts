import { basename } from 'node:path';
import * as vscode from 'vscode';
import { isFinal, openTargetOf } from '../../../core/queue/transitions.ts';
import {
  canCancel,
  canStopWatching,
  canWatchAgain,
  isSlow,
  serviceTaskIdOf,
  type Task,
} from '../../../core/queue/task.ts';
import type { WaitingReason } from '../../../core/queue/waiting-reason.ts';
import { isVideoUri } from '../../../core/request/materials.ts';
import { settings } from '../../platform/settings.ts';
import { age, clock, oneLine, statusText } from '../task-texts.ts';
import { uriOf } from '../../platform/files.ts';
import { shortReason } from '../waiting-texts.ts';
import type { Group, GroupNode, PictureNode, TaskNode } from './nodes.ts';

const groupLabels: Record<Group, () => string> = {
  running: () => vscode.l10n.t('Running'),
  waiting: () => vscode.l10n.t('Waiting'),
  finished: () => vscode.l10n.t('Finished'),
};

export function groupItem({ group }: GroupNode, count: number): vscode.TreeItem {
  const item = new vscode.TreeItem(groupLabels[group](), vscode.TreeItemCollapsibleState.Expanded);
  item.id = group;
  item.description = String(count);
  item.contextValue = `group ${group}`;
  return item;
}

/** @param reason why it waits, where it does */
export function taskItem({ task }: TaskNode, reason: WaitingReason | undefined): vscode.TreeItem {
  const unfolds = 'files' in task.state && task.state.files.length > 0;
  const item = new vscode.TreeItem(
    oneLine(task.request.prompt),
    unfolds ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None,
  );
  const slow = isSlow(task, Date.now(), settings.slowAfter);
  const time = isFinal(task)
    ? age(Date.now() - task.updatedAt)
    : clock(Date.now() - (task.sentAt ?? task.createdAt));
  const target = openTargetOf(task);
  item.id = task.id;
  item.description = [
    ...(task.service.demo ? [vscode.l10n.t('demo')] : []),
    reason ? rowReason(reason) : statusText(task),
    ...(target
      ? [vscode.l10n.t('choose one for {0}', basename(vscode.Uri.parse(target.uri).path))]
      : []),
    ...(slow ? [vscode.l10n.t('slow')] : []),
    time,
    task.model,
    task.size,
  ].join(' · ');
  item.iconPath =
    reason && reason.why !== 'inLine'
      ? new vscode.ThemeIcon(reason.why === 'paused' ? 'debug-pause' : 'warning')
      : icon(task, slow);
  item.contextValue = contextOf(task);
  item.accessibilityInformation = { label: `${item.label as string}, ${item.description}` };
  return item;
}

/** The row above all others while the queue is paused. */
function rowReason(reason: WaitingReason): string {
  return shortReason(reason.why === 'paused' ? { ...reason, why: 'inLine' } : reason);
}

/** @param thumbnail of a picture, where there is one */
export function pictureItem(
  { picture, taskId }: PictureNode,
  thumbnail: vscode.Uri | undefined,
): vscode.TreeItem {
  const uri = uriOf(picture);
  const isVideo = isVideoUri(uri.toString());
  const label = `${picture.index + 1} · ${picture.width}×${picture.height}`;
  const item = new vscode.TreeItem(label);
  item.id = `${taskId}/${picture.index}`;
  item.resourceUri = uri;
  item.iconPath = thumbnail ?? new vscode.ThemeIcon(isVideo ? 'device-camera-video' : 'file-media');
  item.tooltip = new vscode.MarkdownString();
  if (thumbnail) item.tooltip.appendMarkdown(`![](${thumbnail.toString()}|width=320)\n\n`);
  item.tooltip.appendText(vscode.workspace.asRelativePath(uri));
  item.accessibilityInformation = { label: `${label}, ${basename(uri.path)}` };
  item.contextValue = isVideo ? 'video' : 'picture';
  item.command = { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [uri] };
  return item;
}

/** Words for the manifest's `when` clauses. */
function contextOf(task: Task): string {
  return [
    'task',
    task.state.status,
    ...(canCancel(task) ? ['cancelable'] : []),
    ...(canStopWatching(task) ? ['stoppable'] : []),
    ...(canWatchAgain(task) ? ['watchable'] : []),
    ...(serviceTaskIdOf(task) !== undefined ? ['known'] : []),
    ...(task.state.status === 'uncertain' && task.mode === 'async' ? ['findable'] : []),
    ...('files' in task.state && task.state.files.length > 0 ? ['pictures'] : []),
    ...(openTargetOf(task) ? ['targeted'] : []),
    ...(task.keptFor !== undefined ? ['kept'] : []),
    ...(isFinal(task) ? ['final'] : []),
  ].join(' ');
}

function icon(task: Task, slow: boolean): vscode.ThemeIcon {
  const colored = (id: string, color: string) =>
    new vscode.ThemeIcon(id, new vscode.ThemeColor(color));
  switch (task.state.status) {
    case 'completed':
      return colored('pass', 'testing.iconPassed');
    case 'partial':
      return colored('warning', 'list.warningForeground');
    case 'failed':
      return colored('error', 'list.errorForeground');
    case 'uncertain':
      return colored('question', 'list.warningForeground');
    case 'lost':
      return colored('debug-disconnect', 'list.warningForeground');
    case 'detached':
      return new vscode.ThemeIcon(task.state.results ? 'gift' : 'eye-closed');
    case 'cancelled':
      return new vscode.ThemeIcon('circle-slash');
    case 'waiting':
    case 'queued':
    case 'pending':
      return new vscode.ThemeIcon('clock');
    default:
      return slow
        ? colored('watch', 'list.warningForeground')
        : new vscode.ThemeIcon('loading~spin');
  }
}
