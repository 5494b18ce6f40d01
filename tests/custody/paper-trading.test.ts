// Paper accounts in custody: real ccxt on the simulated venue, with books that outlive the process.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Exchange } from 'ccxt';
import { createPaperLedgerStore } from '../../src/custody/paper-ledger-store.ts';
import { createPaperTrading } from '../../src/custody/paper-trading.ts';
import { createTenantDatabase } from '../../src/db/postgres-tenant-database.ts';
import type { TenantDatabase } from '../../src/db/tenant-database.ts';
import type { CallContext, CredentialRef } from '../../src/exchanges/exchange-call.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { compare } from '../../src/shared/money.ts';
import { countRequests } from '../exchanges/sandbox-control.ts';
import { connect } from '../sandbox/ccxt-client.ts';
import { useCustody } from './custody-fixture.ts';

const custody = useCustody();
const CONTEXT: CallContext = { requestId: randomUUID(), purpose: 'sync' };
const KEYS = { apiKey: 'a'.repeat(64), secret: 'b'.repeat(64) };
const OPENING = { BTC: '1', USDT: '1000000.5' };

let database: TenantDatabase;
beforeAll(() => {
  database = createTenantDatabase({
    url: custody.database.custodyUrl,
    logger: custody.logger,
    applicationName: 'paper-test',
    maxConnections: 2,
  });
});
afterAll(() => database[Symbol.asyncDispose]());

/** Stored as the gateway does when the account is connected. */
const aPaperAccount = async (): Promise<CredentialRef> => {
  const sealed = await custody.seal(await custody.aTenant(), KEYS, 'paper_trading');
  const ref = await custody.store(sealed, 'paper_trading');
  await custody.sql('insert into paper_ledgers (tenant_id, credential_id, opening) values ($1, $2, $3)', [
    ref.tenantId,
    ref.credentialId,
    JSON.stringify(OPENING),
  ]);
  return ref;
};

/** ccxt as custody has it, for what the port does not offer yet. */
const exchangeOf = async ({ tenantId, credentialId }: CredentialRef): Promise<Exchange> => {
  const play = createPaperTrading({
    store: createPaperLedgerStore(database),
    clock: systemClock,
    startingBalances: {},
  });
  return connect(
    custody.sandbox,
    'binance',
    { api_key: KEYS.apiKey, secret: KEYS.secret },
    {
      options: { fetchMarkets: { types: ['spot'] } },
      has: { fetchCurrencies: false },
      fetchImplementation: (
        url: string,
        init: { method: string; headers: Record<string, string>; body?: string },
      ) => play(url, init, `${tenantId}:${credentialId}`),
    },
  );
};

const heldBy = async (ref: CredentialRef): Promise<Record<string, string>> => {
  const { balances } = await custody.client.fetchAccount(CONTEXT, ref, 'paper_trading');
  return Object.fromEntries(balances.map(({ asset, total }) => [asset, total]));
};

test('a paper account that is not stored yet has the configured balances and may not withdraw', async () => {
  const ref = await custody.seal(await custody.aTenant(), KEYS, 'paper_trading');
  const { rights, accounts } = await custody.client.connect(CONTEXT, ref, ['paper_trading']);
  expect(rights).toMatchObject({ canRead: true, canTrade: true, canWithdraw: false });
  expect(accounts[0]?.balances).toEqual([
    { asset: 'BTC', free: '0.5', locked: '0', total: '0.5' },
    { asset: 'ETH', free: '5', locked: '0', total: '5' },
    { asset: 'USDT', free: '50000', locked: '0', total: '50000' },
  ]);
});

test('its prices are those of the simulated venue, and value what it holds', async () => {
  const { prices } = await custody.client.fetchPrices(CONTEXT, 'paper_trading');
  const last = prices.find(({ base, quote }) => base === 'BTC' && quote === 'USDT')?.last ?? '0';
  expect(compare(last, '50000') > 0 && compare(last, '80000') < 0).toBe(true);
  // Nothing of it goes over HTTP: in production there is no sandbox to be reached.
  expect(await countRequests(custody.sandbox, 'binance', '')).toBe(0);
});

