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

/** The view's nodes; each stays the same object while it exists, so that only changes are redrawn. */
export type Node = GroupNode | TaskNode | PictureNode;

export function groupOf(task: Task): Group {
  if (isFinal(task)) return 'finished';
  return task.state.status === 'waiting' ? 'waiting' : 'running';
}

/** The task of a row that the editor passes to a command. */
export function taskOf(row: unknown): Task | undefined {
  return typeof row === 'object' && row !== null && 'task' in row
    ? (row as TaskNode).task
    : undefined;
}

/** The tasks that a command of the view applies to: all selected ones if the row is among them, else the row alone. */
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
