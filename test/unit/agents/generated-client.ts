import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { demoService, type DemoService } from '../../demo-service.ts';
import { scriptedService, type Answer } from '../../scripted-service.ts';
import { drive, scaffoldInto, type Variant } from './variants.ts';

export const session = '0123456789abcdef0123456789abcdef';

export interface Outcome {
  state?: string;
  task?: string;
  problem?: string;
  code?: number;
  message?: string;
  results?: { url: string }[];
}
export type Step = [action: string, ...args: unknown[]];

/** The generations that reached a service. */
export const posts = ({ requests }: DemoService) =>
  requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/generations'));

/** A project with a generated client in it, and services for it; to be called within a suite. */
export function generatedClient(variant: Variant) {
  const project = { folder: '', file: '', run, demo, scripted };
  const closing: { close: () => Promise<unknown> }[] = [];
  suiteSetup(async () => {
    project.folder = await mkdtemp(join(tmpdir(), 'jimeng-scaffold-'));
    project.file = await scaffoldInto(project.folder, 'client', variant);
  });
  suiteTeardown(() => rm(project.folder, { recursive: true }));
  teardown(async () => {
    await Promise.all(closing.splice(0).map(service => service.close()));
    await rm(join(project.folder, 'jimeng-jobs'), { recursive: true, force: true });
  });
  async function open<T extends { close: () => Promise<unknown> }>(
    service: Promise<T>,
  ): Promise<T> {
    closing.push(await service);
    return service;
  }
  function demo(options?: Parameters<typeof demoService>[0]): Promise<DemoService> {
    return open(demoService(options));
  }
  function scripted(script: Record<string, Answer[]>) {
    return open(scriptedService(script));
  }

  /** What came of each step. A run is a program of its own: what it knows of earlier ones lies in the folder. */
  async function run(url: string, steps: Step[], id = session): Promise<Outcome[]> {
    const child = drive('client', variant, [project.file, JSON.stringify(steps)], {
      cwd: project.folder,
      env: { JIMENG_API_URL: url, JIMENG_SESSION_ID: id },
    });
    const [stdout, stderr] = await Promise.all([text(child.stdout!), text(child.stderr!)]);
    assert.equal(stderr, '');
    return JSON.parse(stdout) as Outcome[];
  }
  return project;
}
