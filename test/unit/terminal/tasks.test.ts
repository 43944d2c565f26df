import assert from 'node:assert/strict';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { demoService, type DemoService } from '../../demo-service.ts';
import { jimeng, useFolder } from './cli.ts';

suite('jimeng tasks, task, cancel', () => {
  let folder: string;
  let service: DemoService;
  useFolder(async path => {
    folder = path;
    await mkdir(join(folder, '.git'));
    await writeFile(join(folder, 'package.json'), '{}');
  });
  /** One task at a time, each of which takes so long; started processes need seconds on a busy machine. */
  const slow = async (delayMs: number) => {
    service = await demoService({ delayMs, maxConcurrent: 1 });
  };
  teardown(() => service.close());

  const run = (args: string[]) =>
    jimeng(args, {
      cwd: folder,
      env: { JIMENG_API_URL: service.url, JIMENG_SESSION_ID: '0123456789abcdef0123456789abcdef' },
    });
  /** Leaves a task with the service, and returns its id. */
  async function begin(prompt: string): Promise<string> {
    const { stdout, code } = await run(['text', prompt, '--resolution', '1k', '--async']);
    assert.equal(code, 0);
    return stdout.trim();
  }

  test('lists what the service has, by status and number, as text and as JSON', async () => {
    await slow(300_000);
    const [first, second] = [await begin('a cute cat'), await begin('山水\nin two lines')];
    const all = await run(['tasks']);
    assert.equal(all.code, 0);
    assert.deepEqual(
      all.stdout
        .trim()
        .split('\n')
        .map(line => line.split(/\s+/)[0]),
      [second, first],
    );
    assert.match(all.stdout, /山水 in two lines/);
    const { tasks } = JSON.parse(
      (await run(['tasks', '--status', 'queued', '--limit', '5', '--json'])).stdout,
    ) as { tasks: { task_id: string }[] };
    assert.deepEqual(
      tasks.map(({ task_id: id }) => id),
      [second],
    );
    const none = await run(['tasks', '--type', 'video']);
    assert.equal(none.stdout, '');
    assert.match(none.stderr, /no such tasks/);
    const wrong = await run(['tasks', '--status', 'sleeping']);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /--status takes one of pending, queued/);
  });

  test('a task is followed and saved, once', async () => {
    await slow(10_000);
    const id = await begin('a cute cat');
    const { stdout } = await run(['task', id, '--json']);
    assert.deepEqual(JSON.parse(stdout), {
      task_id: id,
      status: 'processing',
      model: 'jimeng-4.0',
      prompt: 'a cute cat',
    });
    const saved = await run(['task', id, '--wait', '--save']);
    assert.equal(saved.code, 0, saved.stderr);
    assert.equal((await readdir(join(folder, 'pic'))).length, 4);
    const again = await run(['task', id, '--save']);
    assert.deepEqual(again.stdout.split('\n').slice(0, 4), saved.stdout.split('\n').slice(0, 4));
    assert.equal((await readdir(join(folder, 'pic'))).length, 4);
  });

  test('one that was begun elsewhere is saved too', async () => {
    await slow(0);
    const id = await begin('a cute cat');
    await rm(join(folder, '.data'), { recursive: true });
    while (
      (JSON.parse((await run(['task', id, '--json'])).stdout) as { status: string }).status !==
      'completed'
    )
      await delay(50);
    const saved = await run(['task', id, '--save', '--json']);
    assert.equal((JSON.parse(saved.stdout) as { files: unknown[] }).files.length, 4, saved.stderr);
  });

  test('what waits is cancelled for nothing; what runs is not, and an unknown id is said', async () => {
    await slow(300_000);
    const [first, second] = [await begin('first'), await begin('second')];
    const cancelled = await run(['cancel', second]);
    assert.equal(cancelled.code, 0);
    assert.match(cancelled.stdout, /is cancelled/);
    const tooLate = await run(['cancel', first]);
    assert.equal(tooLate.code, 1);
    assert.ok(tooLate.stderr.trim().length > 20);
    for (const command of ['task', 'cancel']) {
      const unknown = await run([command, 'nothing-like-this']);
      assert.equal(unknown.code, 1, command);
      assert.match(unknown.stderr, /no longer knows|does not know/i);
      assert.equal((await run([command])).code, 2);
    }
  });
});
