// The catalog's names, and its flags against the ccxt that is installed.
import { expect, test } from '@jest/globals';
import { createCatalog, VENUES } from '../../src/exchanges/catalog.ts';
import { type CcxtExchange, loadCcxtClass, objectAt } from '../../src/exchanges/ccxt-exchange.ts';
import { CCXT_VENUES } from '../../src/exchanges/ccxt-venues.ts';
import type { AccountFlags, VenueMarket } from '../../src/exchanges/venue.ts';
import { kraken } from '../../src/exchanges/venues/kraken.ts';

const catalog = createCatalog();

const instanceOf = async (ccxtId: string): Promise<CcxtExchange> => new (await loadCcxtClass(ccxtId))({});

const isYes = (value: unknown): boolean => value === true || value === 'emulated';

/** The rules by which flags follow ccxt. */
const derivedFlags = (exchange: CcxtExchange, market: VenueMarket): Partial<AccountFlags> => {
  const contracts = market.supportedMarketTypes.includes('futures');
  const swap = objectAt(objectAt(exchange.features, 'swap'), 'linear');
  const orders = objectAt(contracts ? swap : objectAt(exchange.features, 'spot'), 'createOrder');
  return {
    tradingSupported: isYes(exchange.has['createOrder']),
    marketBuySupported: exchange.has['createMarketOrder'] !== false,
    marketSellSupported: exchange.has['createMarketOrder'] !== false,
    conditionalBuySupported: orders?.['triggerPrice'] === true || orders?.['stopLossPrice'] === true,
    hedgeModeAvailable: contracts && isYes(exchange.has['setPositionMode']),
    depositEnabled:
      market.supportedMarketTypes.includes('spot') && isYes(exchange.has['fetchDepositAddress']),
  };
};

test.each(VENUES.map((venue) => [venue.id, venue] as const))(
  'the flags of %s are those of the pinned ccxt',
  async (_id, venue) => {
    const exchange = await instanceOf(venue.ccxtId);
    for (const market of venue.markets) expect(market.flags).toMatchObject(derivedFlags(exchange, market));
  },
);

test.each(VENUES.map((venue) => [venue.id, venue] as const))(
  'the market types and required fields of %s are those of the pinned ccxt',
  async (_id, venue) => {
    const exchange = await instanceOf(venue.ccxtId);
    for (const type of venue.markets.flatMap((market) => market.supportedMarketTypes)) {
      const supported = type === 'futures' ? ['swap', 'future'] : [type];
      expect(supported.some((name) => isYes(exchange.has[name]))).toBe(true);
    }
    const required = Object.entries(Reflect.get(exchange, 'requiredCredentials') as object)
      .filter(([, needed]) => needed === true)
      .map(([name]) => ({ password: 'passphrase', uid: 'customerId' })[name] ?? name);
    // Callers name the customer of a Bitstamp account; its requests have been signed without since API v2.
    if (venue.id === 'bitstamp') required.push('customerId');
    expect([...venue.requiredFields].sort()).toEqual(required.sort());
  },
);

test('every market code has a way to read its balance', () => {
  for (const venue of catalog.venues) {
    expect(CCXT_VENUES[venue.id].ccxtId).toBe(venue.ccxtId);
    for (const market of venue.markets)
      expect(CCXT_VENUES[venue.id].balanceParameters).toHaveProperty(market.code);
  }
});

test('callers find market codes and venues by their aliases too', () => {
  expect(catalog.findMarket('okx')?.market.code).toBe('okex');
  expect(catalog.findVenue('okex_futures')?.id).toBe('okx');
  expect(catalog.findVenue('okex')?.id).toBe('okx');
  expect(catalog.findMarket('mtgox')).toBeUndefined();
  expect(catalog.findMarket('constructor')).toBeUndefined();
});

test('related codes are the other wallets of the same key pair', () => {
  expect(catalog.relatedCodes('binance')).toEqual([
    'binance_margin',
    'binance_futures',
    'binance_futures_coin',
  ]);
  expect(catalog.relatedCodes('kraken')).toEqual([]);
});

test('two venues cannot claim one name', () => {
  expect(() => createCatalog([kraken, { ...kraken, id: 'okx' }])).toThrow('declared twice');
});

test('every account type of a venue lists its trades, or none of the venue does and it says so', () => {
  for (const venue of catalog.venues) {
    const listed = venue.markets.map(({ code }) => CCXT_VENUES[venue.id].trades?.[code] !== undefined);
    expect({ venue: venue.id, listed }).toEqual({
      venue: venue.id,
      listed: venue.markets.map(() => venue.withoutTrades !== true),
    });
  }
});
