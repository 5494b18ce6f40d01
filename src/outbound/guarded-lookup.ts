/** Resolves the host of a receiver once, and hands on only addresses that were checked, so that nothing else is connected to. */
import { lookup as lookUp, Resolver } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { isPublicAddress } from './public-address.ts';

/** All addresses of a host. Throws when it has none. */
export type ResolveHost = (hostname: string) => Promise<readonly string[]>;

/** A receiver stands where nothing may be sent to. */
export class AddressRefusedError extends Error {
  override readonly name = 'AddressRefusedError';
  readonly code = 'ADDRESS_REFUSED';

  constructor() {
    super('the address of the receiver is not on the public internet');
  }
}

const DNS_TIMEOUT_MS = 3_000;
const DNS_TRIES = 2;

/** As the system does it, with its hosts file: for receivers next door. */
export const resolveBySystem: ResolveHost = async (hostname) =>
  (await lookUp(hostname, { all: true })).map(({ address }) => address);

/**
 * By DNS alone: public names are there. The system's resolver runs on four threads that the whole process shares, and a
 * few tenants with slow name servers would stop everybody.
 */
export const createDnsResolver = (): ResolveHost => {
  const resolver = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: DNS_TRIES });
  return async (hostname) => {
    const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    const failure = answers.find((answer) => answer.status === 'rejected');
    if (addresses.length === 0) throw failure?.reason ?? new Error('the host has no address');
    return addresses;
  };
};

/** For the `lookup` of a connection; Node does not call it where the URL names an address. */
export const createGuardedLookup =
  (resolve: ResolveHost, allowPrivate: boolean): LookupFunction =>
  (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const found = addresses.map((address) => ({ address, family: isIP(address) }));
        const [first] = found;
        // One forbidden address among good ones is an attack, or a mistake that will show up at some later attempt.
        if (first === undefined || (!allowPrivate && !addresses.every(isPublicAddress)))
          callback(new AddressRefusedError(), '', 0);
        else if (options.all === true) callback(null, found);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error as NodeJS.ErrnoException, '', 0),
    );
  };
