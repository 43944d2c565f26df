import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { getL10nJson } from '@vscode/l10n-dev';

const root = new URL('../../', import.meta.url);
const read = async (path: string) =>
  JSON.parse(await readFile(new URL(path, root), 'utf8')) as Record<string, string>;
const placeholders = (text: string) =>
  [...text.matchAll(/\{\d+\}/g)].map(([match]) => match).sort();

suite('texts in both languages', () => {
  let english: Record<string, string>;
  let chinese: Record<string, string>;
  suiteSetup(async () => {
    const names = (await readdir(fileURLToPath(new URL('src', root)), { recursive: true })).filter(
      name => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'),
    );
    const files = await Promise.all(
      names.map(async name => ({
        extension: name.slice(name.lastIndexOf('.')),
        contents: await readFile(new URL(`src/${name}`, root), 'utf8'),
      })),
    );
    english = Object.fromEntries(
      Object.keys(await getL10nJson(files as never)).map(key => [key, key]),
    );
    chinese = await read('l10n/bundle.l10n.zh-cn.json');
  });

  test('the sources have texts', () => assert.ok(Object.keys(english).length > 100));
  test('none is missing in Chinese', () =>
    assert.deepEqual(
      Object.keys(english).filter(key => !(key in chinese)),
      [],
    ));
  test('none is stale in Chinese', () =>
    assert.deepEqual(
      Object.keys(chinese).filter(key => !(key in english)),
      [],
    ));
  test('placeholders are the same', () => {
    assert.deepEqual(
      Object.entries(chinese).filter(
        ([key, text]) => placeholders(key).join() !== placeholders(text).join(),
      ),
      [],
    );
  });
  test('the manifest has the same keys in both, and uses each', async () => {
    const [manifest, en, zh] = await Promise.all([
      readFile(new URL('package.json', root), 'utf8'),
      read('package.nls.json'),
      read('package.nls.zh-cn.json'),
    ]);
    const used = [
      ...new Set([...manifest.matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key!)),
    ].sort();
    assert.deepEqual(Object.keys(en).sort(), used);
    assert.deepEqual(Object.keys(zh).sort(), used);
  });
});
