/** A folder for saved pictures. */
export interface Folder {
  /**
   * Starts saving the pictures of one task, under names that no other save uses. Reuses the names of an earlier save of
   * the same task that was killed. Creates the folder, and clears what killed saves left in it.
   */
  begin(taskId: string, stamp: Date): Promise<Saving>;
}

/** The saving of one task's pictures or videos. */
export interface Saving {
  /** The file of a result, if an earlier save of this task was killed after it had written it. */
  find(index: number, extension: string): Promise<{ path: string; content: Blob } | undefined>;
  /**
   * Writes the file of a result, whole or not at all, never over an existing file. What an earlier save of this task
   * wrote is not written twice. Returns the path.
   */
  write(index: number, extension: string, content: Uint8Array | Blob): Promise<string>;
  /** Everything is recorded, so the temporary files can be removed. */
  end(): Promise<void>;
}

/** `jimeng_YYYYMMDD_HHMMSS`, in local time (seed-skill, Output Format). */
export function stemOf(stamp: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${stamp.getFullYear()}${two(stamp.getMonth() + 1)}${two(stamp.getDate())}`;
  return `jimeng_${day}_${two(stamp.getHours())}${two(stamp.getMinutes())}${two(stamp.getSeconds())}`;
}

/** Whether our saves name files like this; anything merely similar is somebody else's. */
export function isOwnName(name: string): boolean {
  return /^jimeng_\d{8}_\d{6}_\d+(?:\.[a-z0-9]+)+$/.test(name);
}
