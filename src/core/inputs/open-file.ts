import { openAsBlob, type BigIntStats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { JimengError } from '../service/failures/failures.ts';
import type { Input } from './content.ts';

/** Read at once; in bytes. A Blob gives 64 KiB at a time, which takes four times as long. */
const CHUNK_BYTES = 256 * 1024;
/** The clock of a disk is this coarse at worst (FAT); in ms. What was changed within it can change again without a trace. */
const SETTLED_MS = 2_000;

/** A file on a local disk, read only as it is sent. */
export async function openFile(uri: string): Promise<Input> {
  const path = fileURLToPath(uri);
  const opened = Date.now();
  const found = await stat(path, { bigint: true });
  if (!found.isFile()) throw new Error('not a file');
  const state = stateOf(found);
  const changed = Math.max(Number(found.mtimeMs), Number(found.ctimeMs));
  return Object.assign(await openAsBlob(path), {
    ...(changed < opened - SETTLED_MS && { version: state }),
    pieces: () => piecesOf(path, state),
  });
}

/** The time of the last change (ctime) cannot be set back, unlike that of what is in the file. */
function stateOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}

async function* piecesOf(path: string, state: string): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    const check = async () => {
      const now = await file.stat({ bigint: true });
      if (stateOf(now) !== state)
        throw new JimengError({ kind: 'inputChanged', detail: basename(path) });
      return now.size;
    };
    const memory = Buffer.allocUnsafeSlow(CHUNK_BYTES); // one for all: taking new memory costs more than reading
    for (let left = Number(await check()); left > 0;) {
      const { buffer, bytesRead } = await file.read(memory, 0, Math.min(left, CHUNK_BYTES));
      left -= bytesRead;
      if (left === 0 || bytesRead === 0) await check(); // before the end is handed on: a request without it is carried out nowhere
      if (bytesRead === 0) throw new Error('the file ends early');
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
