/** Decides whether a caller's address is on a list of CIDRs: a key's allow-list, or the trusted proxies. */
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

/** A list built once and asked often. */
export interface AddressList {
  readonly isEmpty: boolean;
  /** False for text that is not an address. */
  contains(ip: string): boolean;
}

/** Entries are CIDRs or single addresses, of either family. One that cannot be read matches nothing: a typing error must not open a key. */
export const createAddressList = (entries: readonly string[]): AddressList => {
  const ranges = entries.map(readRange).filter((range) => range !== undefined);
  return {
    isEmpty: entries.length === 0,
    contains: (ip) => {
      const address = readAddress(ip);
      return address !== undefined && ranges.some((range) => matches(address, range));
    },
  };
};

/** Whether `createAddressList` can read the entry; for the check of a list before it is stored. */
export const isAddressRange = (entry: string): boolean => readRange(entry) !== undefined;

const readRange = (entry: string): Range | undefined => {
  try {
    if (entry.includes('/')) {
      if (!isPlainRange(entry)) return undefined;
      const [address, bits] = ipaddr.parseCIDR(entry);
      return unmapRange(address, bits);
    }
    const address = readAddress(entry);
    return address === undefined ? undefined : [address, address.kind() === 'ipv4' ? 32 : 128];
  } catch {
    return undefined;
  }
};

const PLAIN_RANGE = /^([^/%]+)\/(?:0|[1-9]\d{0,2})$/;

/** parseCIDR alone would let `1/8`, octal and hexadecimal forms in, which others read in another way. */
const isPlainRange = (entry: string): boolean => {
  const address = PLAIN_RANGE.exec(entry)?.[1];
  return address !== undefined && readAddress(address) !== undefined;
};

/** `::ffff:10.0.0.0/104` is `10.0.0.0/8`: addresses are unmapped before they are compared. */
const unmapRange = (address: Address, bits: number): Range => {
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= 96) {
    return [address.toIPv4Address(), bits - 96];
  }
  return [address, bits];
};

// ipaddr.process unmaps IPv4-mapped IPv6; isValid alone would let `1` and octal forms in.
const readAddress = (text: string): Address | undefined =>
  ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text) ? ipaddr.process(text) : undefined;

const matches = (address: Address, [network, bits]: Range): boolean => {
  if (address instanceof ipaddr.IPv4 && network instanceof ipaddr.IPv4) return address.match(network, bits);
  if (address instanceof ipaddr.IPv6 && network instanceof ipaddr.IPv6) return address.match(network, bits);
  return false;
};
