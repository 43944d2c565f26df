import assert from 'node:assert/strict';
import { parseServiceAddress } from '../../../src/core/service/address.ts';

suite('service address', () => {
  for (const [text, url, needsConsent] of [
    ['http://localhost:5100', 'http://localhost:5100', false],
    [' http://localhost:5100/ ', 'http://localhost:5100', false],
    ['http://127.0.0.1:5100//', 'http://127.0.0.1:5100', false],
    ['http://[::1]:5100', 'http://[::1]:5100', false],
    ['HTTP://jimeng.localhost', 'http://jimeng.localhost', false],
    ['https://example.test/jimeng/', 'https://example.test/jimeng', false],
    ['http://192.168.0.2:5100', 'http://192.168.0.2:5100', true],
    ['http://localhost.example.test', 'http://localhost.example.test', true],
    ['http://127.0.0.1.example.test', 'http://127.0.0.1.example.test', true],
    ['http://0.0.0.0:5100', 'http://0.0.0.0:5100', true],
  ] as const)
    test(text, () =>
      assert.deepEqual(parseServiceAddress(text), { ok: true, address: { url, needsConsent } }),
    );

  for (const text of [
    '',
    'localhost:5100',
    'ftp://localhost',
    'file:///etc/passwd',
    'http://',
    'http://me:secret@localhost:5100',
    'http://localhost:5100/?a=b',
    'http://localhost/#x',
  ]) {
    test(`refused, without repeating a password: "${text}"`, () => {
      const parsed = parseServiceAddress(text);
      assert.ok(!parsed.ok);
      assert.ok(!parsed.reason.includes('secret'));
    });
  }
});
