/** Trades by the million for the benchmark: rows as a sync brings them, and tables filled in one statement. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { NewTrade, TradeOwner } from '../../src/features/trades/trade.ts';
import { BLOCK_IDS } from '../../src/features/trades/trade-store.ts';

export const BENCH_OWNER: TradeOwner = {
  credentialId: '00000000-0000-4000-8000-00000000c0de',
  venueId: 'kraken',
  marketCode: 'kraken',
};

const FIRST_MS = Date.parse('2024-01-01T00:00:00Z');
const MINUTE_MS = 60_000;
const SYMBOLS = 40;

/** Of which every tenth repeats the one before it. */
export const someTrades = (count: number): NewTrade[] => {
  const run = randomUUID();
  return Array.from({ length: count }, (_, index): NewTrade => {
    const number = index % 10 === 9 ? index - 1 : index;
    return {
      id: `${run}-${number}`,
      symbol: `A${number % SYMBOLS}/USDT`,
      side: number % 3 === 0 ? 'sell' : 'buy',
      price: `${63_000 + (number % 1_000)}.12`,
      amount: '0.01234567',
      total: '777.12345678',
      totalAsset: 'USDT',
      fee: { amount: '0.77712345', asset: 'USDT' },
      at: new Date(FIRST_MS + number * MINUTE_MS).toISOString(),
      btcValue: '0.012345678901',
      usdValue: '777.123456780000',
    };
  });
};

/** As the owner of the tables: fills trades and what is kept with them. */
export const preload = async (ownerUrl: string, tenantId: string, rows: number): Promise<void> => {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query('set synchronous_commit = off');
    const { credentialId, venueId, marketCode } = BENCH_OWNER;
    await client.query(TRADES, [tenantId, credentialId, venueId, marketCode, rows]);
    await client.query(DAYS, [tenantId]);
    await client.query(BLOCKS, [tenantId]);
    await client.query('vacuum analyze');
  } finally {
    await client.end();
  }
};

const TRADES = `
  insert into trades (tenant_id, credential_id, venue, market_code, exchange_trade_id, symbol, side, price, amount, total,
    fee, fee_currency, traded_at, btc_value, usd_value)
  select $1, $2, $3, $4, 'old-' || i, 'A' || i % ${SYMBOLS} || '/USDT', case when i % 3 = 0 then 'sell' else 'buy' end,
         63000.12 + i % 1000, 0.01234567, 777.12345678, 0.77712345, 'USDT',
         timestamptz '2020-01-01 00:00:00Z' + i * interval '3 minutes',
         0.012345678901, 777.12345678
    from generate_series(1, $5::bigint) as i`;

const DAYS = `
  insert into trade_days (tenant_id, credential_id, market_code, utc_date, trade_count, buy_count, synced_count, volume,
    fees, btc_volume, usd_volume, first_at, last_at)
  select tenant_id, credential_id, market_code, (traded_at at time zone 'UTC')::date as utc_date, count(*),
         count(*) filter (where side = 'buy'), count(*), sum(total), sum(fee), sum(btc_value), sum(usd_value),
         min(traded_at), max(traded_at)
    from trades where tenant_id = $1 group by tenant_id, credential_id, market_code, utc_date`;

const BLOCKS = `
  insert into trade_blocks (tenant_id, credential_id, market_code, block, trade_count)
  select tenant_id, credential_id, market_code, id / ${BLOCK_IDS} as block, count(*)
    from trades where tenant_id = $1 group by tenant_id, credential_id, market_code, block`;
