// Amounts of many digits through real ccxt on every simulated venue: what the venue sent is what comes out.
import { expect, test } from '@jest/globals';
import { createCatalog } from '../../src/exchanges/catalog.ts';
import { VENUE_IDS } from '../../src/sandbox/venue-keys.ts';
import { aCall, useAdapters } from './adapter-fixture.ts';
import { openAccount } from './sandbox-control.ts';

const fixture = useAdapters();
/** The exchanges that have a twin; the chains have tests of their own. */
const TWINS = createCatalog().venues.flatMap(({ id, markets }) =>
  VENUE_IDS.some((venue) => venue === id) ? [{ venue: id, code: markets[0].code }] : [],
);

const AMOUNTS = {
  BTC: '12345678901234567890.123456789012345678',
  ETH: '0.000000000000000001',
  SOL: '9007199254740993.1',
  XRP: '123456789.987654321',
};

test.each(
  TWINS.flatMap((twin) => [
    { ...twin, bare: false },
    { ...twin, bare: true },
  ]),
)('amounts of $venue keep every digit (as bare JSON numbers: $bare)', async ({ venue, code, bare }) => {
  const keys = await openAccount(fixture.sandbox, { venue, balances: AMOUNTS, bare_numbers: bare });
  const { balances } = await (await fixture.anAdapter()).fetchAccount(aCall(keys), code);
  expect(Object.fromEntries(balances.map(({ asset, total }) => [asset, total]))).toEqual(AMOUNTS);
  for (const { free, total } of balances) expect(free).toBe(total);
});

test('there are eleven twins', () => expect(TWINS).toHaveLength(11));
