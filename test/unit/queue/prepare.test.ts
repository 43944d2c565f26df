import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openFile } from '../../../src/core/inputs/open-file.ts';
import { prepare, type PrepareOptions } from '../../../src/core/queue/prepare.ts';
import { RefusedRequest } from '../../../src/core/request/checked.ts';
import type { ImageRequest } from '../../../src/core/request/schema.ts';
import { JimengError, textOf } from '../../../src/core/service/failures/failures.ts';
import { photo } from '../convert/samples.ts';

suite('preparing a request', () => {
  const request: ImageRequest = { kind: 'image', prompt: 'a cat' };
  const prepared = (more: Partial<ImageRequest> = {}, kind?: PrepareOptions['service']['kind']) =>
    prepare(
      { ...request, ...more },
      {
        region: 'cn',
        service: { url: 'http://127.0.0.1:1', demo: false, ...(kind && { kind }) },
        folder: 'file:///pic',
        unknownModels: 'refuse',
        openInput: openFile,
      },
    );

  test('finds out all that its task keeps, and asks for nothing that was not chosen', async () => {
    const { state, size, model, request: kept, largeInputs } = await prepared();
    assert.deepEqual(kept, request);
    assert.equal(size, '2048×2048');
    assert.equal(model, state.body.model);
    assert.deepEqual(largeInputs, []);
  });

  test('a task at the service where it has tasks, else a sync request', async () => {
    const modes = [undefined, 'stock', 'task'].map(async kind => {
      const { mode } = await prepared({}, kind as PrepareOptions['service']['kind']);
      return mode;
    });
    assert.deepEqual(await Promise.all(modes), ['sync', 'sync', 'async']);
  });

  test('what is refused says why, and inputs are not looked at', () =>
    assert.rejects(
      prepared({ model: 'jimeng-9', images: [{ uri: 'file:///none.png' }] }),
      error => error instanceof RefusedRequest && error.refusal.kind === 'unknownModel',
    ));

  test('a callback address is refused for a service that makes no calls', async () => {
    const callbackUrl = 'https://example.test/done';
    await assert.rejects(
      prepared({ callbackUrl }, 'stock'),
      error =>
        error instanceof JimengError &&
        /does not support callback addresses.*Nothing was sent/.test(textOf(error.failure)),
    );
    assert.equal((await prepared({ callbackUrl }, 'task')).request.callbackUrl, callbackUrl);
  });

  test('inputs get the hash of what they hold', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'jimeng-prepare-'));
    try {
      const uri = pathToFileURL(join(folder, 'a.png')).href;
      await writeFile(join(folder, 'a.png'), await photo(30, 20).png().toBuffer());
      const [first, link] = (await prepared({ images: [{ uri }, { uri: 'https://x.test/b.png' }] }))
        .request.images!;
      assert.match(first?.sha256 ?? '', /^[0-9a-f]{64}$/);
      assert.deepEqual(link, { uri: 'https://x.test/b.png' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
