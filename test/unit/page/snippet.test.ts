import assert from 'node:assert/strict';
import { kindAt, kindOf, type PageKind } from '../../../src/core/page/kinds.ts';
import { findImageLinks } from '../../../src/core/page/links.ts';
import { addressOf, localPath, relativePath } from '../../../src/core/page/paths.ts';
import { ratioFor } from '../../../src/core/page/ratio.ts';
import { snippetFor, type PagePicture } from '../../../src/core/page/snippet.ts';

const hero: PagePicture = {
  path: '../pic/hero.png',
  alt: 'a cat',
  size: { width: 800, height: 450 },
  video: false,
};
const wide: PagePicture = {
  ...hero,
  path: 'h-1600w.webp',
  sources: [
    { path: 'h-800w.webp', width: 800 },
    { path: 'h-1600w.webp', width: 1600 },
  ],
  size: { width: 1600, height: 900 },
};
const clip: PagePicture = { ...hero, path: 'clip.mp4', video: true };

/** What the editor makes of a snippet whose tab stops nobody changes. */
const inserted = (snippet: string) =>
  snippet.replace(
    /\$\{\d+:((?:\\.|[^\\}])*)\}|\$\d+|\\([\\$}])/g,
    (_all, text: string | undefined, escaped: string | undefined) =>
      text?.replace(/\\([\\$}])/g, '$1') ?? escaped ?? '',
  );

