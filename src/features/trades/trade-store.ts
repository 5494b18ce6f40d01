/** SQL of trades: stored a page at a time, each once, together with the sums that statistics are read from. */
import type { TenantSession } from '../../db/tenant-database.ts';
import type { NewTrade, TradeOwner } from './trade.ts';

/** Ids that one row of trade_blocks counts. */
export const BLOCK_IDS = 8_192;

// Two writers of one wallet would hand out ids that become visible out of their order, and pages would shift.
const TAKE_TURN = {
  name: 'trades.take-turn',
  text: "select pg_advisory_xact_lock(hashtextextended('trades ' || $1::uuid || ' ' || $2::text, 0))",
};

const INSERT = {
  name: 'trades.insert',
  text: `
    with inserted as (
      insert into trades (tenant_id, credential_id, venue, market_code, exchange_trade_id, symbol, side, price, amount,
        total, fee, fee_currency, traded_at, btc_value, usd_value)
      select $1, $2, $3, $4, t.id, t.symbol, t.side, t.price, t.amount, t.total, t.fee, t.fee_currency, t.traded_at,
             t.btc_value, t.usd_value
        from unnest($5::text[], $6::text[], $7::text[], $8::numeric[], $9::numeric[], $10::numeric[], $11::numeric[],
               $12::text[], $13::timestamptz[], $14::numeric[], $15::numeric[]) with ordinality
             as t (id, symbol, side, price, amount, total, fee, fee_currency, traded_at, btc_value, usd_value, place)
       order by t.place
      on conflict (tenant_id, market_code, symbol, exchange_trade_id, side) do nothing
      returning id, side, total, fee, traded_at, btc_value, usd_value, sync_status),
    days as (
      insert into trade_days as d (tenant_id, credential_id, market_code, utc_date, trade_count, buy_count,
        synced_count, volume, fees, btc_volume, usd_volume, first_at, last_at)
      select $1, $2, $4, (traded_at at time zone 'UTC')::date as utc_date, count(*),
             count(*) filter (where side = 'buy'), count(*) filter (where sync_status = 'synced'),
             sum(total), coalesce(sum(fee), 0), coalesce(sum(btc_value), 0), coalesce(sum(usd_value), 0),
             min(traded_at), max(traded_at)
        from inserted group by utc_date order by utc_date
      on conflict (tenant_id, market_code, utc_date, credential_id) do update
        set trade_count = d.trade_count + excluded.trade_count, buy_count = d.buy_count + excluded.buy_count,
            synced_count = d.synced_count + excluded.synced_count, volume = d.volume + excluded.volume,
            fees = d.fees + excluded.fees, btc_volume = d.btc_volume + excluded.btc_volume,
            usd_volume = d.usd_volume + excluded.usd_volume, first_at = least(d.first_at, excluded.first_at),
            last_at = greatest(d.last_at, excluded.last_at)),
    blocks as (
      insert into trade_blocks as b (tenant_id, credential_id, market_code, block, trade_count)
      select $1, $2, $4, id / ${BLOCK_IDS} as block, count(*) from inserted group by block order by block
      on conflict (tenant_id, market_code, block, credential_id) do update
        set trade_count = b.trade_count + excluded.trade_count)
    select count(*) as stored from inserted`,
};

const removal = (table: string) => ({
  name: `trades.remove-${table}`,
  text: `delete from ${table} where tenant_id = $1 and credential_id = $2`,
});

const REMOVE_TRADES = removal('trades');
const REMOVE_REST = ['trade_days', 'trade_blocks', 'trade_cursors', 'trade_syncs'].map(removal);

export const createTradeStore = (session: TenantSession) => ({
  /** Holds all other writers of the wallet back until the transaction ends. */
  async takeTurn(marketCode: string): Promise<void> {
    await session.query(TAKE_TURN, [session.tenantId, marketCode]);
  },

  /** In the order given; answers how many were new. Take turns before, in the same transaction. */
  async insert(owner: TradeOwner, trades: readonly NewTrade[]): Promise<number> {
    if (trades.length === 0) return 0;
    const [row] = await session.query<{ stored: number }>(INSERT, [
      session.tenantId,
      owner.credentialId,
      owner.venueId,
      owner.marketCode,
      trades.map(({ id }) => id),
      trades.map(({ symbol }) => symbol),
      trades.map(({ side }) => side),
      trades.map(({ price }) => price),
      trades.map(({ amount }) => amount),
      trades.map(({ total }) => total),
      trades.map(({ fee }) => fee?.amount ?? null),
      trades.map(({ fee }) => fee?.asset ?? null),
      trades.map(({ at }) => at),
      trades.map(({ btcValue }) => btcValue),
      trades.map(({ usdValue }) => usdValue),
    ]);
    return row?.stored ?? 0;
  },

  /** All that was ever read with a credential, and where reading stood. Its rows may be many. */
  async removeTrades(credentialId: string): Promise<void> {
    await session.query(REMOVE_TRADES, [session.tenantId, credentialId]);
    for (const statement of REMOVE_REST) await session.query(statement, [session.tenantId, credentialId]);
  },
});
