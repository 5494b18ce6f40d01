/** /ver1 routes that anybody may ask: what can be connected, what is traded there, and at which price. */
import { z } from 'zod';
import type { Catalog } from '../../exchanges/catalog.ts';
import type { Aged } from '../../features/markets/aged-cache.ts';
import type { MarketService } from '../../features/markets/market-service.ts';
import { definePublicRoute, type Route } from '../../http/route.ts';
import type { Clock } from '../../shared/clock.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import {
  currencyRatesParameters,
  leveragedRatesParameters,
  marketPairsParameters,
} from './market-parameters.ts';
import {
  currencyRatesSchema,
  leveragedRatesSchema,
  marketListSchema,
  marketPairsSchema,
  toLeverageWire,
  toMarketWire,
  toRatesWire,
} from './market-wire.ts';

export interface MarketRoutesDeps {
  readonly markets: MarketService;
  readonly catalog: Pick<Catalog, 'markets'>;
  readonly clock: Clock;
  readonly iconUrl: (path: string) => string;
}

const FROM_PUBLIC_DATA: readonly ErrorCode[] = [
  'record_invalid',
  'not_supported',
  'exchange_error',
  'exchange_unavailable',
  'exchange_timeout',
  'custody_unavailable',
];

export const createMarketRoutes = ({ markets, catalog, clock, iconUrl }: MarketRoutesDeps): Route[] => {
  /** Seconds since the venue told it, in `Age`: the answer has no place for it. */
  const withAge = <T>({ value, asOfMs }: Aged<T>, setHeader: (name: string, text: string) => void): T => {
    setHeader('Age', String(Math.max(0, Math.floor((clock.now() - asOfMs) / 1_000))));
    return value;
  };

  return [
    definePublicRoute({
      method: 'GET',
      path: '/ver1/accounts/market_list',
      operationId: 'listMarkets',
      summary: 'Account types that can be connected, and what connecting each needs',
      input: z.object({}),
      output: marketListSchema,
      status: 200,
      errors: [],
      handle: () => Promise.resolve(catalog.markets.map((entry) => toMarketWire(entry, iconUrl))),
    }),
    definePublicRoute({
      method: 'GET',
      path: '/ver1/accounts/market_pairs',
      operationId: 'listMarketPairs',
      summary:
        'Pairs that are traded at an exchange, as QUOTE_BASE; the header Age tells how old the list is',
      input: marketPairsParameters,
      output: marketPairsSchema,
      status: 200,
      errors: FROM_PUBLIC_DATA,
      handle: async ({ input, requestId, setHeader }) => [
        ...withAge(await markets.pairs(input.market_code, requestId), setHeader),
      ],
    }),
    definePublicRoute({
      method: 'GET',
      path: '/ver1/accounts/currency_rates',
      operationId: 'getCurrencyRates',
      summary: 'Prices and limits of a pair; the header Age tells how old the prices are',
      input: currencyRatesParameters,
      output: currencyRatesSchema,
      status: 200,
      errors: FROM_PUBLIC_DATA,
      handle: async ({ input, requestId, setHeader }) =>
        toRatesWire(withAge(await markets.rates(input.market_code, input.pair, requestId), setHeader)),
    }),
    definePublicRoute({
      method: 'GET',
      path: '/ver1/accounts/currency_rates_with_leverage_data',
      operationId: 'getCurrencyRatesWithLeverageData',
      summary: 'The same with the leverage of a contract, where the exchange tells it without a key',
      input: leveragedRatesParameters,
      output: leveragedRatesSchema,
      status: 200,
      errors: FROM_PUBLIC_DATA,
      handle: async ({ input, requestId, setHeader }) => {
        const rates = withAge(await markets.rates(input.market_code, input.pair, requestId), setHeader);
        return { ...toRatesWire(rates), leverage_data: toLeverageWire(rates.market.maxLeverage) };
      },
    }),
  ];
};
