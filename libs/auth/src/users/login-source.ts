import { isIPv4, isIPv6 } from 'node:net';

/** `[2001:db8::1]:443` and `192.0.2.1:443`, as some proxies write them. */
const WITH_PORT = /^(?:\[(?<six>[^\]]+)\](?::\d+)?|(?<four>\d+\.\d+\.\d+\.\d+):\d+)$/;
const MAPPED = '0:0:0:0:0:ffff';

/**
 * Where a call comes from, in the one form in which it is counted: an IPv4 address, also when it is written as an IPv6
 * one; of any other IPv6 address its /64, which is what one customer of a provider has at least.
 *
 * @param ip as the request has it (`request.ip`): `X-Forwarded-For` counts only where the application trusts its proxies.
 */
export function sourceOf(ip: string): string {
  const { six, four } = WITH_PORT.exec(ip)?.groups ?? {};
  // The zone (`fe80::1%eth0`) is a name of this machine's.
  const address = (six ?? four ?? ip).trim().replace(/%.*$/, '').toLowerCase();
  if (isIPv4(address) || !isIPv6(address)) return address;
  const groups = groupsOf(address);
  if (groups.slice(0, 6).join(':') === MAPPED) return groups.slice(6).map(bytesOf).join('.');
  return `${groups.slice(0, 4).join(':')}::/64`;
}

/** The eight groups, without leading zeros. */
function groupsOf(address: string): string[] {
  // The URL standard writes every spelling of an address in the same way, an IPv4 tail included.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after];
}

function bytesOf(group: string): string {
  const value = Number.parseInt(group, 16);
  return `${value >> 8}.${value & 255}`;
}
