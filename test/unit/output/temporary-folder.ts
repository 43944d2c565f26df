import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A real folder that is gone after the test. */
export async function temporaryFolder() {
  const root = await mkdtemp(join(tmpdir(), 'jimeng-'));
  const path = join(root, 'pic');
  return {
    path,
    uri: pathToFileURL(path).href,
    /** A file beside the folder. */
    beside: (name: string) => join(root, name),
    /** What is in it, dot-files too. */
    names: async () => (await readdir(path)).sort(),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

export type TemporaryFolder = Awaited<ReturnType<typeof temporaryFolder>>;
