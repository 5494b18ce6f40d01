/** Finds out who is calling: the address of the socket, or what trusted proxies say of it. */
import type { Socket } from 'node:net';
import { isIP } from 'node:net';
import { ipKeyGenerator } from 'express-rate-limit';
import { createAddressList } from '../auth/ip-allowlist.ts';
import type { HeaderLists } from '../auth/signed-request.ts';

export interface ClientAddress {
  /** Plain notation; IPv4-mapped IPv6 is unwrapped. */
  readonly ip: string;
  /** What limits count by: the address itself, or the /64 of an IPv6 address, which one customer can use up at will. */
  readonly limitKey: string;
}

export type ReadClientAddress = (socket: Socket, headers: HeaderLists) => ClientAddress;

const CUSTOMER_BITS = 64;
// A chain of proxies is a few entries; a longer list is somebody's invention.
const MOST_HOPS = 16;

/** `trustedProxies` are CIDRs; without them `X-Forwarded-For` is never read. */
export const createClientAddressReader = (trustedProxies: readonly string[]): ReadClientAddress => {
  const trusted = createAddressList(trustedProxies);
  const bySocket = new WeakMap<Socket, ClientAddress>();

  const ofSocket = (socket: Socket): ClientAddress => {
    let address = bySocket.get(socket);
    if (address === undefined) {
      // A socket that is already gone has no address; its answer goes nowhere.
      address = toClientAddress(unwrap(socket.remoteAddress ?? '0.0.0.0'));
      bySocket.set(socket, address);
    }
    return address;
  };

  return (socket, headers) => {
    const peer = ofSocket(socket);
    if (trusted.isEmpty || !trusted.contains(peer.ip)) return peer;
    const hops = (headers.get('x-forwarded-for') ?? []).join(',').split(',').slice(-MOST_HOPS);
    let nearest = peer.ip;
    // From the nearest hop outwards: the first one that is not ours is the caller; what stands left of it anyone can write.
    for (const hop of hops.reverse()) {
      const ip = unwrap(hop.trim());
      if (isIP(ip) === 0) break;
      nearest = ip;
      if (!trusted.contains(ip)) break;
    }
    return nearest === peer.ip ? peer : toClientAddress(nearest);
  };
};

const MAPPED = /^::ffff:(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})$/i;

const unwrap = (ip: string): string => MAPPED.exec(ip)?.[1] ?? ip;

const toClientAddress = (ip: string): ClientAddress => ({
  ip,
  limitKey: ipKeyGenerator(ip, CUSTOMER_BITS),
});
