import { openAsBlob } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile, ignoreMissing } from '../../../src/core/system/files.ts';
import { Converter } from '../../../src/core/images/converter.ts';
import { NodeFolder } from '../../../src/core/output/node-folder.ts';
import { pictures } from '../../../src/core/output/save-picture.ts';
import type { PictureSettings } from '../../../src/core/images/settings.ts';
import { saveResults, type Pictures } from '../../../src/core/output/save-results.ts';
import { direct } from '../../../src/core/service/proxy.ts';
import { built } from '../../built.ts';

/** What a saving needs, in a form that another process can be given. */
export interface SavingJob {
  taskId: string;
  urls: string[];
  /** URI of the folder for the pictures. */
  folder: string;
  /** A folder used as the ledger: a file for each task. */
  ledger: string;
  /** In ms since 1970. */
  stamp: number;
  hardLinks: boolean;
}

export interface Recorded extends Pictures {
  job: SavingJob;
  done: boolean;
}

/** What each picture says of itself. */
export const settings: PictureSettings = {
  format: 1,
  request: {
    kind: 'image',
    prompt: '星空下的灯塔 🗼',
    model: 'jimeng-4.0',
    ratio: '1:1',
    resolution: '2k',
  },
  service: { demo: false, kind: 'task' },
  time: '2026-01-31T04:00:00.000Z',
  version: '1.2.3',
};

const noLinks = () =>
  Promise.reject(Object.assign(new Error('no links here'), { code: 'ENOTSUP' }));

/** Saves as the task runner does: recorded before, after each picture, and at the end. Goes on with what is recorded. */
export async function saveRecorded(
  job: SavingJob,
  converter: Converter,
  beforeRecord?: () => Promise<void>,
): Promise<Pictures> {
  const file = join(job.ledger, `${job.taskId}.json`);
  let records = Promise.resolve();
  const record = (pictures: Pictures, done: boolean) =>
    (records = records.then(() =>
      replaceFile(file, JSON.stringify({ ...pictures, job, done } satisfies Recorded)),
    ));
  const text = await readFile(file, 'utf8').catch(ignoreMissing);
  const earlier = text === undefined ? { files: [], missing: [] } : (JSON.parse(text) as Recorded);
  if (text === undefined) await record(earlier, false);
  const saved = await saveResults({
    taskId: job.taskId,
    results: job.urls.map(url => ({ url })),
    already: earlier.files,
    folder: new NodeFolder(job.folder, job.hardLinks ? undefined : noLinks),
    stamp: new Date(job.stamp),
    medium: pictures({ converter, network: direct, settings, openReceived: openAsBlob }),
    onChange: async soFar => {
      await beforeRecord?.();
      await record(soFar, false);
      return true;
    },
  });
  await record(saved, true);
  return saved;
}

export const newConverter = () =>
  new Converter({ workerUrl: built.pngWorker, codecs: built.codecs });

/** As a program of its own it gets a job and what to do with it, and tells how far it is. */
process.once(
  'message',
  (message: { job: SavingJob; mode: 'once' | 'forever' | 'stall' }) =>
    void (async () => {
      const { job, mode } = message;
      const converter = newConverter();
      switch (mode) {
        case 'once':
          await saveRecorded(job, converter);
          process.disconnect();
          break;
        case 'stall': // each picture has its name, and none is recorded
          await saveRecorded(job, converter, () => new Promise(() => process.send?.('saved')));
          break;
        case 'forever':
          for (let round = 0; ; round++) {
            await saveRecorded({ ...job, taskId: `${job.taskId}-${round}` }, converter);
            if (round === 0) process.send?.('runs'); // the workers run: from here on every moment is one of a saving
          }
      }
    })(),
);
