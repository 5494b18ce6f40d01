/** Addresses of public chains as accounts: connected without keys, listed, read again, and nothing stored by halves. */
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { toEthereumChecksum, toTronAddress } from '../../src/shared/chain-address.ts';
import { compare } from '../../src/shared/money.ts';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let caller: TestCaller;

beforeAll(async () => {
  gateway = await startTestGateway({ callDeadlineMs: 2_000 });
  caller = await gateway.newCaller();
});
afterAll(() => gateway[Symbol.asyncDispose]());
afterEach(() => gateway.sandbox.clearFaults());

const CHAINS = [
  { type: 'ethereumwallet', coin: 'ETH', name: 'Ethereum Wallet', shown: 'EthereumWallet' },
  { type: 'trx', coin: 'TRX', name: 'TRX Wallet', shown: 'Trx' },
] as const;

const randomAddress = (type: string): string =>
  type === 'trx'
    ? toTronAddress(randomBytes(20))
    : toEthereumChecksum(`0x${randomBytes(20).toString('hex')}`);

const anAddress = async (type: string, balances: Readonly<Record<string, unknown>>): Promise<string> => {
  const address = randomAddress(type);
  await gateway.sandbox.openAccount({ venue: type, address, balances });
  return address;
};

const connect = (type: string, address: unknown, by = caller) =>
  by.post('/ver1/accounts/new', { type, name: 'My wallet', address });

const storedRows = async (): Promise<number> => {
  const [row] = await gateway.owner.shared.query<{ count: number }>(
    {
      name: 'test.stored-wallet-rows',
      text: `select (select count(*) from accounts) + (select count(*) from balances)
               + (select count(*) from equity_snapshots) + (select count(*) from audit_log) as count`,
    },
    [],
  );
  return row?.count ?? -1;
};

describe.each(CHAINS)('an address of $type', ({ type, coin, name, shown }) => {
  test('connects without keys, is valued, listed and read again', async () => {
    const address = await anAddress(type, { [coin]: '10', USDT: '250.5' });
    const answer = await connect(type, address);
    expect(answer.status).toBe(201);
    const record = answer.body as Record<string, unknown>;
    expect(record).toMatchObject({
      address,
      market_code: type,
      exchange_name: name,
      pretty_display_type: shown,
      api_key: '',
      api_key_invalid: false,
      api_keys_state: 'ok',
      trading_supported: false,
      deposit_enabled: false,
      supported_market_types: ['spot'],
    });
    expect(compare(String(record['usd_amount']), '250') > 0).toBe(true);
    expect(compare(String(record['btc_amount']), '0') > 0).toBe(true);

    const { body: list } = await caller.get('/ver1/accounts?per_page=100');
    expect(list).toContainEqual(record);

    await gateway.sandbox.changeAccount(address, { balances: { USDT: '1000000' } });
    const synced = await caller.post(`/ver1/accounts/${String(record['id'])}/load_balances`);
    expect(synced.status).toBe(201);
    expect(compare((synced.body as { usd_amount: string }).usd_amount, '900000') > 0).toBe(true);
  });

  test('connects once in a tenant, and again after it was removed', async () => {
    const address = await anAddress(type, { [coin]: '1' });
    const both = await Promise.all([connect(type, address), connect(type, address)]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 400]);
    const again = await connect(type, address);
    expect(again.status).toBe(400);
    expect(again.body).toEqual({
      error: 'record_invalid',
      error_description: 'Invalid parameters',
      error_attributes: { address: ['This account is already connected!'] },
    });
    expect((await connect(type, address, await gateway.newCaller())).status).toBe(201);

    const first = both.find(({ status }) => status === 201)?.body as { id: number };
    expect((await caller.post(`/ver1/accounts/${first.id}/remove`)).body).toBe(true);
    expect((await connect(type, address)).status).toBe(201);
  });

  test.each([
    ['missing', undefined, 'is missing'],
    ['empty', ' ', 'is empty'],
    ['short', '0x1234', 'is invalid'],
    ['of no form at all', 'drop table accounts', 'is invalid'],
  ])('that is %s is refused, with everything else that is wrong', async (_what, address, message) => {
    const answer = await caller.post('/ver1/accounts/new', { type, name: 'x', address });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      error: 'record_invalid',
      error_attributes: { address: [message], name: ['is too short (minimum is 2 characters)'] },
    });
  });

  test.each([
    { kind: 'server_error', status: 503, error: 'exchange_unavailable' },
    { kind: 'hang', status: 504, error: 'exchange_timeout' },
    { kind: 'html_200', status: 502, error: 'exchange_error' },
    { kind: 'wrong_types', status: 502, error: 'exchange_error' },
  ])('on a chain with $kind answers $status and stores nothing', async ({ kind, status, error }) => {
    const address = await anAddress(type, { [coin]: '1' });
    await gateway.sandbox.addFault({ venue: type, kind });
    const before = await storedRows();
    const answer = await connect(type, address);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ error });
    expect(await storedRows()).toBe(before);
  });

  test('keeps its last balances while the chain is down, and is not locked', async () => {
    const address = await anAddress(type, { USDT: '500' });
    const { id } = (await connect(type, address)).body as { id: number };
    const before = (await caller.get(`/ver1/accounts/${id}`)).body;
    await gateway.sandbox.addFault({ venue: type, kind: 'server_error' });
    expect((await caller.post(`/ver1/accounts/${id}/load_balances`)).status).toBe(503);
    expect((await caller.get(`/ver1/accounts/${id}`)).body).toEqual(before);
  });
});

test('a wrong checksum is no address, and small letters are spelled out', async () => {
  const address = await anAddress('ethereumwallet', { ETH: '1' });
  const small = address.toLowerCase();
  const letter = Array.from(address).findIndex((digit, index) => index > 1 && /[a-fA-F]/.test(digit));
  const one = address.charAt(letter);
  const flipped = one === one.toLowerCase() ? one.toUpperCase() : one.toLowerCase();
  const wrong = await connect(
    'ethereumwallet',
    address.slice(0, letter) + flipped + address.slice(letter + 1),
  );
  expect(wrong.status).toBe(400);
  expect(wrong.body).toMatchObject({ error_attributes: { address: ['is invalid'] } });
  const right = await connect('ethereumwallet', small);
  expect(right.body).toMatchObject({ address });
  expect((await connect('ethereumwallet', address)).status).toBe(400);
});

test('an address goes with no related type', async () => {
  const answer = await caller.post('/ver1/accounts/new', {
    type: 'ethereumwallet',
    name: 'My wallet',
    address: randomAddress('ethereumwallet'),
    types_to_create: ['trx'],
  });
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({
    error_attributes: { types_to_create: ['does not have a valid value'] },
  });
});
