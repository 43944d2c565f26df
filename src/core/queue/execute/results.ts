import { openAsBlob } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pLimit from 'p-limit';
import { makeFolder } from '../../system/files.ts';
import type { Converter } from '../../images/converter.ts';
import type { Folder } from '../../output/folder.ts';
import { NodeFolder } from '../../output/node-folder.ts';
import { pictures } from '../../output/save-picture.ts';
import { saveResults, type Medium } from '../../output/save-results.ts';
import { settingsOf } from '../../images/settings.ts';
import type { ReceivedItem } from '../../service/client.ts';
import type { Network } from '../../service/proxy.ts';
import { withServiceTaskId, type MissingPicture, type ResultItem, type Task } from '../task.ts';
import type { Received } from '../../output/download-video.ts';
import { videos } from '../../output/save-video.ts';
import type { Execution } from './execution.ts';

/** The ledger, which all windows see, is told of a video's progress so often; in ms. */
const PROGRESS_INTERVAL_MS = 1_000;

/**
 * How many tasks are saved at once. Of twenty that are done together, each would otherwise wait for the pictures of all;
 * a video that is slow to come holds up no pictures.
 */
const MAX_CONCURRENT_TASKS = 4;

export interface ResultsOptions {
  /** Undefined where this process cannot write it: the pictures are kept in a local folder then. */
  openFolder: (uri: string) => Folder | undefined;
  converter: Converter;
  network: Network;
  /** Where results that come inline are put until they are saved; on a local disk. */
  receivedFolder: string;
  /** Of this program; stands in the pictures. */
  version: string;
  /** Whether prompts stand in the pictures, as they are handed on with them. */
  keepsPrompts: () => boolean;
}

/** From what the service answered to pictures and videos on a disk. */
export class Results {
  readonly #options: ResultsOptions;
  /** What our own disk could not take, by the file that it would be in: the disk of the pictures may have room. */
  readonly #inMemory = new Map<string, Blob>();

  readonly #turn = { image: pLimit(MAX_CONCURRENT_TASKS), video: pLimit(MAX_CONCURRENT_TASKS) };

  constructor(options: ResultsOptions) {
    this.#options = options;
  }

  /** The result is paid for: its bytes are on the disk, beside the ledger, before anything else is done with it. */
  keep(id: string, items: ReceivedItem[]): Promise<ResultItem[]> {
    const { receivedFolder } = this.#options;
    return Promise.all(
      items.map(async (item, index): Promise<ResultItem> => {
        if ('url' in item) return item;
        const file = join(receivedFolder, `${id}-${index}`);
        try {
          await makeFolder(receivedFolder);
          await writeFile(file, item.bytes, { mode: 0o600 });
        } catch {
          await rm(file, { force: true }).catch(() => {
            /* half of it, which nobody reads */
          });
          this.#inMemory.set(file, new Blob([new Uint8Array(item.bytes)]));
        }
        return { file };
      }),
    );
  }

  readonly #openReceived = async (file: string): Promise<Blob> =>
    this.#inMemory.get(file) ?? openAsBlob(file);

  /** Saves what the task has not saved yet, when it is its turn. Moves it to `completed` or `partial`. Throws the signal's reason. */
  save(run: Execution): Promise<void> {
    return this.#turn[run.task.request.kind](() => {
      run.signal.throwIfAborted(); // while it waited
      return this.#save(run);
    });
  }

  async #save(run: Execution): Promise<void> {
    const { task } = run;
    const { state } = task;
    if (state.status !== 'saving')
      throw new Error(`A task that is ${state.status} has nothing to save.`);
    const { results } = state;
    const notTaken = state.missing.filter(({ index }) => index >= results.length);
    const id = withServiceTaskId(state.serviceTaskId);
    const { folder, ...kept } = this.#place(task);
    const { signal } = run;
    const saved = await saveResults({
      taskId: task.id,
      results,
      already: state.files,
      folder,
      stamp: new Date(),
      medium:
        task.request.kind === 'video' ? this.#videos(run, signal) : this.#pictures(task, signal),
      signal,
      onChange: async soFar => {
        await run.transition(
          {
            status: 'saving',
            ...id,
            results,
            files: soFar.files,
            missing: [...soFar.missing, ...notTaken],
          },
          kept,
        );
        return run.isRecorded;
      },
    });
    const { files } = saved;
    const missing = [...saved.missing, ...notTaken];
    if (missing.length > 0) {
      await run.transition({ status: 'partial', ...id, results, files, missing }, kept);
      return;
    }
    await run.transition(
      {
        status: 'completed',
        ...id,
        files,
        ...(results.every(result => 'url' in result) && { results }),
      },
      kept,
    );
    for (const result of results) {
      if (!('file' in result)) continue;
      this.#inMemory.delete(result.file);
      await rm(result.file, { force: true }).catch(() => {
        /* pruned later: the task is done */
      });
    }
  }

  #pictures(task: Task, signal: AbortSignal): Medium {
    const { converter, network, version, keepsPrompts } = this.#options;
    const settings = settingsOf(task, version, keepsPrompts());
    return pictures({ converter, network, settings, openReceived: this.#openReceived, signal });
  }

  #videos(run: Execution, signal: AbortSignal): Medium {
    const { receivedFolder, network } = this.#options;
    let told = 0;
    const onBytes = (bytes: Received) => {
      const { state } = run.task;
      if (Date.now() - told < PROGRESS_INTERVAL_MS || state.status !== 'saving') return;
      told = Date.now();
      run.transition({ ...state, bytes }).catch(() => {
        /* the next transition tells it too */
      });
    };
    return videos({
      receivedFolder,
      openReceived: this.#openReceived,
      network,
      taskId: run.task.id,
      signal,
      onBytes,
    });
  }

  #place({ id, folder }: Task): { folder: Folder; keptFor?: string } {
    const own = this.#options.openFolder(folder);
    if (own) return { folder: own };
    const local = join(dirname(this.#options.receivedFolder), 'kept', id);
    return { folder: new NodeFolder(pathToFileURL(local).href), keptFor: folder };
  }
}

/** Said in the place behind the last result: more came than are taken. */
export function notTaken(index: number, beyond: number | undefined): MissingPicture[] {
  return beyond === undefined
    ? []
    : [{ index, failure: { kind: 'tooManyResults', detail: String(beyond) } }];
}
