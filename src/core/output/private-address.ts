import { BlockList, isIPv4 } from 'node:net';

/** Addresses that the open internet does not lead to (IANA special-purpose registries). */
const special = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  special.addSubnet(network, bits, 'ipv4');

for (const [network, bits] of [
  // ::/96 holds IPv4 addresses in an old form, and 2001::/32 (Teredo) leads to any: neither is ever a picture's.
  ['::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 32],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const)
  special.addSubnet(network, bits, 'ipv6');

/** Whether an IP address is this machine's, a local network's, or otherwise not of the open internet. */
export function isPrivateAddress(address: string): boolean {
  if (isIPv4(address)) return special.check(address, 'ipv4'); // Node's pattern for the others takes 10 ms to compile
  // Mapped IPv4 addresses are seen through by the list itself; those of a NAT64 gateway (RFC 6052) are not.
  const unscoped = address.replace(/%.*/, '');
  const [, high, low] =
    /^\[64:ff9b::(?:([0-9a-f]+):)?([0-9a-f]+)\]$/.exec(new URL(`http://[${unscoped}]`).hostname) ??
    [];
  if (low === undefined) return special.check(unscoped, 'ipv6');
  const [upper, lower] = [parseInt(high ?? '0', 16), parseInt(low, 16)];
  return special.check(`${upper >> 8}.${upper & 255}.${lower >> 8}.${lower & 255}`, 'ipv4');
}
