/** What lies on addresses of public chains: finds the chain's reader, keeps to the deadline, answers in the port's terms. */
import { readEthereumAddress, readTronAddress } from '../../shared/chain-address.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { createCallRunner } from '../ccxt-call.ts';
import { add } from '../../shared/money.ts';
import type { Balance, VenueAccount, WalletRef } from '../exchange.ts';
import { createChainHttp } from './chain-http.ts';
import type { ChainReader, NodeEndpoint, Token } from './chain-reader.ts';
import { createEthereumReader } from './ethereum-reader.ts';
import { createTronReader } from './tron-reader.ts';

export interface ChainSettings {
  readonly ethereumUrl: string;
  readonly ethereumTokens: readonly Token[];
  readonly tronUrl: string;
  readonly tronApiKey?: string | undefined;
  readonly tronTokens: readonly Token[];
}

export interface ChainWallets {
  fetchWallet(
    wallet: WalletRef,
    call: { readonly deadlineMs: number; readonly signal?: AbortSignal | undefined },
  ): Promise<VenueAccount>;
}

interface Chain {
  readonly reader: ChainReader;
  /** The address in its canonical spelling; undefined: it is none of this chain. */
  readAddress(text: string): string | undefined;
}

const NOTHING = { free: '0', locked: '0', total: '0' };

// The readers' client has a bound of its own; this one is for the call.
const LIMIT_BYTES = 1024 * 1024;

/** With a sandbox URL no request can leave for a real node, whatever is configured. */
export const createChainWallets = (options: {
  readonly settings: ChainSettings;
  readonly sandboxUrl?: string | undefined;
  readonly callDeadlineMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}): ChainWallets => {
  const { settings, sandboxUrl, clock, logger } = options;
  const calls = createCallRunner(logger, clock);
  const endpointOf = (live: NodeEndpoint, sandboxHost: string): NodeEndpoint =>
    sandboxUrl === undefined ? live : { url: sandboxUrl, headers: { 'x-sandbox-host': sandboxHost } };

  const ethereum = endpointOf({ url: settings.ethereumUrl, headers: {} }, 'ethereum-node');
  const apiKey = settings.tronApiKey;
  const tronHeaders: Record<string, string> = apiKey === undefined ? {} : { 'tron-pro-api-key': apiKey };
  const tron = endpointOf({ url: withoutSlash(settings.tronUrl), headers: tronHeaders }, 'tron-node');
  const chains: ReadonlyMap<string, Chain> = new Map([
    [
      'ethereumwallet',
      {
        readAddress: readEthereumAddress,
        reader: createEthereumReader({
          endpoint: ethereum,
          http: createChainHttp(clock),
          tokens: settings.ethereumTokens,
          logger,
        }),
      },
    ],
    [
      'trx',
      {
        readAddress: readTronAddress,
        reader: createTronReader({
          endpoint: tron,
          http: createChainHttp(clock),
          tokens: settings.tronTokens,
        }),
      },
    ],
  ]);

  return {
    fetchWallet: async ({ marketCode, address }, { deadlineMs, signal }) => {
      const chain = chains.get(marketCode);
      if (chain === undefined || chain.readAddress(address) !== address)
        throw new AppError('not_supported', 'This address cannot be watched');
      const limits = {
        deadlineMs: Math.min(deadlineMs, options.callDeadlineMs),
        limitBytes: LIMIT_BYTES,
        signal,
      };
      const balances = await calls.run(limits, (scope) => chain.reader.read(address, scope.signal));
      return {
        marketCode,
        balances: sumByAsset(balances),
        openPositions: 0,
        hedgeModeEnabled: false,
        asOf: new Date(clock.now()).toISOString(),
      };
    },
  };
};

/** Several contracts may stand for one asset, e.g. a bridged one and the issuer's own. */
const sumByAsset = (balances: readonly Balance[]): Balance[] => {
  const sums = new Map<string, Balance>();
  for (const balance of balances) {
    const { free, locked, total } = sums.get(balance.asset) ?? NOTHING;
    sums.set(balance.asset, {
      asset: balance.asset,
      free: add(free, balance.free),
      locked: add(locked, balance.locked),
      total: add(total, balance.total),
    });
  }
  return [...sums.values()].sort((a, b) => (a.asset < b.asset ? -1 : 1));
};

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');
