/** What a deposit or withdrawal counts, and since when. */
import { expect, test } from '@jest/globals';
import type { Transfer } from '../../src/exchanges/exchange.ts';
import { countTransfer } from '../../src/features/transfers/transfer-valuation.ts';

const prices = (asset: string) =>
  asset === 'ETH' ? { btc: '0.05', usd: '3000' } : { btc: null, usd: asset === 'USDT' ? '0.999' : null };

const aTransfer = (change: Partial<Transfer> = {}): Transfer => ({
  kind: 'deposit',
  id: '1',
  asset: 'ETH',
  amount: '2',
  fee: null,
  at: '2026-03-02T10:00:00.000Z',
  ...change,
});

const times = {
  firstSnapshot: new Date('2026-03-01T00:00:00Z'),
  readUntil: new Date('2026-03-02T12:00:00Z'),
  snapshot: new Date('2026-03-02T15:00:00Z'),
};

test('a deposit adds its value, a withdrawal takes it with its fee', () => {
  expect(countTransfer(aTransfer(), prices, times)).toMatchObject({ btcValue: '0.1', usdValue: '6000' });
  const fee = { asset: 'USDT', amount: '10' };
  expect(countTransfer(aTransfer({ kind: 'withdrawal', fee }), prices, times)).toMatchObject({
    btcValue: '-0.1',
    usdValue: '-6009.99',
  });
  // A deposit arrives without what it cost.
  expect(countTransfer(aTransfer({ fee }), prices, times)).toMatchObject({ usdValue: '6000' });
});

test('an asset without a price counts nothing, as in the equity', () => {
  expect(countTransfer(aTransfer({ asset: 'NOPE' }), prices, times)).toMatchObject({
    btcValue: '0',
    usdValue: '0',
  });
});

test('a deposit that was under way when transfers were last read counts with the snapshot that has it', () => {
  expect(countTransfer(aTransfer(), prices, times).countedAt).toEqual(times.snapshot);
  const younger = aTransfer({ at: '2026-03-02T13:00:00.000Z' });
  expect(countTransfer(younger, prices, times).countedAt).toEqual(new Date(younger.at));
  const firstRead = { ...times, readUntil: null };
  expect(countTransfer(aTransfer(), prices, firstRead).countedAt).toEqual(new Date(aTransfer().at));
});

test('a withdrawal counts from its beginning, for it has left the balance then', () => {
  const withdrawal = aTransfer({ kind: 'withdrawal' });
  expect(countTransfer(withdrawal, prices, times).countedAt).toEqual(new Date(withdrawal.at));
});

test('what is older than the first snapshot is part of it', () => {
  const old = aTransfer({ at: '2026-02-28T23:59:59.000Z' });
  expect(countTransfer(old, prices, times).countedAt).toEqual(new Date(old.at));
});
