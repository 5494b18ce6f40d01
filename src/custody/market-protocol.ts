/** Custody's methods about markets, open orders and deposit addresses, with both their shapes. */
import { z } from 'zod';
import type {
  AssetNetworks,
  DepositAddress,
  MarketFacts,
  MarketList,
  Quote,
} from '../exchanges/market-port.ts';
import type { DecimalString } from '../shared/money.ts';
import { amount, context, instant, name, ref } from './rpc-fields.ts';

const limit = amount.nullable();
const symbol = z.string().min(1).max(128);
const text = z.string().max(1_000).nullable();
const flag = z.boolean().nullable();
const networkId = z.string().min(1).max(128);

const market = z.object({
  symbol,
  kind: z.enum(['spot', 'contract']),
  base: name,
  quote: name,
  venueName: symbol,
  minPrice: limit,
  maxPrice: limit,
  priceStep: limit,
  priceDigits: z.int().min(0).nullable(),
  minLot: limit,
  maxLot: limit,
  lotStep: limit,
  maxMarketLot: limit,
  minTotal: limit,
  maxTotal: limit,
  maxLeverage: limit,
}) satisfies z.ZodType<MarketFacts>;

const network = z.object({
  id: networkId,
  name: z.string().min(1).max(256),
  depositEnabled: flag,
  withdrawEnabled: flag,
  withdrawFee: limit,
  withdrawMin: limit,
  withdrawMax: limit,
  withdrawStep: limit,
  isDefault: flag,
  depositTip: text,
  withdrawTip: text,
  specialTip: text,
  addressPattern: text,
  tagPattern: text,
});

const keyed = z.object({ context, ref, marketCode: name });

export const MARKET_METHODS = {
  fetchMarkets: {
    params: z.object({ context, marketCode: name }),
    result: z.object({ markets: z.array(market).max(20_000), asOf: instant }) satisfies z.ZodType<MarketList>,
  },
  fetchQuote: {
    params: z.object({ context, marketCode: name, symbol }),
    result: z.object({
      last: amount,
      bid: amount,
      ask: amount,
      asOf: instant,
    }) satisfies z.ZodType<Quote>,
  },
  fetchMaxLeverage: { params: keyed.extend({ symbol }), result: amount },
  countOpenOrders: { params: keyed, result: z.int().min(0) },
  fetchNetworks: {
    params: keyed.extend({ asset: name }),
    result: z
      .object({ asset: name, name: z.string().max(256), networks: z.array(network).max(200) })
      .nullable() satisfies z.ZodType<AssetNetworks | null>,
  },
  fetchDepositAddress: {
    params: keyed.extend({ place: z.object({ asset: name, network: networkId }) }),
    result: z.object({
      address: z.string().min(1).max(512),
      tag: z.string().max(256).nullable(),
    }) satisfies z.ZodType<DepositAddress>,
  },
} as const;

/** The port's own types; each schema above satisfies the one it stands for. */
export interface MarketResults {
  readonly fetchMarkets: MarketList;
  readonly fetchQuote: Quote;
  readonly fetchMaxLeverage: DecimalString;
  readonly countOpenOrders: number;
  readonly fetchNetworks: AssetNetworks | null;
  readonly fetchDepositAddress: DepositAddress;
}
