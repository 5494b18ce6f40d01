/** Keys that look like each venue's own, made from a name by HMAC, so that no key stands in the source. */
import { createHmac, randomBytes } from 'node:crypto';
import { ethereumKeys, tronKeys } from './chains/address-keys.ts';
import { ecKeyPair, edKeyPair } from './venues/coinbase-advanced-keys.ts';

/** Exchanges that the sandbox simulates. */
export const EXCHANGE_IDS = [
  'binance',
  'binance_us',
  'kraken',
  'okx',
  'coinbase_advanced',
  'coinbase',
  'bitfinex',
  'bitstamp',
  'bybit',
  'kucoin',
  'gate_io',
] as const;
/** And the chains. */
export const VENUE_IDS = [...EXCHANGE_IDS, 'ethereumwallet', 'trx'] as const;
export type VenueId = (typeof VENUE_IDS)[number];

/** Exchange keys under the names that callers send them by. */
export interface SandboxKeys {
  readonly api_key: string;
  readonly secret: string;
  readonly passphrase?: string;
  readonly customer_id?: string;
  /** Of chains, where it stands for the keys. */
  readonly address?: string;
}

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** The same seed, venue and name always give the same keys. */
export const deriveKeys = (seed: string, venue: VenueId, name: string): SandboxKeys => {
  const bytes = (part: string): Buffer =>
    createHmac('sha512', seed).update(`sandbox keys\n${venue}\n${name}\n${part}`).digest();
  switch (venue) {
    case 'binance':
    case 'binance_us':
      return { api_key: alphanumeric(bytes('key')), secret: alphanumeric(bytes('secret')) };
    case 'kraken':
      return {
        api_key: bytes('key').subarray(0, 42).toString('base64'),
        secret: bytes('secret').toString('base64'),
      };
    case 'okx':
      return {
        api_key: uuid(bytes('key')),
        secret: bytes('secret').subarray(0, 16).toString('hex').toUpperCase(),
        passphrase: `Pass-${alphanumeric(bytes('passphrase')).slice(0, 16)}`,
      };
    case 'bybit':
      return {
        api_key: alphanumeric(bytes('key')).slice(0, 18),
        secret: alphanumeric(bytes('secret')).slice(0, 36),
      };
    case 'kucoin':
      return {
        api_key: bytes('key').subarray(0, 12).toString('hex'),
        secret: uuid(bytes('secret')),
        passphrase: alphanumeric(bytes('passphrase')).slice(0, 20),
      };
    case 'gate_io':
      return {
        api_key: bytes('key').subarray(0, 16).toString('hex'),
        secret: bytes('secret').subarray(0, 32).toString('hex'),
      };
    case 'coinbase_advanced': {
      // The venue issues two kinds of keys; the caller chooses by the name of the account.
      const pairOf = name.includes('ed25519') ? edKeyPair : ecKeyPair;
      return pairOf(bytes('secret'), `${seed}\n${name}`);
    }
    case 'coinbase':
      return {
        api_key: bytes('key').subarray(0, 16).toString('hex'),
        secret: bytes('secret').toString('base64'),
        passphrase: alphanumeric(bytes('passphrase')).slice(0, 12).toLowerCase(),
      };
    case 'bitfinex':
      return {
        api_key: alphanumeric(bytes('key')).slice(0, 43),
        secret: alphanumeric(bytes('secret')).slice(0, 43),
      };
    case 'ethereumwallet':
      return ethereumKeys(bytes('address'));
    case 'trx':
      return tronKeys(bytes('address'));
    case 'bitstamp':
      return {
        api_key: alphanumeric(bytes('key')).slice(0, 32),
        secret: alphanumeric(bytes('secret')).slice(0, 32),
        customer_id: (10_000_000 + (bytes('customer').readUInt32BE(0) % 90_000_000)).toString(),
      };
  }
};

export const randomName = (): string => randomBytes(16).toString('hex');

/** 64 letters and digits. The slight bias of the remainder does no harm to a toy key. */
const alphanumeric = (bytes: Buffer): string =>
  Array.from(bytes, (byte) => ALPHANUMERIC.charAt(byte % ALPHANUMERIC.length)).join('');

const uuid = (bytes: Buffer): string => {
  const hex = bytes.toString('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`];
  return [...parts, hex.slice(20, 32)].join('-');
};
