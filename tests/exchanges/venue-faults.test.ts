// Every fault on every simulated venue, through real ccxt: it ends in our error, or is got over, and never in a wrong balance.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createCatalog } from '../../src/exchanges/catalog.ts';
import type { CcxtAdapter } from '../../src/exchanges/ccxt-adapter.ts';
import type { Connection, ExchangeKeys } from '../../src/exchanges/exchange.ts';
import { EXCHANGE_IDS } from '../../src/sandbox/venue-keys.ts';
import type { ErrorCode } from '../../src/shared/errors.ts';
import { aCall, useAdapters } from './adapter-fixture.ts';
import { addFault, clearFaults, countRequests, openAccount, openAccounts } from './sandbox-control.ts';

const fixture = useAdapters({ markets: 60 });
const catalog = createCatalog();

/** What a fault of the key may become: some venues have the same words for all of them. */
const OF_THE_KEY: readonly ErrorCode[] = ['invalid_credentials', 'permission_denied', 'ip_not_whitelisted'];

const REFUSALS: readonly { readonly fault: object; readonly codes: readonly ErrorCode[] }[] = [
  { fault: { kind: 'server_error', status: 502 }, codes: ['exchange_unavailable'] },
  { fault: { kind: 'maintenance' }, codes: ['exchange_unavailable'] },
  { fault: { kind: 'html_200' }, codes: ['bad_response'] },
  // Half of an error's text is told apart by its status alone.
  { fault: { kind: 'truncated_json' }, codes: ['bad_response', 'exchange_unavailable'] },
  { fault: { kind: 'reset' }, codes: ['exchange_error'] },
  { fault: { kind: 'invalid_key' }, codes: ['invalid_credentials'] },
  { fault: { kind: 'expired_key' }, codes: OF_THE_KEY },
  { fault: { kind: 'ip_not_allowed' }, codes: OF_THE_KEY },
];

const UNREADABLE: readonly ErrorCode[] = ['bad_response', 'exchange_error', 'exchange_unavailable'];

/** Venues that lock an account rather than an address. */
const KEY_BANS = ['kraken'];

const HELD = [
  { asset: 'BTC', total: '1.5' },
  { asset: 'ETH', total: '2' },
];

const holdings = (connection: Connection) =>
  connection.accounts[0]?.balances.map(({ asset, total }) => ({ asset, total }));

