// How many tasks can be watched, and at what price: our watcher beside one GET a task every 5 s, the loop of the seed.
// Each runs in a process of its own, both against one service; prints one line for each number of tasks.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { JimengClient } from '../../src/core/service/client.ts';
import { direct } from '../../src/core/service/network.ts';
import { Watcher } from '../../src/core/tasks/watcher.ts';
import { tinyService } from '../tiny-service.ts';
import { silentLog } from '../unit/tasks/samples.ts';

/** How long tasks are watched before they are completed; in ms. */
const watched = 20_000;

interface Measured {
  /** Of one core, in percent. */
  cpu: number;
  /** From completion until it is known; in ms. */
  delays: number[];
}

const [who, url = '', count = '0'] = process.argv.slice(2);
if (who === 'ours' || who === 'peer') { await watchAll(who, url, Number(count)); } else { await main(); }

async function main(): Promise<void> {
  console.log('tasks   requests/min  ratio   CPU %        median delay, s   longest, s');
  for (const number of [1, 10, 100, 1_000]) {
    const [ours, peer] = [await measure('ours', number), await measure('peer', number)];
    const pair = (value: (of: typeof ours) => number, digits: number) => `${value(ours).toFixed(digits)} / ${value(peer).toFixed(digits)}`;
    const perMinute = (of: typeof ours) => of.requests / (watched / 60_000);
    const cells = [
      String(number).padEnd(7), pair(perMinute, 0).padEnd(13), `${(perMinute(peer) / perMinute(ours)).toFixed(1)}×`.padEnd(7), pair(({ cpu }) => cpu, 2).padEnd(12),
      pair(({ delays }) => (delays[Math.floor(delays.length / 2)] ?? NaN) / 1_000, 1).padEnd(17), pair(({ delays }) => (delays.at(-1) ?? NaN) / 1_000, 1),
    ];
    console.log(cells.join(' '));
  }
  console.log('ours / peer; the delay is until the result is known, without the downloads');
}

async function measure(side: 'ours' | 'peer', number: number): Promise<Measured & { requests: number }> {
  const service = await tinyService();
  for (let index = 0; index < number; index++) { service.add(`a picture of the number ${index}, in the style of a bench`); }
  const child = fork(fileURLToPath(import.meta.url), [side, service.url, String(number)]);
  await once(child, 'message'); // it watches
  await delay(watched);
  const requests = service.requests.length;
  service.completeAll();
  child.send(Date.now());
  const [measured] = await once(child, 'message') as [Measured];
  await once(child, 'exit');
  await service.close();
  return { ...measured, requests };
}

async function watchAll(side: 'ours' | 'peer', address: string, number: number): Promise<void> {
  const client = new JimengClient({ address, network: direct, log: silentLog });
  const watcher = new Watcher({ connect: () => client });
  const ends: number[] = [];
  const end = () => { ends.push(Date.now()); };
  const all = Promise.all(Array.from({ length: number }, async (_, index) => {
    const serviceTaskId = `t${index}`;
    if (side === 'ours') {
      await watcher.watch({ url: address, serviceTaskId, signal: new AbortController().signal, onStatus: () => Promise.resolve() });
    } else {
      await delay(5_000 * index / number); // they were not all begun at once
      while ((await (await fetch(`${address}/v1/tasks/${serviceTaskId}`)).json() as { status: string }).status !== 'completed') { await delay(5_000); }
    }
    end();
  }));
  process.send?.('watching');
  const before = process.cpuUsage();
  const [completedAt] = await once(process, 'message') as [number];
  const { user, system } = process.cpuUsage(before);
  await all;
  await client.close();
  process.send?.({ cpu: (user + system) / 1_000 / watched * 100, delays: ends.map(time => time - completedAt).sort((a, b) => a - b) } satisfies Measured);
  process.disconnect();
}
