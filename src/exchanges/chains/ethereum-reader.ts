/**
 * Balances of an Ethereum address, ether and tokens at one block: one HTTP request with a JSON-RPC batch of the chain's
 * id and one call of the Multicall3 contract.
 */
import type { Address, Client } from 'viem';
import { AppError } from '../../shared/errors.ts';
import { errorFields, type Logger } from '../../shared/logger.ts';
import { type DecimalString, fromUnits, isZero } from '../../shared/money.ts';
import type { Balance } from '../exchange.ts';
import { badAnswer, type ChainHttp } from './chain-http.ts';
import type { ChainReader, NodeEndpoint, Token } from './chain-reader.ts';

const MAIN_NET = 1;
const ETHER_PLACES = 18;
// The same address on every chain; Multicall3, deployed 2022.
const MULTICALL: Address = '0xcA11bde05977b3631167028862bE2a173976CA11';
/** ERC-20 has no bound; the greatest in use is 36. */
const MOST_PLACES = 77;

interface Viem {
  readonly core: typeof import('viem');
  readonly actions: typeof import('viem/actions');
}

export const createEthereumReader = (deps: {
  readonly endpoint: NodeEndpoint;
  readonly http: ChainHttp;
  readonly tokens: readonly Token[];
  readonly logger: Logger;
}): ChainReader => {
  const { endpoint, http, tokens } = deps;
  let loading: Promise<Viem> | undefined;
  /** A contract's decimals never change. */
  const places = new Map<string, number>();

  // 0.3 s and 30 MB, which a process without Ethereum accounts does not pay.
  const load = (): Promise<Viem> => {
    loading ??= Promise.all([import('viem'), import('viem/actions')]).then(([core, actions]) => ({
      core,
      actions,
    }));
    return loading;
  };

  /** A client for one call: viem batches what is asked in one turn of the loop, and calls must not mix. */
  const clientOf = ({ core }: Viem, signal: AbortSignal): Client => {
    const fetchFn = async (url: unknown, init?: { body?: unknown }): Promise<Response> => {
      const text = await http.post(String(url), endpoint.headers, String(init?.body), signal);
      return new Response(batchOf(text), { headers: { 'content-type': 'application/json' } });
    };
    const transport = core.http(endpoint.url, { batch: true, fetchFn, retryCount: 0, timeout: 0 });
    return core.createClient({ transport });
  };

  const readAll = async (viem: Viem, address: Address, signal: AbortSignal): Promise<Balance[]> => {
    const { core, actions } = viem;
    const client = clientOf(viem, signal);
    const unknown = tokens.filter(({ contract }) => !places.has(contract));
    const token = (contract: string) => ({ address: contract as Address, abi: core.erc20Abi });
    const [chainId, answers] = await Promise.all([
      actions.getChainId(client),
      actions.multicall(client, {
        allowFailure: false,
        // One eth_call: a balance is never torn over two blocks.
        batchSize: 0,
        multicallAddress: MULTICALL,
        contracts: [
          {
            address: MULTICALL,
            abi: core.multicall3Abi,
            functionName: 'getEthBalance',
            args: [address],
          } as const,
          ...tokens.map(
            ({ contract }) =>
              ({ ...token(contract), functionName: 'balanceOf', args: [address] }) as const,
          ),
          ...unknown.map(({ contract }) => ({ ...token(contract), functionName: 'decimals' }) as const),
        ],
      }),
    ]);
    if (chainId !== MAIN_NET) {
      deps.logger.error('the Ethereum node is of another chain', { chainId });
      throw badAnswer();
    }
    const [ether, ...rest] = answers;
    unknown.forEach(({ contract }, index) => {
      const decimals = Number(rest[tokens.length + index]);
      if (!Number.isInteger(decimals) || decimals < 0 || decimals > MOST_PLACES) throw badAnswer();
      places.set(contract, decimals);
    });
    return [
      held('ETH', amountOf(ether, ETHER_PLACES)),
      ...tokens.map(({ asset, contract }, index) =>
        held(asset, amountOf(rest[index], places.get(contract) ?? 0)),
      ),
    ].filter(({ total }) => !isZero(total));
  };

  return {
    read: async (address, signal) => {
      const viem = await load();
      try {
        return await readAll(viem, address as Address, signal);
      } catch (error) {
        throw toChainError(error, viem, deps.logger);
      }
    },
  };
};

const held = (asset: string, total: DecimalString): Balance => ({ asset, free: total, locked: '0', total });

const amountOf = (units: unknown, decimals: number): DecimalString => {
  if (typeof units !== 'bigint' || units < 0n) throw badAnswer();
  return fromUnits(units, decimals);
};

/** A batch is answered by a list; viem would take an object or a page for an empty one. */
const batchOf = (text: string): string => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw badAnswer();
  }
  if (!Array.isArray(parsed) || !parsed.every((item) => typeof item === 'object' && item !== null))
    throw badAnswer();
  return text;
};

/** viem's messages hold the URL; what is kept is our own error inside of it, or that the answer made no sense. */
const toChainError = (error: unknown, { core }: Viem, logger: Logger): AppError => {
  if (error instanceof AppError) return error;
  const own = error instanceof core.BaseError ? error.walk((inner) => inner instanceof AppError) : null;
  if (own instanceof AppError) return own;
  const refusal = error instanceof core.BaseError ? error.walk((inner) => inner instanceof core.RpcRequestError) : null;
  if (refusal instanceof core.RpcRequestError) {
    // EIP-1474: limit exceeded.
    if (refusal.code === -32005)
      return new AppError('exchange_rate_limited', 'The chain limits our requests');
    logger.warn('the Ethereum node refused a call', { code: refusal.code });
    return new AppError('exchange_error', 'The chain answered with an error');
  }
  logger.warn('an Ethereum answer cannot be read', { error: errorFields(error)['name'] });
  return badAnswer();
};
