import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** A file on a local disk, read only as it is sent. */
export async function openFile(uri: string): Promise<Blob> {
  const path = fileURLToPath(uri);
  if (!(await stat(path)).isFile()) { throw new Error('not a file'); }
  return openAsBlob(path);
}