test('what is bought is there after a restart, and only on this account', async () => {
  const [buyer, other] = [await aPaperAccount(), await aPaperAccount()];
  expect(await heldBy(buyer)).toEqual(OPENING);
  const exchange = await exchangeOf(buyer);
  const order = await exchange.createOrder('ETH/USDT', 'market', 'buy', 2);
  expect(order.status).toBe('closed');

  await custody.restart();
  const held = await heldBy(buyer);
  expect(held).toMatchObject({ BTC: '1', ETH: '1.998' });
  expect(compare(held['USDT'] ?? '0', OPENING.USDT) < 0).toBe(true);
  expect(await heldBy(other)).toEqual(OPENING);
});

test('a resting order survives a restart, is found again and can be cancelled', async () => {
  const ref = await aPaperAccount();
  await (await exchangeOf(ref)).createOrder('BTC/USDT', 'limit', 'buy', 0.5, 10_000, {
    clientOrderId: 'mine',
  });
  await custody.restart();
  const { balances } = await custody.client.fetchAccount(CONTEXT, ref, 'paper_trading');
  expect(balances.find(({ asset }) => asset === 'USDT')).toMatchObject({ free: '995000.5', locked: '5000' });

  const later = await exchangeOf(ref);
  const open = await later.fetchOpenOrders('BTC/USDT');
  expect(open).toMatchObject([{ clientOrderId: 'mine', side: 'buy', symbol: 'BTC/USDT' }]);
  const first = open[0]?.id ?? '';
  await later.cancelOrder(first, 'BTC/USDT');
  expect(await heldBy(ref)).toEqual(OPENING);

  // A number from before the restart is never given out again.
  const second = await later.createOrder('BTC/USDT', 'limit', 'buy', 0.5, 10_000);
  expect(BigInt(String(second.id)) > BigInt(first)).toBe(true);
});

test('of two changes at the same moment none is lost', async () => {
  const ref = await aPaperAccount();
  const exchanges = await Promise.all(Array.from({ length: 4 }, () => exchangeOf(ref)));
  await Promise.all(exchanges.map((exchange) => exchange.loadMarkets()));
  const outcomes = await Promise.allSettled(
    exchanges.map((exchange) => exchange.createOrder('ETH/USDT', 'market', 'buy', 1)),
  );
  const done = outcomes.filter(({ status }) => status === 'fulfilled').length;
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(done).toBeGreaterThan(0);
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'exchange_error' });
  const [row] = await custody.sql('select version from paper_ledgers where credential_id = $1', [
    ref.credentialId,
  ]);
  expect(row?.['version']).toBe(1 + done);
  const each = { 1: '0.999', 2: '1.998', 3: '2.997', 4: '3.996' }[done];
  expect((await heldBy(ref))['ETH']).toBe(each);
});

test('the books of another tenant are out of reach', async () => {
  const ref = await aPaperAccount();
  const stranger = { ...ref, tenantId: await custody.aTenant() };
  await expect(custody.client.fetchAccount(CONTEXT, stranger, 'paper_trading')).rejects.toMatchObject({
    code: 'not_found',
  });
  const store = createPaperLedgerStore(database);
  expect(await store.find(stranger.tenantId, ref.credentialId)).toBeUndefined();
  expect(await store.find(ref.tenantId, ref.credentialId)).toMatchObject({ opening: OPENING, books: null });
});

test('an address is read through custody, without any key being opened', async () => {
  const tenant = await custody.aTenant();
  const demo = custody.sandbox.accounts['ethereumwallet'];
  const wallet = { marketCode: 'ethereumwallet', address: demo?.api_key ?? '' };
  const account = await custody.client.fetchWallet(CONTEXT, wallet);
  expect(account.balances.find(({ asset }) => asset === 'ETH')?.total).toBe('3.141592653589793238');
  expect(await custody.auditOf(tenant)).toEqual([]);
});
