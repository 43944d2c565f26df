/** A folder that pictures are saved into. */
export interface Folder {
  /**
   * Begins to save the pictures of one task, under names that no other saving uses. Goes on with the names of an
   * earlier saving of the same task that was killed. Makes the folder, and clears what killed savings left in it.
   */
  begin(taskId: string, stamp: Date): Promise<Saving>;
}

/** The saving of one task's pictures or videos. */
export interface Saving {
  /** The file of a result, if an earlier saving of this task was killed after it had written it. */
  find(index: number, extension: string): Promise<{ path: string; content: Blob } | undefined>;
  /**
   * Writes the file of a result, whole or not at all, never over an existing file. What an earlier saving of this task
   * wrote is not written twice. Returns the path.
   */
  write(index: number, extension: string, content: Uint8Array | Blob): Promise<string>;
  /** Everything is recorded: the traces of the saving itself can go. */
  end(): Promise<void>;
}

/** `jimeng_YYYYMMDD_HHMMSS`, in local time (seed-skill, Output Format). */
export function stemOf(stamp: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${stamp.getFullYear()}${two(stamp.getMonth() + 1)}${two(stamp.getDate())}`;
  return `jimeng_${day}_${two(stamp.getHours())}${two(stamp.getMinutes())}${two(stamp.getSeconds())}`;
}

/** Whether a saving names its files so; what is only similar is somebody else's. */
export function isOwnName(name: string): boolean {
  return /^jimeng_\d{8}_\d{6}_\d+(?:\.[a-z0-9]+)+$/.test(name);
}
