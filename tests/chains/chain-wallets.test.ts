// What custody reads from the chains: exact amounts, few requests, and no balance out of a broken answer.
import { expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config/config.ts';
import { createChainWallets } from '../../src/exchanges/chains/chain-wallets.ts';
import { ETHEREUM_TOKENS, TRON_TOKENS } from '../../src/sandbox/chains/token-contracts.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { addFault, countRequests } from '../exchanges/sandbox-control.ts';
import { openAccount } from '../sandbox/ccxt-client.ts';
import { CHAINS, useChains } from './chain-fixture.ts';

const chains = useChains();
const call = { deadlineMs: 25_000 };

const held = (asset: string, free: string, locked = '0', total = free) => ({ asset, free, locked, total });

test('an Ethereum address is read to the last wei, in one HTTP request', async () => {
  const { api_key: address } = await openAccount(chains.sandbox, {
    venue: 'ethereumwallet',
    balances: { ETH: '123456789.123456789012345678', USDT: '0.000001', WBTC: '21000000.00000001', LINK: '7' },
  });
  const wallets = chains.wallets();
  const before = await countRequests(chains.sandbox, 'ethereumwallet', 'POST');
  const account = await wallets.fetchWallet({ marketCode: 'ethereumwallet', address }, call);
  expect(await countRequests(chains.sandbox, 'ethereumwallet', 'POST')).toBe(before + 1);
  expect(account).toEqual({
    marketCode: 'ethereumwallet',
    balances: [
      held('ETH', '123456789.123456789012345678'),
      held('LINK', '7'),
      held('USDT', '0.000001'),
      held('WBTC', '21000000.00000001'),
    ],
    openPositions: 0,
    hedgeModeEnabled: false,
    asOf: new Date(chains.nowMs).toISOString(),
  });
  // Decimals are known now; the balances come out the same.
  const again = await wallets.fetchWallet({ marketCode: 'ethereumwallet', address }, call);
  expect(again.balances).toEqual(account.balances);
});

test('a TRON address has its staked TRX as locked, beyond what a double can hold', async () => {
  const { api_key: address } = await openAccount(chains.sandbox, {
    venue: 'trx',
    balances: {
      TRX: { free: '90071992547.409931', locked: '12345678901.234567' },
      USDT: '5.5',
      JST: '0.000000000000000001',
    },
  });
  const account = await chains.wallets().fetchWallet({ marketCode: 'trx', address }, call);
  expect(account.balances).toEqual([
    held('JST', '0.000000000000000001'),
    held('TRX', '90071992547.409931', '12345678901.234567', '102417671448.644498'),
    held('USDT', '5.5'),
  ]);
});

test.each(CHAINS)('an address of $venue that was never used holds nothing', async ({ venue, address }) => {
  const account = await chains.wallets().fetchWallet({ marketCode: venue, address }, call);
  expect(account.balances).toEqual([]);
});

test('two contracts of one asset are added up', async () => {
  const { api_key: address } = await openAccount(chains.sandbox, {
    venue: 'ethereumwallet',
    balances: { ETH: '1', WETH: '0.5' },
  });
  const ethereumTokens = [{ asset: 'ETH', contract: '0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2' }];
  const wallets = chains.wallets({ settings: { ethereumTokens } });
  const account = await wallets.fetchWallet({ marketCode: 'ethereumwallet', address }, call);
  expect(account.balances).toEqual([held('ETH', '1.5')]);
});

test('a token contract that is not there fails the whole read instead of missing from it', async () => {
  const wallets = chains.wallets({
    settings: {
      ethereumTokens: [{ asset: 'USDT', contract: '0x52908400098527886E0F7030069857D2E4169EE7' }],
      tronTokens: [{ asset: 'USDT', contract: 'TZ4UXDV5ZhNW7fb2AMSbgfAEZ7hWsnYS2g' }],
    },
  });
  for (const { venue, address } of CHAINS) {
    await expect(wallets.fetchWallet({ marketCode: venue, address }, call)).rejects.toMatchObject({
      code: 'bad_response',
    });
  }
});

const FAULTS = [
  { kind: 'html_200', code: 'bad_response' },
  { kind: 'truncated_json', code: 'bad_response' },
  { kind: 'wrong_types', code: 'bad_response' },
  { kind: 'server_error', code: 'exchange_unavailable' },
  { kind: 'maintenance', code: 'exchange_unavailable' },
  { kind: 'reset', code: 'exchange_unavailable' },
] as const;

for (const chain of CHAINS) {
  test.each(FAULTS)(`$kind of ${chain.venue} is $code and no balance`, async ({ kind, code }) => {
    const { api_key: address } = await openAccount(chains.sandbox, {
      venue: chain.venue,
      balances: { [chain.coin]: '5', USDT: '7' },
    });
    const wallets = chains.wallets();
    await addFault(chains.sandbox, { venue: chain.venue, kind });
    await expect(wallets.fetchWallet({ marketCode: chain.venue, address }, call)).rejects.toMatchObject({
      code,
    });
  });

  test(`a limit of ${chain.venue} is kept to until it ends`, async () => {
    const wallets = chains.wallets();
    const read = () => wallets.fetchWallet({ marketCode: chain.venue, address: chain.address }, call);
    await addFault(chains.sandbox, { venue: chain.venue, kind: 'rate_limited', retry_after_s: 30, times: 1 });
    const limited = { code: 'exchange_rate_limited', details: { retryAfterMs: 30_000 } };
    await expect(read()).rejects.toMatchObject(limited);
    const sent = await countRequests(chains.sandbox, chain.venue, 'POST');
    await expect(read()).rejects.toMatchObject(limited);
    expect(await countRequests(chains.sandbox, chain.venue, 'POST')).toBe(sent);
    chains.nowMs += 30_000;
    await expect(read()).resolves.toBeDefined();
  });

  test(`an answer of ${chain.venue} that does not come is a timeout`, async () => {
    const wallets = chains.wallets({ callDeadlineMs: 50 });
    await addFault(chains.sandbox, { venue: chain.venue, kind: 'hang' });
    const read = wallets.fetchWallet({ marketCode: chain.venue, address: chain.address }, call);
    await expect(read).rejects.toMatchObject({ code: 'exchange_timeout' });
  });

  test(`one lost connection to ${chain.venue} is made up for`, async () => {
    const wallets = chains.wallets();
    await addFault(chains.sandbox, { venue: chain.venue, kind: 'reset', times: 1 });
    const read = wallets.fetchWallet({ marketCode: chain.venue, address: chain.address }, call);
    await expect(read).resolves.toMatchObject({ balances: [] });
  });
}

test('only addresses in their canonical spelling are read, and only of chains', async () => {
  const wallets = chains.wallets();
  const wrong = [
    { marketCode: 'ethereumwallet', address: CHAINS[0].address.toLowerCase() },
    { marketCode: 'ethereumwallet', address: CHAINS[1].address },
    { marketCode: 'trx', address: CHAINS[0].address },
    { marketCode: 'binance', address: CHAINS[0].address },
  ];
  for (const wallet of wrong)
    await expect(wallets.fetchWallet(wallet, call)).rejects.toMatchObject({ code: 'not_supported' });
});

test('without a sandbox the configured nodes are asked, and a key in their URL is never logged', async () => {
  const settings = { ...loadConfig({ NODE_ENV: 'test' }).chains };
  const wallets = createChainWallets({
    settings: {
      ...settings,
      ethereumUrl: 'http://127.0.0.1:9/v3/planted-key',
      tronUrl: 'http://127.0.0.1:9/',
    },
    callDeadlineMs: 5_000,
    clock: systemClock,
    logger: chains.logger,
  });
  for (const { venue, address } of CHAINS) {
    await expect(wallets.fetchWallet({ marketCode: venue, address }, call)).rejects.toMatchObject({
      code: 'exchange_unavailable',
    });
  }
  expect(chains.logger.lines.join('\n')).not.toContain('planted-key');
});

test('the simulated chains have every token of the default configuration', () => {
  const { ethereumTokens, tronTokens } = loadConfig({ NODE_ENV: 'test' }).chains;
  for (const { asset, contract } of ethereumTokens)
    expect(ETHEREUM_TOKENS.get(contract.toLowerCase())).toMatchObject({ asset });
  for (const { asset, contract } of tronTokens) expect(TRON_TOKENS.get(contract)).toMatchObject({ asset });
});
