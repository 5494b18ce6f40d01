/** Addresses of public chains: checked, and brought to the one spelling in which they are stored and compared. */
import { createHash } from 'node:crypto';
import { keccak_256 } from '@noble/hashes/sha3.js';

const ETHEREUM = /^0x[0-9a-fA-F]{40}$/;
const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const TRON = /^T[1-9A-HJ-NP-Za-km-z]{33}$/;
/** First byte of an address on TRON's main net. */
const TRON_PREFIX = 0x41;
const TRON_BYTES = 21;
const CHECKSUM_BYTES = 4;

/** With the capitals of EIP-55. Takes 40 hex digits in any case behind `0x`. */
export const toEthereumChecksum = (address: string): string => {
  const digits = address.slice(2).toLowerCase();
  const hash = keccak_256(Buffer.from(digits, 'ascii'));
  const capital = (index: number): boolean => {
    const byte = hash[index >> 1] ?? 0;
    return (index % 2 === 0 ? byte >> 4 : byte & 0x0f) >= 8;
  };
  return `0x${Array.from(digits, (digit, index) => (capital(index) ? digit.toUpperCase() : digit)).join('')}`;
};

/**
 * The address with its EIP-55 capitals; undefined: it is none, or its capitals are wrong. Digits in one case carry no
 * checksum and pass, as EIP-55 has it.
 */
export const readEthereumAddress = (text: string): string | undefined => {
  if (!ETHEREUM.test(text)) return undefined;
  const address = toEthereumChecksum(text);
  const digits = text.slice(2);
  const oneCase = digits === digits.toLowerCase() || digits === digits.toUpperCase();
  return oneCase || text === address ? address : undefined;
};

/** The address itself, whose base58 spelling is unique; undefined: it is none, or its checksum is wrong. */
export const readTronAddress = (text: string): string | undefined =>
  tronAddressBytes(text) === undefined ? undefined : text;

/** The 21 bytes behind a base58check address: the prefix and the last 20 bytes of the key's hash. */
export const tronAddressBytes = (text: string): Buffer | undefined => {
  if (!TRON.test(text)) return undefined;
  const bytes = Buffer.from(fromBase58(text).toString(16).padStart(50, '0'), 'hex');
  const payload = bytes.subarray(0, TRON_BYTES);
  const checksum = bytes.subarray(TRON_BYTES);
  if (bytes.length !== TRON_BYTES + CHECKSUM_BYTES || payload[0] !== TRON_PREFIX) return undefined;
  return checksum.equals(checksumOf(payload)) ? payload : undefined;
};

/** From the 20 bytes of a key's hash. */
export const toTronAddress = (keyHash: Uint8Array): string => {
  const payload = Buffer.concat([Buffer.of(TRON_PREFIX), keyHash]);
  return toBase58(BigInt(`0x${Buffer.concat([payload, checksumOf(payload)]).toString('hex')}`));
};

const checksumOf = (payload: Uint8Array): Buffer => sha256(sha256(payload)).subarray(0, CHECKSUM_BYTES);

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

// The prefix keeps the leading byte from being zero, so no leading `1` stands for one.
const fromBase58 = (text: string): bigint => {
  let value = 0n;
  for (const digit of text) value = value * 58n + BigInt(ALPHABET.indexOf(digit));
  return value;
};

const toBase58 = (value: bigint): string => {
  let text = '';
  for (let rest = value; rest > 0n; rest /= 58n) text = ALPHABET.charAt(Number(rest % 58n)) + text;
  return text;
};
