import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { embed } from '../../../src/core/images/metadata.ts';
import { rounds } from '../../soak.ts';
import { photo } from '../convert/samples.ts';
import { pictureServer, type PictureServer } from './picture-server.ts';
import { newConverter, saveRecorded, settings, type Recorded, type SavingJob } from './saver.ts';
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts';

const seed = 20_260_131;
const stamp = new Date(2026, 0, 31, 12, 0, 0).getTime();

suite('savings that are killed, and savings side by side', function () {
  this.timeout(600_000); // up to eighty processes are started, one after the other
  let server: PictureServer;
  let folder: TemporaryFolder;
  let sources: Buffer[];
  /** What each picture has to become. */
  let pngs: Buffer[];
  const children = new Set<ChildProcess>();
  const converter = newConverter();

  suiteSetup(async () => {
    sources = [
      await photo(60, 40).webp().toBuffer(),
      await photo(300, 200).png().toBuffer(),
      await photo(40, 60).jpeg().toBuffer(),
      await photo(30, 30, 4).webp({ lossless: true }).toBuffer(),
    ];
    pngs = await Promise.all(
      sources.map(async source =>
        Buffer.from(await embed((await converter.convert({ source })).png, settings)),
      ),
    );
  });
  suiteTeardown(() => converter.dispose());
  setup(async () => {
    server = await pictureServer(
      Object.fromEntries(sources.map((source, index) => [`/${index}`, source])),
    );
    folder = await temporaryFolder();
    await mkdir(folder.beside('ledger'));
  });
  teardown(async () => {
    for (const child of children) child.kill('SIGKILL');
    await server.close();
    await folder.remove();
  });

  const jobOf = (taskId: string, more: Partial<SavingJob> = {}): SavingJob => ({
    taskId,
    urls: sources.map((_, index) => `${server.url}/${index}`),
    folder: folder.uri,
    ledger: folder.beside('ledger'),
    stamp,
    hardLinks: true,
    ...more,
  });
  function start(job: SavingJob, mode: 'once' | 'forever' | 'stall'): ChildProcess {
    const child = fork(fileURLToPath(new URL('saver.ts', import.meta.url)), { stdio: 'inherit' });
    children.add(child);
    child.once('exit', () => children.delete(child));
    child.send({ job, mode });
    return child;
  }
  async function kill(child: ChildProcess): Promise<void> {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  const recorded = async () =>
    Promise.all(
      (await readdir(folder.beside('ledger')))
        .filter(name => name.endsWith('.json'))
        .map(
          async name =>
            JSON.parse(await readFile(join(folder.beside('ledger'), name), 'utf8')) as Recorded,
        ),
    );

  /** Under final names there are whole pictures, or, without hard links, names that are taken. */
  async function nothingPartial({ hardLinks }: SavingJob): Promise<void> {
    for (const name of (await folder.names().catch(() => [])).filter(
      name => !name.startsWith('.'),
    )) {
      const bytes = await readFile(join(folder.path, name));
      assert.ok(
        pngs.some(png => png.equals(bytes)) || (!hardLinks && bytes.length === 0),
        `${name} has ${bytes.length} bytes`,
      );
    }
  }

  /** Every task has each of its pictures once, in the order of the result, and there is nothing else. */
  async function eachOnce(): Promise<void> {
    const tasks = await recorded();
    for (const { files, missing, done } of tasks) {
      assert.ok(done);
      assert.deepEqual(missing, []);
      assert.deepEqual(
        files.map(file => /_(\d+)\.png$/.exec(file.path)?.[1]),
        ['1', '2', '3', '4'],
      );
      for (const { index, path } of files) assert.ok(pngs[index]!.equals(await readFile(path)));
    }
    assert.deepEqual(
      await folder.names(),
      tasks
        .flatMap(({ files }) => files.map(({ path }) => path.slice(folder.path.length + 1)))
        .sort(),
    );
  }

  for (const [disk, hardLinks, kills] of [
    ['hard links', true, rounds(10, 60)],
    ['no hard links', false, rounds(5, 20)],
  ] as const) {
    test(`${disk}: ${kills} kills at any moment leave no partial picture, and each is there once after all`, async () => {
      let random = seed;
      for (let round = 0; round < kills; round++) {
        random = (random * 1_103_515_245 + 12_345) & 0x7fffffff;
        const job = jobOf(`round${round}`, { hardLinks, stamp: stamp + round * 60_000 });
        const child = start(job, 'forever');
        await once(child, 'message');
        await new Promise(resolve => setTimeout(resolve, (random % 6_000) / 100)); // the moment of the kill, up to 60 ms
        await kill(child);
        await nothingPartial(job);
        for (const task of await recorded())
          if (!task.done) await saveRecorded(task.job, converter);
      }
      await eachOnce();
    });
  }

  test('a kill after a picture has its name and before that is recorded; then its link is dead', async () => {
    const job = jobOf('task');
    const child = start(job, 'stall');
    await once(child, 'message');
    while ((await folder.names()).filter(name => name.endsWith('.png')).length < sources.length)
      await delay(5);
    await kill(child);
    await saveRecorded(jobOf('another', { stamp: stamp + 60_000 }), converter); // clears up, but not what is still needed
    const requests = server.requests.length;
    await saveRecorded(job, converter);
    assert.equal(server.requests.length, requests, 'nothing is loaded again');
    await eachOnce();
  });

  test('three processes save in one second, each in its order', async () => {
    const jobs = ['a', 'b', 'c'].map(taskId => jobOf(taskId));
    await Promise.all(
      jobs.map(async job => {
        assert.deepEqual(await once(start(job, 'once'), 'exit'), [0, null]);
      }),
    );
    await eachOnce();
    assert.equal((await folder.names()).length, 12);
  });
});
