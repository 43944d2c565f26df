import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isFinal } from '../../../src/core/queue/transitions.ts';
import { Ledger } from '../../../src/core/queue/store.ts';
import { rounds } from '../../soak.ts';
import { tinyService } from '../../tiny-service.ts';
import { whenDone } from '../../../src/core/queue/when-done.ts';
import { TestWindow, requestFor, taskOf } from './setup.ts';
import { silentLog } from './samples.ts';

const kills = rounds(20, 200);

suite('killed at any moment', () => {
  test(`${kills} kills: no task vanishes, none is sent twice, each that is finished is saved once`, async function () {
    this.timeout(300_000);
    const folder = await mkdtemp(join(tmpdir(), 'jimeng-crash-'));
    const service = await tinyService({ delayMs: 60 });
    const ledger = new Ledger(join(folder, 'ledger'), silentLog);
    let seed = 20_261_124;
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const begun: string[] = [];
    try {
      for (let kill = 0; kill < kills; kill++) {
        for (let waiting = (await ledger.unfinished()).length; waiting < 4; waiting++) {
          const task = taskOf(requestFor(service.url, `cat ${begun.length}`, folder));
          await ledger.put(task);
          begun.push(task.id);
        }
        const child = fork(fileURLToPath(new URL('crash-child.ts', import.meta.url)), [folder], {
          stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        });
        await once(child, 'message');
        await delay(random() * 400);
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }
      const window = new TestWindow(folder);
      window.queue.wake();
      for (const id of begun) await whenDone(window.ledger, id);
      await window.dispose();

      const tasks = await ledger.all();
      assert.deepEqual(tasks.map(({ id }) => id).sort(), [...begun].sort(), 'no task vanished');
      assert.ok(tasks.every(isFinal));
      const { prompts } = service;
      assert.equal(new Set(prompts).size, prompts.length, 'none was sent twice');
      const completed = tasks.filter(task => task.state.status === 'completed');
      assert.ok(
        completed.length > begun.length / 2,
        `${completed.length} of ${begun.length} were completed`,
      );
      const saved = completed.flatMap(({ state }) =>
        'files' in state ? state.files.map(({ path }) => path) : [],
      );
      assert.equal(new Set(saved).size, 2 * completed.length);
      for (const path of saved) assert.ok((await stat(path)).size > 0);
      const uncertain = tasks.filter(({ state: { status } }) => status === 'uncertain');
      assert.equal(
        completed.length + uncertain.length,
        tasks.length,
        [...new Set(tasks.map(({ state: { status } }) => status))].join(),
      );
      assert.deepEqual(
        (await readdir(join(folder, 'pic'))).filter(name => !name.startsWith('.')).length,
        saved.length,
        'each is saved once',
      );
    } finally {
      await service.close();
      await rm(folder, { recursive: true, maxRetries: 3 });
    }
  });
});
