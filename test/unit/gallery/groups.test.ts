import assert from 'node:assert/strict';
import { Groups, type GalleryFile } from '../../../src/core/gallery/groups.ts';
import type { PictureSettings } from '../../../src/core/images/settings.ts';

const settings = (
  prompt: string | undefined,
  time = '2026-01-02T03:04:05.678Z',
): PictureSettings => ({
  format: 1,
  request: {
    kind: 'image',
    ...(prompt !== undefined && { prompt }),
    model: 'jimeng-4.0',
    ratio: '1:1',
    resolution: '2k',
  },
  service: { demo: false, kind: 'task' },
  time,
  version: '0.1.0',
});

function file(name: string, more: Partial<GalleryFile> = {}): GalleryFile {
  const id = `file:///w/pic/${name}`;
  return {
    id,
    name: name.split('/').at(-1)!,
    path: `pic/${name}`,
    source: `v:${name}`,
    kind: 'picture',
    bytes: 10,
    modified: 1_000,
    kept: false,
    ...more,
  };
}

suite('groups of the gallery', () => {
  const names = (groups: { items: { name: string }[] }[]) =>
    groups.map(({ items }) => items.map(({ name }) => name));

  test('results of one request, by their settings, also when one was renamed', () => {
    const groups = new Groups();
    const facts = { size: { width: 2, height: 1 }, settings: settings('a cat') };
    const { changed } = groups.update(
      [
        file('jimeng_20260102_030405_10.png', { facts }),
        file('hero.png', { facts }),
        file('jimeng_20260102_030405_2.png', { facts, modified: 5_000 }),
        file('jimeng_20260102_030406_1.png', {
          facts: { settings: settings('a cat', '2026-01-02T03:04:06.000Z') },
        }),
      ],
      [],
    );
    assert.deepEqual(names(changed), [
      ['jimeng_20260102_030405_2.png', 'jimeng_20260102_030405_10.png', 'hero.png'],
      ['jimeng_20260102_030406_1.png'],
    ]);
    const [group] = changed;
    assert.deepEqual(
      {
        prompt: group?.prompt,
        model: group?.model,
        options: group?.options,
        time: group?.time,
        demo: group?.demo,
      },
      {
        prompt: 'a cat',
        model: 'jimeng-4.0',
        options: [
          { label: 'Ratio', value: '1:1' },
          { label: 'Resolution', value: '2k' },
        ],
        time: 5_000,
        demo: false,
      },
    );
    assert.deepEqual(
      group?.items.map(({ variation, remembers }) => [variation, remembers]),
      [
        [2, true],
        [10, true],
        [undefined, true],
      ],
    );
  });

  test('without settings: by the task of the ledger, else by the stem of our names, else alone', () => {
    const groups = new Groups();
    const task = { id: 't', prompt: '一只猫', model: 'jimeng-video-3.5-pro', demo: true };
    const { changed } = groups.update(
      [
        file('jimeng_20260102_030405_1.mp4', { kind: 'video', facts: {}, task }),
        file('renamed.mp4', { kind: 'video', facts: {}, task }),
        file('jimeng_20260102_030407_1.png'),
        file('jimeng_20260102_030407_2.png', { facts: {} }),
        file('sub/jimeng_20260102_030407_1.png'),
        file('photo.jpg'),
      ],
      [],
    );
    assert.deepEqual(names(changed), [
      ['jimeng_20260102_030405_1.mp4', 'renamed.mp4'],
      ['jimeng_20260102_030407_1.png', 'jimeng_20260102_030407_2.png'],
      ['jimeng_20260102_030407_1.png'],
      ['photo.jpg'],
    ]);
    assert.deepEqual(
      [changed[0]?.prompt, changed[0]?.demo, changed[0]?.items[0]?.remembers],
      ['一只猫', true, false],
    );
  });

  test('each knows whether it is kept', () => {
    const groups = new Groups();
    const { changed } = groups.update(
      [file('jimeng_20260102_030407_1.png'), file('jimeng_20260102_030407_2.png', { kept: true })],
      [],
    );
    assert.deepEqual(
      changed.map(({ items }) => items.map(({ kept }) => kept)),
      [[false, true]],
    );
  });

  test('an update names only the groups that a change touches, and those that are gone', () => {
    const groups = new Groups();
    groups.update(
      [
        file('jimeng_20260102_030405_1.png'),
        file('jimeng_20260102_030405_2.png'),
        file('a.png'),
        file('b.png'),
      ],
      [],
    );
    const less = groups.update(
      [],
      [
        'file:///w/pic/jimeng_20260102_030405_1.png',
        'file:///w/pic/a.png',
        'file:///w/pic/never.png',
      ],
    );
    assert.deepEqual(names(less.changed), [['jimeng_20260102_030405_2.png']]);
    assert.deepEqual(less.gone, ['file:///w/pic/a.png']);
    // Looked into, it turns out to belong elsewhere.
    const moved = groups.update([file('b.png', { facts: { settings: settings('a dog') } })], []);
    assert.deepEqual([names(moved.changed), moved.gone], [[['b.png']], ['file:///w/pic/b.png']]);
    assert.equal(moved.changed[0]?.prompt, 'a dog');
    assert.deepEqual(
      ['jimeng_20260102_030405_1.png', 'jimeng_20260102_030405_2.png', 'a.png', 'b.png'].filter(
        name => groups.file(`file:///w/pic/${name}`),
      ),
      ['jimeng_20260102_030405_2.png', 'b.png'],
    );
  });

  test("a prompt that was left out of the picture is the ledger's", () => {
    const [group] = new Groups().update(
      [
        file('x.png', {
          facts: { settings: settings(undefined) },
          task: { id: 't', prompt: 'secret', model: 'm', demo: false },
        }),
      ],
      [],
    ).changed;
    assert.deepEqual([group?.prompt, group?.model], ['secret', 'jimeng-4.0']);
  });
});
