import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { JimengClient } from '../../src/core/service/client.ts';
import { direct } from '../../src/core/service/proxy.ts';
import { Poller } from '../../src/core/queue/execute/poller.ts';
import { WebhookReceiver } from '../../src/core/queue/execute/webhook.ts';
import { tinyService } from '../tiny-service.ts';
import { TestWindow, requestFor } from '../unit/queue/setup.ts';
import { silentLog } from '../unit/queue/samples.ts';
import { median, type Row } from './measure.ts';

interface Measured {
  /** Of one core, in percent. */
  cpu: number;
  /** From completion until it is known; in ms. */
  delays: number[];
}

const [who, url = '', count = '0', time = '0'] = process.argv.slice(2);
if (who === 'ours' || who === 'peer')
  await watchAll(who, { address: url, number: Number(count), watched: Number(time) });

/**
 * Many tasks that are watched, beside one GET a task every 5 s, the loop of the seed; each in a process of its own.
 * @param watched how long before they are completed, in ms
 */
export async function benchWatch(watched: number): Promise<Row[]> {
  const number = 1_000;
  const [ours, peer] = [
    await measure('ours', number, watched),
    await measure('peer', number, watched),
  ];
  const perMinute = (of: typeof ours) => of.requests / (watched / 60_000);
  const longest = (of: typeof ours) => (of.delays.at(-1) ?? NaN) / 1_000;
  const what = `${number.toLocaleString('en')} watched tasks`;
  const row = (
    label: string,
    value: (of: typeof ours) => number,
    unit: Row['unit'],
    reach: number,
  ): Row => ({
    what: `${what}${label}`,
    ours: `${value(ours).toFixed(1)}${unit}`,
    peer: `${value(peer).toFixed(1)}${unit}`,
    value: value(ours),
    reach,
    better: 'less',
    unit,
  });
  return [
    row(', in a minute', perMinute, ' requests', 200),
    row(', of a core', ({ cpu }) => cpu, ' %', 2),
    row(', the last result is known after completion (a tick of 3 to 5 s)', longest, ' s', 5),
  ];
}

/** From the service's call to the saved picture, which is a tiny one; polling would take a minute here. */
export async function benchWebhook(rounds: number): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'jimeng-webhook-'));
  const service = await tinyService({ delayMs: 1e9 });
  const window = new TestWindow(folder);
  window.pause = () => 60_000;
  const receiver = await WebhookReceiver.start({
    port: 0,
    host: '127.0.0.1',
    onCall: () => window.executor.poller.wake(),
  });
  try {
    const delays: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const request = requestFor(service.url, `${round}`, folder);
      const { id, done } = await window.queue.add(request);
      await delay(300); // it has been looked at
      service.completeAll();
      const began = performance.now();
      await fetch(receiver.urlFor(id), {
        method: 'POST',
        headers: { 'x-task-id': id, 'x-webhook-event': 'task.completed' },
        body: '{}',
      });
      const {
        state: { status },
      } = await done;
      if (status !== 'completed') throw new Error(status);
      delays.push(performance.now() - began);
    }
    const value = median(delays);
    return [
      {
        what: 'from the call of a webhook to the saved picture',
        ours: `${value.toFixed(0)} ms`,
        peer: '',
        value,
        reach: 100,
        better: 'less',
        unit: ' ms',
      },
    ];
  } finally {
    await Promise.all([receiver.close(), window.dispose()]);
    await service.close();
    await rm(folder, { recursive: true });
  }
}

async function measure(
  side: 'ours' | 'peer',
  number: number,
  watched: number,
): Promise<Measured & { requests: number }> {
  const service = await tinyService();
  for (let index = 0; index < number; index++)
    service.add(`a picture of the number ${index}, in the style of a bench`);
  const child = fork(fileURLToPath(import.meta.url), [
    side,
    service.url,
    String(number),
    String(watched),
  ]);
  await once(child, 'message'); // it watches
  await delay(watched);
  const requests = service.requests.length;
  service.completeAll();
  child.send(Date.now());
  const [measured] = (await once(child, 'message')) as [Measured];
  await once(child, 'exit');
  await service.close();
  return { ...measured, requests };
}

async function watchAll(
  side: 'ours' | 'peer',
  { address, number, watched }: { address: string; number: number; watched: number },
): Promise<void> {
  const client = new JimengClient({ address, network: direct, log: silentLog });
  const watcher = new Poller({ connect: () => client });
  const ends: number[] = [];
  const end = () => {
    ends.push(Date.now());
  };
  const all = Promise.all(
    Array.from({ length: number }, async (_, index) => {
      const serviceTaskId = `t${index}`;
      if (side === 'ours') {
        await watcher.poll({
          url: address,
          serviceTaskId,
          signal: new AbortController().signal,
          onStatus: () => Promise.resolve(),
        });
      } else {
        await delay((5_000 * index) / number); // they were not all begun at once
        while (
          (
            (await (await fetch(`${address}/v1/tasks/${serviceTaskId}`)).json()) as {
              status: string;
            }
          ).status !== 'completed'
        )
          await delay(5_000);
      }
      end();
    }),
  );
  process.send?.('watching');
  const before = process.cpuUsage();
  const [completedAt] = (await once(process, 'message')) as [number];
  const { user, system } = process.cpuUsage(before);
  await all;
  await client.close();
  process.send?.({
    cpu: ((user + system) / 1_000 / watched) * 100,
    delays: ends.map(time => time - completedAt).sort((a, b) => a - b),
  } satisfies Measured);
  process.disconnect();
}
