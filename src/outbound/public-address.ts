/** Tells addresses of the public internet from all others: loopback, private, link-local, translated, reserved. */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

// Public by its number, and answers to every machine at Azure with what belongs to that machine alone.
const PLATFORM_ADDRESSES = new Set(['168.63.129.16']);

const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** False for text that is no address. IPv4 inside of IPv6 is judged as what it is. */
export const isPublicAddress = (text: string): boolean => {
  // A zone (fe80::1%eth0) belongs to addresses that are not public.
  if (isIP(text) === 0 || text.includes('%')) return false;
  const address = ipaddr.process(text);
  if (address.range() !== 'unicast') return false;
  if (address instanceof ipaddr.IPv6) return address.match(GLOBAL_IPV6);
  return !PLATFORM_ADDRESSES.has(address.toString());
};

/** The address that a URL names itself, without brackets; undefined when it names a host. */
export const literalAddress = (url: URL): string | undefined => {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(host) === 0 ? undefined : host;
};
