import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { built } from '../built.ts';
import { scriptedService, type Answer } from '../scripted-service.ts';
import { chunksOf } from '../unit/convert/samples.ts';
import { median, megabytes, python, watchMemory, type Row } from './measure.ts';
import type { Sample } from './pictures.ts';

/** A link answers after so many ms, and then gives so many bytes a second. */
const [latency, pace] = [150, 3_000_000];
const pictures = 4;

interface Run {
  /** Of the whole process, and until its first file is there. */
  seconds: number;
  first: number;
  /** In bytes. */
  memory: number;
}

export interface Aims {
  speed: number;
  memory?: number;
  plain?: number;
}

/** Four pictures of one task, from the start of the program to its end: `jimeng task ID --save`, and the script. */
export async function benchEndToEnd(sample: Sample, aims: Aims, rounds: number): Promise<Row[]> {
  const service = await servicePacing(sample);
  try {
    const runs: Record<'ours' | 'optimize' | 'plain', Run[]> = {
      ours: [],
      optimize: [],
      plain: [],
    };
    for (let round = 0; round < rounds; round++) {
      runs.ours.push(await runOurs(service.url, sample));
      runs.optimize.push(await runPeer('optimize', service.links));
      runs.ours.push(await runOurs(service.url, sample));
      if (aims.plain !== undefined) runs.plain.push(await runPeer('plain', service.links));
    }
    const of = (side: keyof typeof runs, value: keyof Run) =>
      median(runs[side].map(run => run[value]));
    const what = `4 × ${sample.name}, ${sample.format.toUpperCase()}, from the terminal`;
    const faster = (
      label: string,
      side: 'optimize' | 'plain',
      value: 'seconds' | 'first',
      reach: number,
    ): Row => ({
      what: `${what}${label}`,
      ours: `${of('ours', value).toFixed(2)} s`,
      peer: `${of(side, value).toFixed(2)} s`,
      value: of(side, value) / of('ours', value),
      reach,
      better: 'more',
      unit: '×',
    });
    return [
      faster('', 'optimize', 'seconds', aims.speed),
      faster(', first file', 'optimize', 'first', 3),
      ...(aims.plain === undefined
        ? []
        : [faster(', script without optimize', 'plain', 'seconds', aims.plain)]),
      ...(aims.memory === undefined
        ? []
        : [
            {
              what: `${what}, peak memory`,
              ours: megabytes(of('ours', 'memory')),
              peer: megabytes(of('optimize', 'memory')),
              value: of('ours', 'memory') / of('optimize', 'memory'),
              reach: aims.memory,
              better: 'less',
              unit: '×',
            } as const,
          ]),
    ];
  } finally {
    await service.close();
  }
}

/** The longest that the thread of a process was held up that loads, converts and saves as the editor does. */
export async function benchStall(sample: Sample, rounds: number): Promise<Row[]> {
  const service = await servicePacing(sample);
  try {
    const stalls: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const child = fork(fileURLToPath(new URL('stall.ts', import.meta.url)), [
        service.url,
        ...service.links,
      ]);
      const [stall] = (await once(child, 'message')) as [number];
      await once(child, 'exit');
      stalls.push(stall);
    }
    return [
      {
        what: `4 × ${sample.name}, ${sample.format.toUpperCase()}: longest stall of the thread that asks for them`,
        ours: `${Math.min(...stalls).toFixed(1)}–${Math.max(...stalls).toFixed(1)} ms`,
        peer: '',
        value: median(stalls),
        reach: 20,
        better: 'less',
        unit: ' ms',
      },
    ];
  } finally {
    await service.close();
  }
}

/** A service with one task that is done, and its pictures behind slow links. */
async function servicePacing({ path, format }: Sample) {
  const bytes = await readFile(path);
  const paths = Array.from({ length: pictures }, (_, index) => `/${index}.${format}`);
  const task: Record<string, unknown> = {
    task_id: 'done',
    type: 'image',
    status: 'completed',
    model: 'jimeng-4.0',
    prompt: 'a bench',
    created_at: 1_700_000_000,
    updated_at: 1_700_000_000,
  };
  const slowly: Answer = response => void sendSlowly(response, bytes);
  const service = await scriptedService({
    'GET /': [{ service: 'jimeng-api', endpoints: { tasks: '/v1/tasks' } }],
    'GET /v1/tasks/done': [task],
    ...Object.fromEntries(paths.map(each => [`GET ${each}`, [slowly]])),
  });
  const links = paths.map(each => service.url + each);
  task['result'] = { created: 1_700_000_000, data: links.map(url => ({ url })) };
  return { ...service, links };
}

async function sendSlowly(response: ServerResponse, bytes: Buffer): Promise<void> {
  await delay(latency);
  response.setHeader('content-length', bytes.length);
  const began = performance.now();
  for (let sent = 0; sent < bytes.length;) {
    const due = Math.min(
      bytes.length,
      Math.ceil(((performance.now() - began + 10) / 1_000) * pace),
    );
    response.write(bytes.subarray(sent, due));
    sent = due;
    await delay(10);
  }
  response.end();
}

async function runOurs(url: string, { format, path }: Sample): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'jimeng-bench-'));
  try {
    const began = performance.now();
    const child = spawn(
      process.execPath,
      [
        fileURLToPath(built.cli),
        'task',
        'done',
        '--save',
        '--output-dir',
        folder,
        '--api-url',
        url,
      ],
      {
        cwd: folder,
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { PATH: process.env['PATH'], HOME: folder, XDG_DATA_HOME: join(folder, '.data') },
      },
    );
    const ended = once(child, 'close') as Promise<[number]>;
    const memory = watchMemory(child.pid, ended);
    let first = NaN;
    while (Number.isNaN(first) && child.exitCode === null) {
      await delay(5);
      if ((await saved(folder)).length > 0) first = performance.now() - began;
    }
    const [code] = await ended;
    const seconds = (performance.now() - began) / 1_000;
    const files = await saved(folder);
    if (code !== 0 || files.length !== pictures)
      throw new Error(`jimeng ended with ${code} and ${files.length} pictures`);
    if (format === 'png') {
      const data = (png: Buffer) => Buffer.concat(chunksOf(png, 'IDAT'));
      const source = data(await readFile(path));
      for (const file of files)
        if (!data(await readFile(join(folder, file))).equals(source))
          throw new Error('a PNG was encoded anew');
    }
    return { seconds, first: first / 1_000, memory: await memory };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function saved(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter(name => name.endsWith('.png'));
}

async function runPeer(how: 'optimize' | 'plain', links: string[]): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'jimeng-bench-'));
  try {
    const began = performance.now();
    const child = spawn(
      python(),
      [fileURLToPath(new URL('peer.py', import.meta.url)), how, folder, ...links],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const ended = once(child, 'close') as Promise<[number]>;
    const memory = watchMemory(child.pid, ended);
    await once(child.stdout, 'data');
    const first = (performance.now() - began) / 1_000;
    child.stdout.resume();
    const [code] = await ended;
    const seconds = (performance.now() - began) / 1_000;
    if (code !== 0) throw new Error(`the script ended with ${code}`);
    return { seconds, first, memory: await memory };
  } finally {
    await rm(folder, { recursive: true });
  }
}
