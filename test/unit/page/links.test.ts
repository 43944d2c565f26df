import assert from 'node:assert/strict';
import type { PageKind } from '../../../src/core/page/kinds.ts';
import { findImageLinks } from '../../../src/core/page/links.ts';

/** Each link as `path | alt | width×height`; what its span covers is checked on the way. */
function links(text: string, kind: PageKind): string[] {
  return findImageLinks(text, kind).map(({ start, end, path, alt, size }) => {
    assert.match(text.slice(start, end), /\.(png|jpe?g|webp)/i);
    return [path, alt, ...(size ? [`${size.width}×${size.height}`] : [])].join(' | ');
  });
}

const cases: Record<PageKind, [text: string, ...links: string[]][]> = {
  markdown: [
    ['![a cat](pic/hero.png)', 'pic/hero.png | a cat'],
    ['![一只猫 😺](图/封面.png "标题")', '图/封面.png | 一只猫 😺'],
    ['![](<a b.png>) ![x](a%20b.png)', 'a b.png | ', 'a b.png | x'],
    ['![a \\] b [c] d](x.png)', 'x.png | a ] b [c] d'],
    ['![a &amp; b](x(1).png?v=2#top)', 'x(1).png | a & b'],
    ['[![alt](in.png)](page.html)', 'in.png | alt'],
    ['![two\nlines](x.jpg)', 'x.jpg | two lines'],
    ['![no\n\nparagraph](x.png)'],
    ['![a --> b </script> ](x.png)', 'x.png | a --> b </script>'],
    ['<img src="a.png" alt="x &quot;y&quot;" width="800" height="450">', 'a.png | x "y" | 800×450'],
    ['`![a](x.png)` and ``![b](y.png) ` `` then ![c](z.png)', 'z.png | c'],
    ['a ` alone ![c](z.png)\n\nnext `', 'z.png | c'],
    ['```md\n![a](x.png)\n```\n![b](y.png)\n~~~\n![c](z.png)', 'y.png | b'],
    ['<!-- ![a](x.png) -->![b](y.png)', 'y.png | b'],
    ['[not a picture](x.png) ![text](x.txt) ![svg](x.svg)'],
    [
      '![a](https://e.com/x.png) ![a](//e.com/x.png) ![a](data:image/png;base64,AA.png) ![a](#x.png) ![a]({{ url }}.png) ![a](${x}/y.png) ![a](@site/x.png)',
    ],
    ['![a](/img/x.png)', '/img/x.png | a'],
    ['![a](C:\\x.png) ![a](%PUBLIC_URL%/x.png) ![a](~/x.png)'],
  ],
  html: [
    [
      '<img src="pic/hero.png" alt=\'a "cat"\' width=800 height="450px">',
      'pic/hero.png | a "cat" | 800×450',
    ],
    ['<IMG alt="A > B" SRC=hero.png>', 'hero.png | A > B'],
    ['<img\n  class="x"\n  src="a.png"\n/>', 'a.png | '],
    ['<img src="a.png" width="100%" height="50">', 'a.png | '],
    [
      '<img :src="hero" data-src="a.png"><img v-bind:src="\'a.png\'"><img src="{{ x }}.png"><img src="<?= x ?>.png">',
    ],
    [
      '<imgs src="a.png"><!-- <img src="b.png"> --><script>"<img src=\'c.png\'>"</script><img src="d.png">',
      'd.png | ',
    ],
    [
      '<style>.a { background: url(bg.png) }</style><p style="background:url(no.png)">',
      'bg.png | ',
    ],
    ['<img alt="&#20320;&#x597D;" src="&#x61;.png">', 'a.png | 你好'],
    ['<img src="cut off.png'],
    ['<img src="a.png" src="b.png">', 'a.png | '],
  ],
  jsx: [
    [
      '<img src="a.png" alt="cat" width={800} height={450} onClick={() => { go(a > b) }} />',
      'a.png | cat | 800×450',
    ],
    ['<img onLoad={x => x} src="b.png" alt={`${name}`} />', 'b.png | '],
    ['<img src={hero} /><img src={`${x}.png`} /><img {...props} src="c.png" />', 'c.png | '],
    ['/* <img src="a.png" /> */\n// <img src="b.png" />\n<img src="c.png"/>', 'c.png | '],
    ['const glob = "src/*";\n<img src="c.png"/>', 'c.png | '],
    ['<img src="https://x.y/a.png" />'],
  ],
  css: [
    [
      '.a { background: url("../pic/bg.png") no-repeat, url( \'b.png\' ); }',
      '../pic/bg.png | ',
      'b.png | ',
    ],
    ['.a { background: url(封面.png?x) }', '封面.png | '],
    [
      '/* url(a.png) */ .b { mask: url(#m); src: url(font.woff2) } .c { background: url("#{$x}/c.png") url($x.png) url(data:image/png;base64,x.png) }',
    ],
  ],
};

suite('pictures of a page', () => {
  for (const [kind, rows] of Object.entries(cases)) {
    for (const [text, ...expected] of rows)
      test(`${kind}: ${text.replace(/\s+/g, ' ').slice(0, 80)}`, () =>
        assert.deepEqual(links(text, kind as PageKind), expected));
  }

  test('one line of a megabyte, of whatever it may be, is read in time that grows with its length', () => {
    const pieces = [
      '![',
      '![](',
      '](',
      '![a](a',
      '`',
      '``` ',
      '\\',
      '<img ',
      '<img a="',
      '<img a=\'<img b="',
      '<img x={',
      'url(',
      'url(a ',
      'url("',
      'url(          ',
      '<!--',
      '/*',
      '(',
      ' ',
      '![a](<',
      '![](a(',
      '<style>url(',
    ];
    for (const kind of ['markdown', 'html', 'jsx', 'css'] as const) {
      for (const piece of pieces) {
        const link = kind === 'css' ? 'url(x.png)' : '<img src="x.png">';
        const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
        assert.ok(findImageLinks(text + link, kind).length <= 1, `${kind} ${piece}`); // with squares it would not end in the time of a test
      }
    }
  }).timeout(180_000);

  test('a text that no person writes is passed over', () => {
    assert.deepEqual(findImageLinks(`${' '.repeat(2_000_001)}![a](x.png)`, 'markdown'), []);
  });
});
