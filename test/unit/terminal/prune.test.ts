import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoService } from '../../demo-service.ts';
import { head } from '../queue/samples.ts';
import { jimeng } from './cli.ts';

suite('what earlier commands left', () => {
  test('a generation forgets tasks after 90 days, and what a crash left of their results after one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'jimeng-prune-'));
    const demo = await demoService();
    try {
      const data = join(folder, '.data', 'jimeng');
      const write = async (place: string, name: string, text: string, days: number) => {
        await mkdir(join(data, place), { recursive: true });
        await writeFile(join(data, place, name), text);
        await utimes(
          join(data, place, name),
          Date.now() / 1_000 - days * 86_400,
          Date.now() / 1_000 - days * 86_400,
        );
      };
      for (const [id, days] of [
        ['old', 91],
        ['young', 89],
      ] as const)
        await write(
          'ledger/done',
          `${id}.json`,
          JSON.stringify({ ...head(id), state: { status: 'completed', files: [] } }),
          days,
        );

      await write('received', '00000000-0000-4000-8000-000000000001-0.part', 'half a video', 2);
      const { code } = await jimeng(['text', 'a cat', '--resolution', '1k'], {
        cwd: folder,
        env: { JIMENG_SESSION_ID: 'f00dfacef00dfacef00dfacef00dface', JIMENG_API_URL: demo.url },
      });
      assert.equal(code, 0);
      const names = await readdir(join(data, 'ledger/done'));
      assert.equal(names.length, 2);
      assert.ok(names.includes('young.json'));
      assert.deepEqual(await readdir(join(data, 'received')), []);
    } finally {
      await demo.close();
      await rm(folder, { recursive: true });
    }
  });
});
