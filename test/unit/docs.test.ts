import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listFiles, PackageManager } from '@vscode/vsce';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const exists = (path: string) => existsSync(join(root, path));
const decisions = readdirSync(join(root, 'docs/decisions')).filter(name => /^\d/.test(name));
const documents = [
  ...['README.md', 'README.zh-CN.md', 'CONTRIBUTING.md', 'SUPPORT.md', 'CHANGELOG.md'],
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md'))
    .map(name => join('docs', name)),
];

/** Examples in code are no links. */
function withoutCode(text: string): string {
  return text.replace(/^```[^]*?^```$/gm, '').replace(/`[^`\n]*`/g, 'code');
}

/** The relative links of a document, and those within it. */
function linksOf(document: string): string[] {
  return [...withoutCode(read(document)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter(link => !/^https?:/.test(link));
}

/** As GitHub makes them; `<a id>` counts too. */
function anchorsOf(text: string): string[] {
  const headings = [...text.replace(/^```[^]*?^```$/gm, '').matchAll(/^#+ (.+)$/gm)].map(
    ([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
  );
  return [...headings, ...[...text.matchAll(/<a id="([^"]+)"/g)].map(([, id = '']) => id)];
}

function leadsSomewhere(document: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? document : join(dirname(document), path);
  return exists(target) && (anchor === undefined || anchorsOf(read(target)).includes(anchor));
}

suite('documents', () => {
  test('each link leads to a file, and to a heading in it', () => {
    const broken = documents.flatMap(document =>
      linksOf(document)
        .filter(link => !leadsSomewhere(document, link))
        .map(link => `${document}: ${link}`),
    );
    assert.deepEqual(broken, []);
  });

  test('each path of the sources, tests and scripts that a document names exists', () => {
    const missing = documents.flatMap(document =>
      [...read(document).matchAll(/`((?:src|test|scripts|l10n)\/[\w./-]+)`/g)]
        .map(([, path = '']) => path)
        .filter(path => !exists(path))
        .map(path => `${document}: ${path}`),
    );
    assert.deepEqual(missing, []);
  });

  test('each decision is in the index, has its number, and fits on a page', () => {
    const index = read('docs/decisions/README.md');
    const numbers = decisions.map(name => name.slice(0, 3));
    assert.equal(new Set(numbers).size, numbers.length);
    for (const name of decisions) {
      const text = read(`docs/decisions/${name}`);
      const [, number, title = ''] = /^# (\d{3}) (.+)$/m.exec(text) ?? [];
      assert.equal(number, name.slice(0, 3), name);
      assert.ok(index.includes(`[${name.slice(0, 3)} ${title}](${name})`), `${name} in the index`);
      for (const part of ['Context', 'Decision', 'Consequences'])
        assert.ok(text.includes(`**${part}.**`), `${name}: ${part}`);
      assert.ok(text.split(/\s+/).length < 400, `${name} is too long`);
    }
  });

  for (const [english, chinese] of [
    ['README.md', 'README.zh-CN.md'],
    ...['agents', 'proxies', 'service'].map(name => [`docs/${name}.md`, `docs/${name}.zh-CN.md`]),
  ] as [string, string][])
    test(`${english} and ${chinese} have the same parts`, () => {
      const parts = (text: string) => ({
        chapters: text.match(/^## /gm)?.length,
        rows: text.match(/^\|/gm)?.length,
        items: text.match(/^(- |\d\. )/gm)?.length,
        pictures: text.match(/^!\[/gm)?.length,
        commands: text.match(/^(jimeng|npm) \S+/gm),
      });
      assert.deepEqual(parts(read(chinese)), parts(read(english)));
    });

  test('each link of a packed document leads to a packed file', async () => {
    const packed = await listFiles({ cwd: root, packageManager: PackageManager.None });
    const dead = packed
      .filter(name => name.endsWith('.md') && !name.startsWith('dist/'))
      .flatMap(document =>
        linksOf(document)
          .map(link => link.replace(/#.*/, ''))
          .filter(path => path !== '' && !packed.includes(join(dirname(document), path)))
          .map(path => `${document}: ${path}`),
      );
    assert.deepEqual(dead, []);
  });
});
