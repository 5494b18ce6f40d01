/** Markets, prices and leverage on /ver1: schemas and the only mappings to them. */
import { z } from 'zod';
import type { CatalogEntry } from '../../exchanges/catalog.ts';
import type { CredentialField } from '../../exchanges/venue.ts';
import type { Rates } from '../../features/markets/market-service.ts';
import { compare, type DecimalString, isDecimalString } from '../../shared/money.ts';

const decimal = () => z.string().refine(isDecimalString).meta({ pattern: '^-?\\d+(\\.\\d+)?$' });
const limit = () => decimal().nullable().describe('null: the exchange states none');

export const marketListSchema = z.array(
  z
    .strictObject({
      market_name: z.string(),
      market_url: z.string().nullable(),
      market_icon: z.string(),
      help_link: z.string().nullable(),
      market_code: z.string(),
      form_fields: z.strictObject({
        required: z.array(z.strictObject({ field: z.string(), localized_name: z.string() })),
        optional: z.array(z.strictObject({ field: z.string(), localized_name: z.string() })),
      }),
      available_connection_flows: z.array(z.literal('form')),
      third_party_allowed: z.boolean(),
      trusted_ips: z.array(z.string()),
      trusted_ips_input_type: z.string().nullable(),
      fast_connect_action_name: z.string().nullable(),
    })
    .meta({ id: 'Market' }),
);

export const marketPairsSchema = z.array(z.string());

const rates = z.strictObject({
  last: decimal(),
  bid: decimal(),
  ask: decimal(),
  minPrice: limit(),
  maxPrice: limit(),
  priceStep: limit(),
  minLotSize: limit(),
  maxLotSize: limit(),
  lotStep: limit(),
  maxMarketBuyAmount: limit(),
  maxMarketSellAmount: limit(),
  minTotal: limit(),
  maxTotal: limit(),
  minMarketTotal: limit(),
});

export const currencyRatesSchema = rates.meta({ id: 'CurrencyRates' });

const leverageKind = z
  .strictObject({
    code: z.enum(['none', 'cross', 'isolated']),
    name: z.string(),
    can_set_leverage_value: z.boolean(),
    max_leverage: decimal().nullable(),
    available_leverage_values: z.array(z.int()),
    valid: z.strictObject({ min: decimal().nullable(), max: decimal().nullable() }),
  })
  .meta({ id: 'LeverageKind' });

export const leverageSchema = z.array(leverageKind);

export const leveragedRatesSchema = rates
  .extend({ leverage_data: leverageSchema })
  .meta({ id: 'CurrencyRatesWithLeverage' });

const FIELDS: Readonly<Record<CredentialField, { field: string; localized_name: string }>> = {
  apiKey: { field: 'api_key', localized_name: 'API key' },
  secret: { field: 'secret', localized_name: 'API secret' },
  passphrase: { field: 'passphrase', localized_name: 'Passphrase' },
  customerId: { field: 'customer_id', localized_name: 'Customer ID' },
  address: { field: 'address', localized_name: 'Address' },
};

export const toMarketWire = (
  { venue, market }: CatalogEntry,
  iconUrl: (path: string) => string,
): z.input<typeof marketListSchema>[number] => ({
  market_name: market.exchangeName,
  market_url: null,
  market_icon: iconUrl(market.marketIcon),
  help_link: null,
  market_code: market.code,
  form_fields: { required: venue.requiredFields.map((field) => FIELDS[field]), optional: [] },
  available_connection_flows: ['form'],
  third_party_allowed: false,
  trusted_ips: [],
  trusted_ips_input_type: null,
  fast_connect_action_name: null,
});

export const toRatesWire = ({ market, quote, priceStep }: Rates): z.input<typeof currencyRatesSchema> => ({
  last: quote.last,
  bid: quote.bid,
  ask: quote.ask,
  minPrice: market.minPrice,
  maxPrice: market.maxPrice,
  priceStep,
  minLotSize: market.minLot,
  maxLotSize: market.maxLot,
  lotStep: market.lotStep,
  maxMarketBuyAmount: market.maxMarketLot,
  maxMarketSellAmount: market.maxMarketLot,
  minTotal: market.minTotal,
  maxTotal: market.maxTotal,
  // No exchange here states another one for market orders.
  minMarketTotal: market.minTotal,
});

const GREATEST_LISTED = '1000';

/** Nothing where positions have no leverage, or the exchange tells none. */
export const toLeverageWire = (most: DecimalString | null): z.input<typeof leverageSchema> => {
  if (most === null) return [];
  const listed = Math.floor(Number(compare(most, GREATEST_LISTED) > 0 ? GREATEST_LISTED : most));
  const all = Array.from({ length: listed }, (_, index) => index + 1);
  const settable = (code: 'cross' | 'isolated', name: string) => ({
    code,
    name,
    can_set_leverage_value: true,
    max_leverage: most,
    available_leverage_values: all,
    valid: { min: '1', max: most },
  });
  return [
    {
      code: 'none',
      name: 'Not specified',
      can_set_leverage_value: false,
      max_leverage: null,
      available_leverage_values: [],
      valid: { min: null, max: null },
    },
    settable('cross', 'Cross'),
    settable('isolated', 'Isolated'),
  ];
};
