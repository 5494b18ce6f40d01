/** Custody that answers at once, behind the real socket and protocol: what is left is the gateway's own work. */
import { generateKeyPairSync } from 'node:crypto';
import { startRpcServer } from '../../src/custody/rpc-server.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { BENCH_HOLDINGS, BENCH_TENANT_KEY_ID } from './bench-data.ts';

const { x = '' } = generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' });

const RIGHTS = {
  canRead: true,
  canTrade: true,
  canWithdraw: false,
  ipRestricted: true,
  expiresAt: null,
  source: 'exchange',
} as const;

const PRICES = [
  { base: 'BTC', quote: 'USDT', last: '60000.01' },
  { base: 'ETH', quote: 'USDT', last: '3000.02' },
  { base: 'BNB', quote: 'USDT', last: '500.03' },
  { base: 'ETH', quote: 'BTC', last: '0.05' },
  { base: 'BNB', quote: 'BTC', last: '0.0083' },
];

const accountOf = (marketCode: string) => ({
  marketCode,
  balances: BENCH_HOLDINGS.map(({ asset, total }) => ({ asset, free: total, locked: '0', total })),
  openPositions: 0,
  hedgeModeEnabled: false,
  asOf: new Date().toISOString(),
});

const unasked = (): never => {
  throw new Error('not part of the benchmark');
};

export const startAnsweringCustody = (socketPath: string) =>
  startRpcServer({
    socketPath,
    logger: createLogger('bench', 'silent'),
    maxInFlight: 10_000,
    handlers: {
      ping: () => Promise.resolve({ venues: ['binance'], frozen: false }),
      stats: unasked,
      venueStates: () => Promise.resolve([]),
      ensureTenantKey: () =>
        Promise.resolve({ keyId: BENCH_TENANT_KEY_ID, publicJwk: { kty: 'OKP', crv: 'X25519', x } }),
      connect: ({ marketCodes }) => Promise.resolve({ rights: RIGHTS, accounts: marketCodes.map(accountOf) }),
      fetchAccount: ({ marketCode }) => Promise.resolve(accountOf(marketCode)),
      fetchWallet: ({ wallet }) => Promise.resolve(accountOf(wallet.marketCode)),
      fetchTransfers: () => Promise.resolve({ transfers: [], asOf: new Date().toISOString() }),
      fetchTradeListing: unasked,
      fetchTrades: unasked,
      fetchMarkets: unasked,
      fetchListing: unasked,
      fetchTicker: unasked,
      fetchSpotQuotes: unasked,
      checkVenue: unasked,
      fetchQuote: unasked,
      fetchMaxLeverage: unasked,
      countOpenOrders: unasked,
      fetchNetworks: unasked,
      fetchDepositAddress: unasked,
      fetchBnbBurn: unasked,
      setBnbBurn: unasked,
      fetchDustAssets: unasked,
      fetchPrices: () => Promise.resolve({ prices: PRICES, asOf: new Date().toISOString() }),
    },
  });
