/** The table of what is known of each venue, against the ccxt that is installed. */
import { expect, test } from '@jest/globals';
import { VENUES } from '../../src/exchanges/catalog.ts';
import { type CcxtExchange, isObject, loadCcxtClass, objectAt } from '../../src/exchanges/ccxt-exchange.ts';
import { CCXT_VENUES } from '../../src/exchanges/ccxt-venues.ts';
import { VENUE_FACTS } from '../../src/exchanges/venue-facts.ts';

const instanceOf = async (ccxtId: string): Promise<CcxtExchange> => new (await loadCcxtClass(ccxtId))({});

const textsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  return isObject(value) || Array.isArray(value) ? Object.values(value).flatMap(textsIn) : [];
};

const textOf = (value: unknown): string | null => (typeof value === 'number' ? String(value) : null);

test.each(VENUES.map((venue) => [venue.id, venue] as const))(
  'what is said of %s is what the pinned ccxt says',
  async (id, venue) => {
    const exchange = await instanceOf(venue.ccxtId);
    const described = exchange.describe();
    const urls = objectAt(exchange, 'urls');
    const fees = { ...objectAt(objectAt(exchange, 'fees'), 'spot') };
    for (const [name, value] of Object.entries(objectAt(objectAt(exchange, 'fees'), 'trading') ?? {}))
      if (value !== undefined) fees[name] = value;
    const { docsUrls, apiUrls, tellsKeyRights, ...facts } = VENUE_FACTS[id];
    expect(facts).toEqual({
      countries: described['countries'],
      timeframes: Object.keys(described['timeframes'] as object),
      rateLimitMs: Math.round(exchange.rateLimit * 1_000) / 1_000,
      makerFee: textOf(fees['maker']),
      takerFee: textOf(fees['taker']),
      feesArePercentage: fees['percentage'] ?? true,
      feesAreTiered: fees['tierBased'] ?? false,
      wwwUrl: urls?.['www'],
    });
    expect(textsIn(urls?.['doc'])).toEqual(expect.arrayContaining([...docsUrls]));
    expect(docsUrls[0]).toBe(textsIn(urls?.['doc'])[0]);
    const host = Reflect.get(exchange, 'hostname') as string | undefined;
    const origins = textsIn(urls?.['api']).map(
      (url) => new URL(url.replace('{hostname}', host ?? '')).origin,
    );
    expect(origins).toEqual(expect.arrayContaining([...apiUrls]));
    expect(exchange.has['fetchMyTrades']).toBe(true);
    expect(tellsKeyRights).toBe(!CCXT_VENUES[id].readKeyRights.toString().includes('probeRights'));
  },
);

test('Binance.US is reached at its own hosts alone', () => {
  for (const url of VENUE_FACTS.binance_us.apiUrls) expect(new URL(url).hostname).toMatch(/\.binance\.us$/);
});
