import assert from 'node:assert/strict';
import { toWeb } from '../../../src/core/images/converter.ts';
import { JimengError } from '../../../src/core/service/failures/failures.ts';
import { built } from '../../built.ts';
import { photo } from '../convert/samples.ts';

suite('pictures for a page, in a thread', () => {
  const options = { workerUrl: built.webWorker, codecs: built.codecs };

  test('makes them, again and again', async () => {
    const png = await photo(300, 200).png().toBuffer();
    for (const widths of [[100, 200], [150]])
      assert.deepEqual(
        (await toWeb(png, widths, options)).map(({ width }) => width),
        widths,
      );
  });

  test('what is no picture, and a worker that is not there, are told', async () => {
    const fails = (action: Promise<unknown>) =>
      assert.rejects(
        action,
        (error: unknown) => error instanceof JimengError && error.failure.kind === 'cannotShrink',
      );
    await fails(toWeb(Buffer.from('text'), [100], options));
    await fails(
      toWeb(await photo(30, 20).png().toBuffer(), [10], {
        ...options,
        workerUrl: new URL('nowhere.js', built.webWorker),
      }),
    );
  });

  test('a cancel ends it', async () => {
    const stop = new AbortController();
    const made = toWeb(
      await photo(1500, 1000).png().toBuffer(),
      [1400, 1300, 1200],
      options,
      stop.signal,
    );
    stop.abort();
    await assert.rejects(made, { name: 'AbortError' });
  });
});
