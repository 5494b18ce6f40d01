// Refusals in a venue's own words that ccxt does not know or takes for something else.
import { expect, test } from '@jest/globals';
import { krakenCcxt } from '../../src/exchanges/venues/kraken-ccxt.ts';
import { aCall, useAdapters } from './adapter-fixture.ts';
import { addFault, openAccount } from './sandbox-control.ts';

const fixture = useAdapters({ markets: 60 });

test.each([
  { venue: 'okx', code: 'okex', becomes: 'permission_denied' },
  { venue: 'kraken', code: 'kraken', becomes: 'permission_denied' },
  // One wording for a wrong key and for one that lacks the right.
  { venue: 'binance', code: 'binance', becomes: 'invalid_credentials' },
  { venue: 'binance_us', code: 'binance_us', becomes: 'invalid_credentials' },
])('a $venue key that may not read is $becomes', async ({ venue, code, becomes }) => {
  const keys = await openAccount(fixture.sandbox, { venue, permissions: ['trade'] });
  const call = (await fixture.anAdapter()).fetchAccount(aCall(keys), code);
  await expect(call).rejects.toMatchObject({ code: becomes });
});

test('an okx key that is locked to other addresses is named so', async () => {
  const keys = await openAccount(fixture.sandbox, { venue: 'okx' });
  await addFault(fixture.sandbox, { venue: 'okx', api_key: keys.apiKey, kind: 'ip_not_allowed' });
  const call = (await fixture.anAdapter()).fetchAccount(aCall(keys), 'okex');
  await expect(call).rejects.toMatchObject({ code: 'ip_not_whitelisted' });
});

test.each([
  ['EAPI:Invalid signature', 'invalid_credentials'],
  ['EQuery:Unknown asset pair', 'exchange_refused'],
  ['EOrder:Unknown order', 'order_not_found'],
  ['EGeneral:Temporary lockout', 'exchange_rate_limited'],
])('kraken: %s is %s', (words, code) => {
  expect(krakenCcxt.classify?.({ error: [words] }, 200)).toMatchObject({ code });
});
