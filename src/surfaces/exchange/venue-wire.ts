/** What is known of an exchange on /api/exchange: schemas and the only mapping to them. */
import { z } from 'zod';
import type { CredentialField, Venue } from '../../exchanges/venue.ts';
import { VENUE_FACTS } from '../../exchanges/venue-facts.ts';
import type { VenueHealth } from '../../features/venues/venue-health-service.ts';
import { exactNumber } from '../exact-number.ts';
import { toFigure } from './market-data-wire.ts';

const features = z.strictObject({
  balance: z.boolean(),
  trades: z.boolean(),
  bnb_burn: z.boolean(),
  dust_assets: z.boolean(),
  key_permissions: z.boolean().describe('The exchange says what a key may do'),
});

const marketTypes = z.array(z.enum(['spot', 'margin', 'futures']));

const supportedSchema = z
  .strictObject({
    name: z.string(),
    ccxt_id: z.string(),
    display_name: z.string(),
    aliases: z.array(z.string()),
    market_codes: z.array(z.string()).describe('Types that `POST /ver1/accounts/new` takes'),
    required_credentials: z.array(z.string()),
    requires_passphrase: z.boolean(),
    market_types: marketTypes,
    features,
    rate_limit_ms: z.number(),
    logo_url: z.string().nullable(),
    docs_url: z.string().nullable(),
  })
  .meta({ id: 'SupportedExchange' });

export const supportedExchangesSchema = z
  .strictObject({ exchanges: z.array(supportedSchema), total_count: z.int() })
  .meta({ id: 'SupportedExchanges' });

export const exchangeInfoSchema = z
  .strictObject({
    exchange: z.string(),
    display_name: z.string(),
    ccxt_id: z.string(),
    countries: z.array(z.string()),
    status: z.enum(['healthy', 'degraded', 'unhealthy', 'unknown']),
    required_credentials: z.array(z.string()),
    requires_passphrase: z.boolean(),
    rate_limit_ms: z.number(),
    timeframes: z.array(z.string()),
    market_types: marketTypes,
    markets_count: z.int().nullable().describe('null: they have not been loaded yet'),
    features,
    fees: z.strictObject({
      maker: exactNumber().nullable(),
      taker: exactNumber().nullable(),
      percentage: z.boolean(),
      tier_based: z.boolean(),
    }),
    urls: z.strictObject({
      www: z.string().nullable(),
      docs: z.array(z.string()),
      api: z.array(z.string()),
    }),
    last_updated: z.iso.datetime().nullable().describe('When its markets were loaded'),
    timestamp: z.iso.datetime(),
  })
  .meta({ id: 'ExchangeInfo' });

/** As POST /api/exchange/credentials takes them; a customer id goes into its exchange_metadata. */
const FIELDS: Readonly<Record<CredentialField, string>> = {
  apiKey: 'api_key',
  secret: 'api_secret',
  passphrase: 'api_passphrase',
  customerId: 'customer_id',
  address: 'address',
};

const toCredentialsWire = ({ requiredFields }: Venue) => ({
  required_credentials: requiredFields.map((field) => FIELDS[field]),
  requires_passphrase: requiredFields.includes('passphrase'),
});

const toFeaturesWire = (venue: Venue): z.input<typeof features> => ({
  balance: true,
  trades: venue.withoutTrades !== true,
  bnb_burn: venue.extras?.includes('bnbBurn') === true,
  dust_assets: venue.extras?.includes('dustAssets') === true,
  key_permissions: VENUE_FACTS[venue.id].tellsKeyRights,
});

const marketTypesOf = ({ markets }: Venue): z.input<typeof marketTypes> => [
  ...new Set(markets.flatMap(({ supportedMarketTypes }) => supportedMarketTypes)),
];

export const toSupportedWire = (
  venue: Venue,
  iconUrl: (path: string) => string,
): z.input<typeof supportedSchema> => {
  const codes = venue.markets.map(({ code }) => code);
  const names = [...venue.aliases, ...venue.markets.flatMap(({ aliases }) => aliases)];
  const facts = VENUE_FACTS[venue.id];
  return {
    name: venue.id,
    ccxt_id: venue.ccxtId,
    display_name: venue.displayName,
    aliases: [...new Set(names)].filter((name) => name !== venue.id && !codes.includes(name)),
    market_codes: codes,
    ...toCredentialsWire(venue),
    market_types: marketTypesOf(venue),
    features: toFeaturesWire(venue),
    rate_limit_ms: facts.rateLimitMs,
    logo_url: iconUrl(venue.markets[0].marketIcon),
    docs_url: facts.docsUrls[0] ?? null,
  };
};

export const toInfoWire = (
  name: string,
  venue: Venue,
  { status, state }: Pick<VenueHealth, 'status' | 'state'>,
  timestamp: string,
): z.input<typeof exchangeInfoSchema> => {
  const facts = VENUE_FACTS[venue.id];
  return {
    exchange: name,
    display_name: venue.displayName,
    ccxt_id: venue.ccxtId,
    countries: [...facts.countries],
    status,
    ...toCredentialsWire(venue),
    rate_limit_ms: facts.rateLimitMs,
    timeframes: [...facts.timeframes],
    market_types: marketTypesOf(venue),
    markets_count: state?.marketsCount ?? null,
    features: toFeaturesWire(venue),
    fees: {
      maker: toFigure(facts.makerFee),
      taker: toFigure(facts.takerFee),
      percentage: facts.feesArePercentage,
      tier_based: facts.feesAreTiered,
    },
    urls: { www: facts.wwwUrl, docs: [...facts.docsUrls], api: [...facts.apiUrls] },
    last_updated: state?.marketsLoadedAt ?? null,
    timestamp,
  };
};
