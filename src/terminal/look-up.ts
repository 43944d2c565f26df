import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as l10n from '@vscode/l10n';
import { JimengClient, type ListedTask, type ServiceTask } from '../core/service/client.ts';
import { textOf } from '../core/service/failures.ts';
import { isFinal } from '../core/final.ts';
import { serviceTaskIdOf, type Task } from '../core/task.ts';
import type { Ledger } from '../core/tasks/ledger.ts';
import type { TaskRunner } from '../core/tasks/runner.ts';
import { readAddress } from './address.ts';
import { openDesk, silent } from './desk.ts';
import { exit, type Environment } from './environment.ts';
import { networkOf } from './network.ts';
import { complain, print } from './output.ts';
import { projectRoot } from './project-root.ts';
import { reportTask } from './report.ts';
import { waitingFor, WaitingLine } from './waiting-line.ts';

/** As it was asked for on the command line. */
export interface LookUpOptions { wait: boolean; save: boolean; json: boolean; 'api-url'?: string; 'output-dir'?: string }

/** Tells how a task at the service stands, waits until it is done, or saves its pictures. */
export async function lookUp(id: string, values: LookUpOptions, environment: Environment): Promise<number> {
  const address = readAddress(values['api-url'], environment).url;
  const client = new JimengClient({ address, network: networkOf(environment), log: silent });
  const desk = openDesk(client, environment);
  const began = performance.now();
  try {
    const known = await knownTask(id, desk.ledger);
    if (values.save && known && isFinal(known) && 'files' in known) { // saved before: nothing is loaded twice
      return reportTask(known, { json: values.json, seconds: 0 });
    }
    let listed = await client.lookUp(id);
    if (values.wait && ['pending', 'queued', 'processing'].includes(listed.status)) {
      await untilDone(id, address, desk.runner);
      listed = await client.lookUp(id);
    }
    if (!values.save || listed.status !== 'completed') { return tell(listed, listed.read(), values.json); }
    const folder = values['output-dir'] === undefined ? join(projectRoot(environment.cwd), 'pic') : resolve(environment.cwd, values['output-dir']);
    const ours = known && !isFinal(known) && known.status !== 'waiting' ? known : strangersTask(listed, { url: address, demo: (await client.about()).demo, kind: 'task' }, folder);
    const claim = await desk.ledger.claim(ours.id);
    if (!claim) {
      complain(l10n.t('Another terminal is saving this task.'));
      return exit.failed;
    }
    if (ours !== known) { await desk.ledger.put(ours); }
    const saved = await desk.runner.takeUp(ours, claim).done;
    return reportTask(saved, { json: values.json, seconds: (performance.now() - began) / 1_000 });
  } finally {
    desk.runner.dispose();
    await desk.close();
  }
}

async function knownTask(serviceTaskId: string, ledger: Ledger): Promise<Task | undefined> {
  return (await ledger.all()).find(known => serviceTaskIdOf(known) === serviceTaskId);
}

/** A task that was begun elsewhere: what the service says of it is all that is known. */
function strangersTask(listed: ListedTask, service: Task['service'], folder: string): Extract<Task, { status: 'processing' }> {
  const now = Date.now();
  return {
    id: randomUUID(), createdAt: listed.createdAt ?? now, updatedAt: now, status: 'processing', serviceTaskId: listed.serviceTaskId,
    request: { kind: listed.type === 'video' ? 'video' : 'image', prompt: listed.prompt ?? '' }, model: listed.model ?? '', size: '', wait: 'task', region: 'cn',
    service, folder: pathToFileURL(folder).href,
  };
}

/** Resolves when the service is done with it, or the person pressed Ctrl-C; a service that is away is waited for. */
async function untilDone(serviceTaskId: string, url: string, { watcher }: TaskRunner): Promise<void> {
  const line = new WaitingLine();
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  process.once('SIGINT', interrupt);
  try {
    await watcher.watch({
      url, serviceTaskId, signal: interrupted.signal,
      onStatus: status => {
        line.show(waitingFor(status));
        return Promise.resolve();
      },
    });
  } catch (error) {
    if (!interrupted.signal.aborted) { throw error; }
  } finally {
    process.off('SIGINT', interrupt);
    line.end();
  }
}

/** How it stands. A failed one ends with 1. */
function tell(listed: ListedTask, read: ServiceTask, json: boolean): number {
  const { serviceTaskId, status, model, prompt } = listed;
  const failure = read.status === 'failed' ? textOf(read.failure) : undefined;
  if (json) {
    print(JSON.stringify({ task_id: serviceTaskId, status, model, prompt, ...failure !== undefined && { error: failure } }));
  } else {
    print([serviceTaskId, status, model ?? '', prompt ?? ''].join('  '));
    if (failure !== undefined) { complain(failure); }
    if (status === 'completed') { complain(l10n.t('Add --save to save its pictures. Links live 2 to 3 hours.')); }
  }
  return status === 'failed' || status === 'cancelled' ? exit.failed : exit.done;
}
