import assert from 'node:assert/strict';
import { foreignLine } from '../../../src/core/service/failures/foreign-text.ts';
import { parseSessionId, type SessionId } from '../../../src/core/session/session.ts';
import { leaks } from '../../leaks.ts';

const spellings: readonly (readonly [string, (text: string) => string])[] = [
  ['plain', text => text],
  ['in capitals', text => text.toUpperCase()],
  ['URL-encoded', encodeURIComponent],
  [
    'with every byte percent-encoded',
    text => text.replace(/[^]/g, one => `%${one.charCodeAt(0).toString(16)}`),
  ],
  [
    'with every byte percent-encoded, in capitals',
    text => text.replace(/[^]/g, one => `%${one.charCodeAt(0).toString(16).toUpperCase()}`),
  ],
  [
    'percent-encoded twice',
    text => encodeURIComponent(text.replace(/[^]/g, one => `%${one.charCodeAt(0).toString(16)}`)),
  ],
  [
    'escaped as in JSON',
    text => text.replace(/[^]/g, one => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`),
  ],
  ...[0, 1, 2].map(
    before =>
      [
        `in Base64 after ${before} bytes`,
        (text: string) => Buffer.from(`${'x'.repeat(before)}${text}yz`).toString('base64'),
      ] as const,
  ),
  ["in the URL's Base64", text => Buffer.from(text).toString('base64url')],
];

suite('session IDs in foreign text', () => {
  for (const id of [
    '0123456789abcdef0123456789abcdef',
    'us-fedcba98765432100123456789abcdef',
    'abc%2Bdef/ghi+jkl==MNO%20pqr',
    'short-id',
  ]) {
    const parsed = parseSessionId(id) as { session: SessionId };
    parsed.session.reveal(); // as for a header
    for (const [what, spell] of spellings.filter(
      ([name]) => name !== 'in capitals' || /^(?:us-)?[0-9a-f]+$/.test(id),
    )) {
      test(`${id.slice(0, 3)}…, ${what}: gone at every offset around the cut, whole or in part`, () => {
        const spelled = spell(id);
        for (let offset = 0; offset <= 300 + 5; offset++) {
          const line = foreignLine(`${'.'.repeat(offset)} ${spelled} and more ${'.'.repeat(300)}`);
          assert.deepEqual(leaks(line, id), [], `${offset}: ${line}`);
          assert.ok(line.length <= 300);
        }
        for (let length = 0; length <= spelled.length; length++) {
          // as somebody else cut it
          assert.deepEqual(leaks(foreignLine(`bad token ${spelled.slice(0, length)}`), id), []);
          assert.deepEqual(leaks(foreignLine(`bad token ${spelled.slice(length)}`), id), []);
        }
      });
    }
  }

  test('one at the edge of what is looked at leaves no part', () => {
    const id = '89abcdef0123456789abcdef01234567';
    (parseSessionId(id) as { session: SessionId }).session.reveal();
    for (let shown = 0; shown <= id.length; shown++) {
      const line = foreignLine(`x${' '.repeat(16_384 - 1 - shown)}${id}`);
      assert.deepEqual(line, shown === id.length ? 'x ••••' : 'x', `${shown}`);
    }
  });

  test('a long text without a space is shown by its beginning, and no part of an ID at the edge', () => {
    assert.equal(foreignLine('x'.repeat(20_000)), `${'x'.repeat(299)}…`);
    assert.equal(foreignLine(` ${'x'.repeat(20_000)}`), `${'x'.repeat(299)}…`);
    const id = '9abcdef0123456789abcdef012345678';
    (parseSessionId(id) as { session: SessionId }).session.reveal();
    const escaped = id.replace(
      /[^]/g,
      one => `%${'25'.repeat(10)}${one.charCodeAt(0).toString(16)}`,
    );
    for (let offset = 0; offset < id.length; offset++) {
      const line = foreignLine(`${'.'.repeat(offset)}${escaped.repeat(50)}`);
      assert.deepEqual(leaks(line, id), [], `${offset}: ${line}`);
      assert.notEqual(line, '');
    }
  });

  test("other people's IDs, which nobody told of, are masked by their form", () => {
    assert.equal(
      foreignLine(`sessionid_${'DEADbeef'.repeat(4)} of ${'deadbeef'.repeat(8)}`),
      `sessionid_•••• of ${'deadbeef'.repeat(8)}`,
    );
  });

  test('what is around stays as it is', () => {
    const { session } = parseSessionId('http://me:secretpw@10.0.0.1:8080@us-qrstuvwxyz123456') as {
      session: SessionId;
    };
    session.reveal();
    assert.equal(
      foreignLine(
        '50% İof qrstuvw, us-qrstuvwxyz123456%20 via http://me:secretpw@10.0.0.1:8080, me:secretpw, http://10.0.0.1',
      ),
      '50% İof qrstuvw, us-••••%20 via ••••, ••••, http://10.0.0.1',
    );
  });

  test('a text cannot drive a terminal, and is well-formed where it is cut', () => {
    assert.equal(foreignLine('a\u001b[2Jb\u009bc\r\nd\ud800'), 'a [2Jb c d\ufffd');
    assert.ok(foreignLine(`${'.'.repeat(298)}🐈🐈`).isWellFormed());
  });
});
