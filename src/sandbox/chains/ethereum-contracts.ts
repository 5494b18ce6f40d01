/** What the contracts of the simulated Ethereum answer to a read-only call: Multicall3 and the tokens. */
import { toEthereumChecksum } from '../../shared/chain-address.ts';
import type { Ledger } from '../ledger.ts';
import { addressAt, type CallOutcome, readCalls, selectorOf, word, writeOutcomes } from './abi-words.ts';
import { ETHEREUM_TOKENS, type TokenContract, unitsHeld } from './token-contracts.ts';

const MULTICALL = '0xca11bde05977b3631167028862be2a173976ca11';
const ETHER: TokenContract = { asset: 'ETH', decimals: 18 };

const AGGREGATE = selectorOf('aggregate3((address,bool,bytes)[])');
const ETHER_OF = selectorOf('getEthBalance(address)');
const BALANCE_OF = selectorOf('balanceOf(address)');
const DECIMALS = selectorOf('decimals()');

const REVERTED: CallOutcome = { success: false, data: Buffer.alloc(0) };
const returned = (data: Buffer): CallOutcome => ({ success: true, data });

/** `holder` in any spelling. */
export const etherOf = (ledger: Ledger, holder: string): bigint =>
  unitsHeld(ledger, 'ethereumwallet', toEthereumChecksum(holder), ETHER);

/** A call of an address without code succeeds and returns nothing, as on the real chain. */
export const callContract = (ledger: Ledger, target: string, data: Buffer): CallOutcome => {
  const token = ETHEREUM_TOKENS.get(target);
  if (target !== MULTICALL && token === undefined) return returned(Buffer.alloc(0));
  const selector = data.subarray(0, 4).toString('hex');
  const args = data.subarray(4);
  try {
    return token === undefined
      ? callMulticall(ledger, selector, args)
      : callToken(ledger, token, selector, args);
  } catch (error) {
    if (error instanceof RangeError) return REVERTED;
    throw error;
  }
};

const callToken = (ledger: Ledger, token: TokenContract, selector: string, args: Buffer): CallOutcome => {
  switch (selector) {
    case BALANCE_OF: {
      const holder = toEthereumChecksum(addressAt(args, 0));
      return returned(word(unitsHeld(ledger, 'ethereumwallet', holder, token)));
    }
    case DECIMALS:
      return returned(word(BigInt(token.decimals)));
    default:
      return REVERTED;
  }
};

const callMulticall = (ledger: Ledger, selector: string, args: Buffer): CallOutcome => {
  switch (selector) {
    case ETHER_OF:
      return returned(word(etherOf(ledger, addressAt(args, 0))));
    case AGGREGATE: {
      const calls = readCalls(args);
      const outcomes = calls.map(({ target, data }) => callContract(ledger, target, data));
      const fails = outcomes.some(({ success }, index) => !success && calls[index]?.allowFailure !== true);
      return fails ? REVERTED : returned(writeOutcomes(outcomes));
    }
    default:
      return REVERTED;
  }
};
