/** Accounts of the simulated chains: their ledger key is the address, and they have no secret. */
import {
  readEthereumAddress,
  readTronAddress,
  toEthereumChecksum,
  toTronAddress,
} from '../../shared/chain-address.ts';

interface AddressKeys {
  readonly api_key: string;
  readonly secret: '';
  readonly address: string;
}

/** An address made of the first 20 bytes. */
export const ethereumKeys = (bytes: Buffer): AddressKeys =>
  keysOf(toEthereumChecksum(`0x${bytes.subarray(0, 20).toString('hex')}`));

export const tronKeys = (bytes: Buffer): AddressKeys => keysOf(toTronAddress(bytes.subarray(0, 20)));

/** Of an address that somebody names; undefined: it is none of this venue's. */
export const keysOfAddress = (venue: string, text: string): AddressKeys | undefined => {
  const read = { ethereumwallet: readEthereumAddress, trx: readTronAddress }[venue];
  const address = read?.(text);
  return address === undefined ? undefined : keysOf(address);
};

const keysOf = (address: string): AddressKeys => ({ api_key: address, secret: '', address });
