import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Converter } from '../pictures/converter.ts';
import type { Folder } from '../pictures/folder.ts';
import { NodeFolder } from '../pictures/node-folder.ts';
import { savePictures } from '../pictures/save.ts';
import type { ReceivedItem } from '../service/client.ts';
import type { Network } from '../service/network.ts';
import { known, type ResultItem, type Task } from '../task.ts';
import type { Run } from './run.ts';

export interface ResultsOptions {
  /** Undefined where this process cannot write it: the pictures are kept in a local folder then. */
  openFolder: (uri: string) => Folder | undefined;
  converter: Converter;
  network: Network;
  /** Where results that come inline are put until they are saved; on a local disk. */
  receivedFolder: string;
}

/** From what the service answered to pictures on a disk. */
export class Results {
  readonly #options: ResultsOptions;

  constructor(options: ResultsOptions) {
    this.#options = options;
  }

  /** The result is paid for: its bytes are on the disk, beside the ledger, before anything else is done with it. */
  keep(id: string, items: ReceivedItem[]): Promise<ResultItem[]> {
    const { receivedFolder } = this.#options;
    return Promise.all(items.map(async (item, index): Promise<ResultItem> => {
      if ('url' in item) { return item; }
      const file = join(receivedFolder, `${id}-${index}`);
      await mkdir(receivedFolder, { recursive: true });
      await writeFile(file, item.bytes, { mode: 0o600 });
      return { file };
    }));
  }

  /** Saves what the task has not saved yet. Moves it to `completed` or `partly`. */
  async save(run: Run): Promise<void> {
    const { task } = run;
    if (task.status !== 'saving') { throw new Error(`A task that is ${task.status} has nothing to save.`); }
    const { results } = task;
    const id = known(task.serviceTaskId);
    const { folder, ...kept } = this.#place(task);
    const { files, missing } = await savePictures({
      taskId: task.id,
      results,
      already: task.files,
      folder,
      stamp: new Date(),
      converter: this.#options.converter,
      network: this.#options.network,
      signal: run.signal,
      onChange: async soFar => { await run.move({ status: 'saving', ...id, results, ...soFar }, kept); },
    });
    if (missing.length > 0) {
      await run.move({ status: 'partly', ...id, results, files, missing }, kept);
      return;
    }
    await run.move({ status: 'completed', ...id, files }, kept);
    await Promise.all(results.flatMap(result => 'file' in result ? rm(result.file, { force: true }) : []));
  }

  #place({ id, folder }: Task): { folder: Folder; keptFor?: string } {
    const own = this.#options.openFolder(folder);
    if (own) { return { folder: own }; }
    const local = join(dirname(this.#options.receivedFolder), 'kept', id);
    return { folder: new NodeFolder(pathToFileURL(local).href), keptFor: folder };
  }
}
