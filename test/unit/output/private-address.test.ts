import assert from 'node:assert/strict';
import { isPrivateAddress } from '../../../src/core/output/redirects.ts';

suite('addresses', () => {
  const cases: [isPrivate: boolean, addresses: string[]][] = [
    [
      true,
      [
        '127.0.0.1',
        '127.255.255.254',
        '0.0.0.0',
        '10.1.2.3',
        '100.64.0.1',
        '169.254.169.254',
        '172.16.0.1',
        '172.31.255.255',
        '192.168.1.1',
        '198.18.0.1',
        '224.0.0.1',
        '255.255.255.255',
      ],
    ],
    [
      true,
      [
        '::',
        '::1',
        'fe80::1',
        'fe80::1%eth0',
        'febf::1',
        'fc00::1',
        'fdff::1',
        'ff02::1',
        '::ffff:127.0.0.1',
        '::ffff:7f00:1',
        '0:0:0:0:0:ffff:c0a8:0101',
        '64:ff9b::7f00:1',
        '64:ff9b::10.0.0.1',
        '64:ff9b::1',
        '64:ff9b:1::1',
        '2002:7f00:1::',
        '2001:db8::1',
        '::127.0.0.1',
        '::7f00:1',
        '::8.8.8.8',
        '::ffff',
        '2001::1',
        '2001:0:4136:e378:8000:63bf:3fff:fdd2',
      ],
    ],
    [
      false,
      [
        '1.1.1.1',
        '8.8.8.8',
        '100.63.255.255',
        '100.128.0.0',
        '172.15.255.255',
        '172.32.0.0',
        '192.167.255.255',
        '223.255.255.255',
        '11.0.0.1',
      ],
    ],
    [
      false,
      [
        '2606:4700:4700::1111',
        '2400:3200::1',
        '::ffff:8.8.8.8',
        '::ffff:808:808',
        '64:ff9b::808:808',
        'fbff::1',
        '2001:1::1',
        '2001:4860:4860::8888',
        '::1:0:0',
      ],
    ],
  ];
  for (const [isPrivate, addresses] of cases) {
    for (const address of addresses)
      test(`${address} is ${isPrivate ? 'private' : 'public'}`, () =>
        assert.equal(isPrivateAddress(address), isPrivate));
  }
});