suite('what is inserted into a page', () => {
  const plain: [PageKind | undefined, PagePicture, string][] = [
    ['markdown', hero, '![${1:a cat}](../pic/hero.png)'],
    ['html', hero, '<img src="../pic/hero.png" alt="${1:a cat}" width="800" height="450">'],
    ['jsx', hero, '<img src="../pic/hero.png" alt="${1:a cat}" width={800\\} height={450\\} />'],
    ['css', hero, 'url("../pic/hero.png")'],
    [undefined, hero, '../pic/hero.png'],
    ['html', { path: 'x.png', alt: '', video: false }, '<img src="x.png" alt="$1">'],
    ['markdown', clip, '[${1:a cat}](clip.mp4)'],
    ['html', clip, '<video src="clip.mp4" controls width="800" height="450"></video>'],
    ['jsx', clip, '<video src="clip.mp4" controls width={800\\} height={450\\} />'],
    ['css', clip, ''],
    [
      'html',
      wide,
      '<img src="h-1600w.webp" srcset="h-800w.webp 800w, h-1600w.webp 1600w" sizes="(max-width: 1600px) 100vw, 1600px" alt="${1:a cat}" width="1600" height="900">',
    ],
    [
      'jsx',
      wide,
      '<img src="h-1600w.webp" srcSet="h-800w.webp 800w, h-1600w.webp 1600w" sizes="(max-width: 1600px) 100vw, 1600px" alt="${1:a cat}" width={1600\\} height={900\\} />',
    ],
    [
      'markdown',
      wide,
      '<img src="h-1600w.webp" srcset="h-800w.webp 800w, h-1600w.webp 1600w" sizes="(max-width: 1600px) 100vw, 1600px" alt="${1:a cat}" width="1600" height="900">',
    ],
    ['css', wide, 'image-set(url("h-800w.webp") 1x, url("h-1600w.webp") 2x)'],
  ];
  for (const [kind, picture, expected] of plain)
    test(`${kind}: ${expected}`, () => assert.equal(snippetFor(kind, [picture]), expected));
  test('several follow each other, each with its own tab stop', () => {
    assert.equal(
      snippetFor('markdown', [hero, { ...hero, path: 'b.png' }]),
      '![${1:a cat}](../pic/hero.png)\n![${2:a cat}](b.png)',
    );
    assert.equal(
      snippetFor('css', [hero, { ...hero, path: 'b.png' }], true),
      'background-image: url("../pic/hero.png"), url("b.png");',
    );
  });

  const prompts = [
    '一只可爱的猫，戴着“帽子”',
    '😺🏳️‍🌈 emoji',
    'a "quoted" \'cat\'',
    'ends --> here',
    '</script><script>alert(1)</script>',
    'a ] b [ c',
    'a ) b ( c',
    '{{ vue }} {svelte} ${shell}',
    'C:\\x \\] $1 ${2:x}',
    '*bold* _it_ `code` ~~no~~ $x^2$ a|b',
    '&amp; &#20320; <b>',
    'two\nlines\r\nof text',
    '  spaces  ',
    '![x](y.png)',
  ];
  const paths = [
    '../pic/hero.png',
    '图片/封面 1.png',
    'a b (2).png',
    "we'ird & 50%, #1?.png",
    'x[1]{2}.png',
    '😺.png',
    'a:b.png',
  ];
  for (const kind of ['markdown', 'html', 'jsx'] as const) {
    test(`${kind}: whatever the prompt and the path are, the page reads them again`, () => {
      for (const alt of prompts) {
        for (const path of paths) {
          const text = inserted(snippetFor(kind, [{ ...hero, path, alt }]));
          const [link, ...more] = findImageLinks(text, kind);
          assert.deepEqual(
            [link?.path, link?.alt, more.length],
            [path, alt.replace(/\s+/g, ' ').trim(), 0],
            text,
          );
          assert.doesNotMatch(text, kind === 'markdown' ? /\n/ : /\n|<\/script|-->/);
        }
      }
    });
  }
  test('css: whatever the path is, the sheet reads it again', () => {
    for (const path of paths)
      assert.deepEqual(
        findImageLinks(`a{b:${inserted(snippetFor('css', [{ ...hero, path }]))}}`, 'css').map(
          link => link.path,
        ),
        [path],
      );
  });

  test('paths are seen from the page, with slashes', () => {
    assert.equal(relativePath('/ws/docs/a.md', '/ws/pic/x.png'), '../pic/x.png');
    assert.equal(relativePath('/ws/a.md', '/ws/a.png'), 'a.png');
    assert.equal(addressOf('图/a b%"\'().png'), '图/a%20b%25%22%27%28%29.png');
    assert.equal(addressOf('\ud800.png'), '%EF%BF%BD.png');
  });

  test('addresses that are surely pictures of this project', () => {
    const rows: [string, string | undefined][] = [
      ['./a.PNG', './a.PNG'],
      ['%E5%9B%BE.png', '图.png'],
      ['a.png#x', 'a.png'],
      ['a', undefined],
      ['mailto:a.png', undefined],
      ['%zz.png', undefined],
      ['a%00.png', undefined],
      ['', undefined],
    ];
    for (const [address, path] of rows) assert.equal(localPath(address), path, address);
  });

  test('languages, and style blocks inside of pages', () => {
    assert.deepEqual(['markdown', 'vue', 'typescriptreact', 'scss', 'python'].map(kindOf), [
      'markdown',
      'html',
      'jsx',
      'css',
      undefined,
    ]);
    assert.equal(kindAt('html', '<STYLE>a{'), 'css');
    assert.equal(kindAt('vue', '<style></style><template>'), 'html');
    assert.equal(kindAt('typescriptreact', '<style>'), 'jsx');
  });

  test('the ratio that is nearest to a size', () => {
    const rows: [number, number, string | undefined][] = [
      [1280, 720, '16:9 true'],
      [1200, 630, '16:9 false'],
      [300, 300, '1:1 true'],
      [100, 1000, undefined],
      [2560, 1080, '21:9 true'],
      [0, 0, undefined],
      [800, 600, '4:3 true'],
    ];
    for (const [width, height, expected] of rows) {
      const found = ratioFor({ width, height });
      assert.equal(found && `${found.ratio} ${found.exact}`, expected, `${width}×${height}`);
    }
  });
});
