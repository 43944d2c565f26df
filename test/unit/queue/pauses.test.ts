import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSessionId } from '../../../src/core/session/session.ts';
import { Fingerprints } from '../../../src/core/session/fingerprint.ts';
import { PauseStore, isPaused } from '../../../src/core/queue/pauses.ts';

suite('pauses', () => {
  let folder: string;
  let pauses: PauseStore;
  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-pauses-'));
    pauses = new PauseStore(join(folder, 'queue.json'));
  });
  teardown(() => rm(folder, { recursive: true }));

  test('risk control rests twice as long each time, an hour at most; those that fail together are one time', async () => {
    let now = 1_000_000;
    const rests: number[] = [];
    for (let time = 0; time < 9; time++) {
      await pauses.pauseSession('f', { kind: 'riskControl' }, now);
      await pauses.pauseSession('f', { kind: 'riskControl' }, now + 1);
      const { until = 0 } = (await pauses.state()).sessions['f']!;
      rests.push((until - now) / 60_000);
      now = until + 1;
    }
    assert.deepEqual(rests, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    await pauses.clearSession('f');
    await pauses.pauseSession('f', { kind: 'riskControl' }, now);
    assert.equal(
      ((await pauses.state()).sessions['f']!.until! - now) / 60_000,
      1,
      'one that worked begins anew',
    );
  });

  test('an expired session stands still, another one does not; resuming lets all go on', async () => {
    await pauses.pauseSession('old', { kind: 'sessionExpired' });
    const state = await pauses.state();
    assert.ok(isPaused(state, 'old', Date.now() + 1e12));
    assert.ok(!isPaused(state, 'new'));
    await pauses.pause();
    assert.ok(isPaused(await pauses.state(), 'new'));
    await pauses.resume();
    assert.ok(!isPaused(await pauses.state(), 'old'));
  });

  test('a damaged file pauses nothing', async () => {
    await writeFile(join(folder, 'queue.json'), '{"paused":');
    assert.deepEqual(await pauses.state(), { paused: false, sessions: {} });
  });
});

suite('fingerprints', () => {
  let folder: string;
  let path: string;
  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-fingerprint-'));
    path = join(folder, 'ledger', 'salt');
  });
  teardown(() => rm(folder, { recursive: true }));
  const id = '0123456789abcdef0123456789abcdef';
  const session = (text = id) => {
    const parsed = parseSessionId(text);
    assert.ok(parsed.ok);
    return parsed.session;
  };

  test('tell sessions apart, the same in every window, and hold nothing of them', async () => {
    const windows = Array.from({ length: 5 }, () => new Fingerprints(path));
    const seen = await Promise.all(windows.map(window => window.of(session())));
    assert.equal(new Set(seen).size, 1);
    assert.notEqual(await windows[0]!.of(session(`us-${id}`)), seen[0]);
    assert.ok(!(await readFile(path, 'utf8')).includes(id));
  });

  for (const damage of ['', '\0\0\0\0', '"0123"']) {
    test(`a salt file that holds ${JSON.stringify(damage)} is repaired`, async () => {
      await mkdir(join(folder, 'ledger'));
      await writeFile(path, damage);
      const made = await new Fingerprints(path).of(session());
      assert.equal(await new Fingerprints(path).of(session()), made, 'and stays as it is then');
      assert.match(await readFile(path, 'utf8'), /[0-9a-f]{64}/);
    });
  }

  test('what could not be written is tried again', async () => {
    await writeFile(join(folder, 'ledger'), 'a file where the folder belongs');
    const fingerprints = new Fingerprints(path);
    await assert.rejects(fingerprints.of(session()));
    await rm(join(folder, 'ledger'));
    assert.match(await fingerprints.of(session()), /^[0-9a-f]{16}$/);
  });
});
