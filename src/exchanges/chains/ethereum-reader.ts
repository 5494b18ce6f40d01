/**
 * Balances of an Ethereum address, ether and tokens at one block: one HTTP request with a JSON-RPC batch of the chain's
 * id and one call of the Multicall3 contract.
 */
import type * as ViemModule from 'viem';
import type { Address, Hex } from 'viem';
import { AppError } from '../../shared/errors.ts';
import { errorFields, type Logger } from '../../shared/logger.ts';
import { type DecimalString, fromUnits, isZero } from '../../shared/money.ts';
import type { Balance } from '../exchange.ts';
import { badAnswer, type ChainHttp } from './chain-http.ts';
import type { ChainReader, NodeEndpoint, Token } from './chain-reader.ts';
import { callBatch } from './json-rpc.ts';

const MAIN_NET = '0x1';
const ETHER_PLACES = 18;
// The same address on every chain.
const MULTICALL: Address = '0xcA11bde05977b3631167028862bE2a173976CA11';

type Viem = typeof ViemModule;

export interface EthereumReaderDeps {
  readonly endpoint: NodeEndpoint;
  readonly http: ChainHttp;
  readonly tokens: readonly Token[];
  readonly logger: Logger;
}

export const createEthereumReader = ({ endpoint, http, tokens, logger }: EthereumReaderDeps): ChainReader => {
  let loading: Promise<Viem> | undefined;
  /** By contract: its decimals, which never change. */
  const places = new Map<string, number>();

  const read = async (address: Address, signal: AbortSignal): Promise<Balance[]> => {
    // 0.3 s and 30 MB, which a process without Ethereum accounts does not pay.
    const viem = await (loading ??= import('viem'));
    const unknown = tokens.filter(({ contract }) => !places.has(contract));
    const [chainId, returned] = await callBatch(
      http,
      endpoint,
      [
        { method: 'eth_chainId', params: [] },
        {
          method: 'eth_call',
          params: [{ to: MULTICALL, data: multicallOf(viem, address, tokens, unknown) }, 'latest'],
        },
      ],
      signal,
    );
    if (chainId !== MAIN_NET) {
      logger.error('the Ethereum node is of another chain', { chainId });
      throw badAnswer();
    }
    const [ether, ...rest] = viem.decodeFunctionResult({
      abi: viem.multicall3Abi,
      functionName: 'aggregate3',
      data: returned as Hex,
    });
    unknown.forEach(({ contract }, index) => {
      places.set(contract, decimalsOf(viem, rest[tokens.length + index]?.returnData));
    });
    return [
      held('ETH', fromUnits(amountOf(viem, ether?.returnData), ETHER_PLACES)),
      ...tokens.map(({ asset, contract }, index) =>
        held(asset, fromUnits(amountOf(viem, rest[index]?.returnData), places.get(contract) ?? 0)),
      ),
    ].filter(({ total }) => !isZero(total));
  };

  return {
    read: async (address, signal) => {
      try {
        return await read(address as Address, signal);
      } catch (error) {
        if (error instanceof AppError) throw error;
        // What cannot be decoded is no balance; viem's message quotes the answer.
        logger.warn('an Ethereum answer cannot be read', errorFields(error));
        throw badAnswer();
      }
    },
  };
};

/** A call that fails makes the whole fail: what is left out of a balance would be a wrong balance. */
const multicallOf = (
  viem: Viem,
  address: Address,
  tokens: readonly Token[],
  unknown: readonly Token[],
): Hex => {
  const { erc20Abi: abi, multicall3Abi, encodeFunctionData } = viem;
  const call = (target: string, callData: Hex) => ({
    target: target as Address,
    allowFailure: false,
    callData,
  });
  const balanceOf = encodeFunctionData({ abi, functionName: 'balanceOf', args: [address] });
  const decimals = encodeFunctionData({ abi, functionName: 'decimals' });
  const ether = encodeFunctionData({ abi: multicall3Abi, functionName: 'getEthBalance', args: [address] });
  const calls = [
    call(MULTICALL, ether),
    ...tokens.map(({ contract }) => call(contract, balanceOf)),
    ...unknown.map(({ contract }) => call(contract, decimals)),
  ];
  return encodeFunctionData({ abi: multicall3Abi, functionName: 'aggregate3', args: [calls] });
};

/** An address without a contract returns nothing, and `0x` must not read as zero. */
const amountOf = (viem: Viem, data: Hex = '0x'): bigint =>
  viem.decodeFunctionResult({ abi: viem.erc20Abi, functionName: 'balanceOf', data });

const decimalsOf = (viem: Viem, data: Hex = '0x'): number =>
  viem.decodeFunctionResult({ abi: viem.erc20Abi, functionName: 'decimals', data });

const held = (asset: string, total: DecimalString): Balance => ({ asset, free: total, locked: '0', total });
