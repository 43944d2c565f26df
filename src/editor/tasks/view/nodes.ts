import { isFinal } from '../../../core/queue/transitions.ts';
import type { SavedPicture, Task } from '../../../core/queue/task.ts';

export type Group = 'running' | 'waiting' | 'finished';

export interface GroupNode {
  group: Group;
}
export interface TaskNode {
  task: Task;
}
export interface PictureNode {
  picture: SavedPicture;
  taskId: string;
}

/** What the view shows; the same object for as long as it is there, so that only what changed is redrawn. */
export type Node = GroupNode | TaskNode | PictureNode;

export function groupOf(task: Task): Group {
  if (isFinal(task)) return 'finished';
  return task.state.status === 'waiting' ? 'waiting' : 'running';
}

/** The task of a row that the editor hands to a command. */
export function taskOf(row: unknown): Task | undefined {
  return typeof row === 'object' && row !== null && 'task' in row
    ? (row as TaskNode).task
    : undefined;
}

/** The tasks that a command of the view is for: all that are selected, if the row belongs to them, else the row alone. */
export function tasksOf(row: unknown, selected: unknown): Task[] {
  const rows = Array.isArray(selected) && selected.includes(row) ? selected : [row];
  return rows.flatMap(each => taskOf(each) ?? []);
}

/** The picture of a row, or all pictures of a task's row. */
export function picturesOf(row: unknown): readonly SavedPicture[] {
  if (typeof row === 'object' && row !== null && 'picture' in row)
    return [(row as PictureNode).picture];
  const task = taskOf(row);
  return task && 'files' in task.state ? task.state.files : [];
}
