/** The little of Ethereum's contract ABI that balances need: words of 32 bytes, and Multicall3's lists of calls. */
import { keccak_256 } from '@noble/hashes/sha3.js';

const WORD_BYTES = 32;

export interface ContractCall {
  /** In lower case. */
  readonly target: string;
  readonly allowFailure: boolean;
  /** Selector and arguments. */
  readonly data: Buffer;
}

export interface CallOutcome {
  readonly success: boolean;
  readonly data: Buffer;
}

/** The first four bytes of the hash of a signature such as `balanceOf(address)`, as hex. */
export const selectorOf = (signature: string): string =>
  Buffer.from(keccak_256(Buffer.from(signature)).subarray(0, 4)).toString('hex');

export const word = (value: bigint): Buffer =>
  Buffer.from(value.toString(16).padStart(WORD_BYTES * 2, '0'), 'hex');

/** The address in the n-th argument, in lower case; throws RangeError when it is not there. */
export const addressAt = (args: Buffer, index: number): string => {
  const bytes = slice(args, index * WORD_BYTES, WORD_BYTES);
  if (bytes.subarray(0, 12).some((byte) => byte !== 0)) throw new RangeError('not an address');
  return `0x${bytes.subarray(12).toString('hex')}`;
};

/** The argument of `aggregate3((address,bool,bytes)[])`; throws RangeError for anything else. */
export const readCalls = (args: Buffer): ContractCall[] => {
  const list = args.subarray(numberAt(args, 0));
  const count = numberAt(list, 0);
  if (count > 1_000) throw new RangeError('too many calls');
  const body = list.subarray(WORD_BYTES);
  return Array.from({ length: count }, (_, index) => {
    const call = body.subarray(numberAt(body, index * WORD_BYTES));
    const data = call.subarray(numberAt(call, 2 * WORD_BYTES));
    return {
      target: addressAt(call, 0),
      allowFailure: numberAt(call, WORD_BYTES) === 1,
      data: slice(data, WORD_BYTES, numberAt(data, 0)),
    };
  });
};

/** The result `(bool,bytes)[]`. */
export const writeOutcomes = (outcomes: readonly CallOutcome[]): Buffer => {
  const tuples = outcomes.map(({ success, data }) =>
    Buffer.concat([word(success ? 1n : 0n), word(64n), word(BigInt(data.length)), padded(data)]),
  );
  let offset = outcomes.length * WORD_BYTES;
  const offsets = tuples.map((tuple) => {
    const own = word(BigInt(offset));
    offset += tuple.length;
    return own;
  });
  return Buffer.concat([word(32n), word(BigInt(outcomes.length)), ...offsets, ...tuples]);
};

const padded = (data: Buffer): Buffer =>
  Buffer.concat([data, Buffer.alloc((WORD_BYTES - (data.length % WORD_BYTES)) % WORD_BYTES)]);

const numberAt = (bytes: Buffer, offset: number): number => {
  const value = BigInt(`0x${slice(bytes, offset, WORD_BYTES).toString('hex')}`);
  if (value > 1_000_000n) throw new RangeError('out of range');
  return Number(value);
};

const slice = (bytes: Buffer, offset: number, length: number): Buffer => {
  if (offset + length > bytes.length) throw new RangeError('the call data ends too early');
  return bytes.subarray(offset, offset + length);
};