describe.each(EXCHANGE_IDS)('at %s', (venue) => {
  const code = catalog.getVenue(venue).markets[0].code;
  let adapter: CcxtAdapter;
  let keys: ExchangeKeys;
  const connect = (with_ = adapter) => with_.connect(aCall(keys), [code]);

  beforeAll(async () => {
    adapter = await fixture.aLastingAdapter();
    keys = await openAccount(fixture.sandbox, { venue, balances: { BTC: '1.5', ETH: '2' } });
    // Markets are there before anything goes wrong.
    await connect();
  });

  test.each(REFUSALS)('$fault.kind is one of $codes, and passes', async ({ fault, codes }) => {
    await addFault(fixture.sandbox, { venue, api_key: keys.apiKey, ...fault });
    const error: unknown = await connect().catch((caught: unknown) => caught);
    expect(codes).toContain((error as { code?: unknown }).code);
    await clearFaults(fixture.sandbox);
    expect(holdings(await connect())).toEqual(HELD);
  });

  test('a request that is never answered ends the call at its deadline, and passes', async () => {
    await addFault(fixture.sandbox, { venue, api_key: keys.apiKey, kind: 'hang' });
    await expect(adapter.connect({ ...aCall(keys), deadlineMs: 500 }, [code])).rejects.toMatchObject({
      code: 'exchange_timeout',
    });
    await clearFaults(fixture.sandbox);
    await expect(connect()).resolves.toBeDefined();
  });

  const STOPS = KEY_BANS.includes(venue) ? ['rate_limited'] : ['rate_limited', 'banned'];
  test.each(STOPS)('%s keeps everybody from the venue until it is over', async (kind) => {
    const other = await fixture.anAdapter();
    await connect(other);
    await addFault(fixture.sandbox, { venue, api_key: keys.apiKey, kind, retry_after_s: 70 });
    const told = { code: 'exchange_rate_limited', details: { retryAfterMs: expect.any(Number) } };
    await expect(connect(other)).rejects.toMatchObject(told);
    await clearFaults(fixture.sandbox);
    const error: unknown = await connect(other).catch((caught: unknown) => caught);
    expect(error).toMatchObject(told);
    const { retryAfterMs } = (error as { details: { retryAfterMs: number } }).details;
    expect(retryAfterMs).toBeGreaterThan(60_000);
    expect(retryAfterMs).toBeLessThanOrEqual(70_000);
    await expect(other.fetchPrices(venue, 5_000)).rejects.toMatchObject(told);
    expect(other.venueStates()).toMatchObject([{ venueId: venue, stoppedUntil: expect.any(String) }]);
  });

  test.each(['wrong_types', 'wrong_amounts'])('of %s no wrong balance is made', async (kind) => {
    await addFault(fixture.sandbox, { venue, api_key: keys.apiKey, kind });
    const outcome = await connect().catch((caught: unknown) => caught);
    // At bitfinex, amounts are numbers and stay as they are.
    if ((outcome as Partial<Connection>).accounts !== undefined)
      expect(holdings(outcome as Connection)).toEqual(HELD);
    else expect(UNREADABLE).toContain((outcome as { code?: unknown }).code);
  });

  test('a slow answer is an answer', async () => {
    await addFault(fixture.sandbox, { venue, api_key: keys.apiKey, kind: 'latency', ms: 30 });
    await expect(connect()).resolves.toBeDefined();
  });

  test('a clock that is off is got over, or named', async () => {
    await addFault(fixture.sandbox, { venue, kind: 'clock_skew', ms: 300_000 });
    const outcome = await connect().catch((caught: unknown) => caught);
    const isGotOver = (outcome as Partial<Connection>).accounts !== undefined;
    if (!isGotOver) expect(outcome).toMatchObject({ code: 'clock_skew' });
    await clearFaults(fixture.sandbox);
    await expect(connect()).resolves.toBeDefined();
  });

  test('keys that can withdraw are told apart wherever the venue says', async () => {
    await addFault(fixture.sandbox, { venue, api_key: keys.apiKey, kind: 'withdrawals_enabled' });
    const { rights } = await connect();
    // null: the venue tells rights of the account alone, or none.
    expect(rights.canWithdraw).not.toBe(false);
  });

  test('any number of refused keys leaves the venue open to others', async () => {
    const wrong = { ...keys, secret: `${keys.secret.startsWith('x') ? 'y' : 'x'}${keys.secret.slice(1)}` };
    for (let call = 0; call < 15; call += 1)
      await expect(adapter.connect(aCall(wrong, `wrong ${call}`), [code])).rejects.toBeDefined();
    await expect(connect()).resolves.toBeDefined();
  });
});

test('kraken locks an account: its keys rest for a quarter of an hour, those of others go on', async () => {
  const adapter = await fixture.anAdapter();
  const [locked, other] = await openAccounts(fixture.sandbox, { venue: 'kraken', count: 2 });
  if (locked === undefined || other === undefined) throw new Error('no accounts');
  await adapter.connect(aCall(locked), ['kraken']);
  await addFault(fixture.sandbox, { venue: 'kraken', api_key: locked.apiKey, kind: 'banned' });
  const told = { code: 'exchange_rate_limited', details: { retryAfterMs: expect.any(Number) } };
  await expect(adapter.fetchAccount(aCall(locked), 'kraken')).rejects.toMatchObject(told);
  await clearFaults(fixture.sandbox);
  const asked = await countRequests(fixture.sandbox, 'kraken', 'private');
  await expect(adapter.fetchAccount(aCall(locked), 'kraken')).rejects.toMatchObject(told);
  expect(await countRequests(fixture.sandbox, 'kraken', 'private')).toBe(asked);
  await expect(adapter.fetchAccount(aCall(other), 'kraken')).resolves.toBeDefined();
  fixture.advance(15 * 60_000);
  await expect(adapter.fetchAccount(aCall(locked), 'kraken')).resolves.toBeDefined();
});
