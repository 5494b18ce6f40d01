/** SQL that lists stored trades in the order in which they were stored, so that pages stay put while more come in. */
import type { Statement, TenantSession } from '../../db/tenant-database.ts';
import type { Trade } from './trade.ts';
import { BLOCK_IDS } from './trade-store.ts';

export interface TradeFilter {
  readonly marketCode: string;
  readonly symbol?: string | undefined;
  /** Both inclusive. */
  readonly from?: Date | undefined;
  readonly until?: Date | undefined;
}

const COLUMNS = `id, exchange_trade_id as "exchangeTradeId", symbol, side, price, amount, total, fee,
           fee_currency as "feeCurrency", traded_at as "tradedAt", sync_status as "syncStatus",
           created_at as "createdAt"`;

// Ids alone are skipped, out of the index, and within one block: the blocks before it are only added up.
const PAGE = {
  name: 'trades.page',
  text: `
    with blocks as (
      select block, sum(trade_count)::bigint as trade_count from trade_blocks
       where tenant_id = $1 and market_code = $2 group by block),
    started as (
      select block, (sum(trade_count) over (order by block))::bigint - trade_count as before from blocks),
    start as (select block, before from started where before <= $4::bigint order by block desc limit 1),
    page as (
      select id from trades
       where tenant_id = $1 and market_code = $2 and id >= (select block * ${BLOCK_IDS} from start)
       order by id limit $3 offset $4::bigint - (select before from start))
    select ${COLUMNS} from trades
     where tenant_id = $1 and market_code = $2 and id = any (array(select id from page)) order by id`,
};

const COUNT_ALL = {
  name: 'trades.count-all',
  text: `
    select coalesce(sum(trade_count), 0)::bigint as count from trade_blocks
     where tenant_id = $1 and market_code = $2`,
};

/** One statement for each set of filters: the plan of a statement that fits all of them would fit none. */
const filtered = (filter: TradeFilter): { conditions: string; name: string; values: readonly unknown[] } => {
  const given = (
    [
      ['symbol', 'symbol =', filter.symbol],
      ['from', 'traded_at >=', filter.from],
      ['until', 'traded_at <=', filter.until],
    ] as const
  ).filter(([, , value]) => value !== undefined);
  return {
    conditions: given.map(([, condition], index) => ` and ${condition} $${index + 3}`).join(''),
    name: given.map(([name]) => `-${name}`).join(''),
    values: [filter.marketCode, ...given.map(([, , value]) => value)],
  };
};

export const createTradePageStore = (session: TenantSession) => ({
  async list(filter: TradeFilter, { limit, offset }: { limit: number; offset: number }): Promise<Trade[]> {
    const { conditions, name, values } = filtered(filter);
    if (conditions === '')
      return session.query<Trade>(PAGE, [session.tenantId, filter.marketCode, limit, offset]);
    const statement: Statement = {
      name: `trades.page${name}`,
      text: `
        select ${COLUMNS} from trades where tenant_id = $1 and market_code = $2${conditions}
         order by id limit $${values.length + 2} offset $${values.length + 3}`,
    };
    return session.query<Trade>(statement, [session.tenantId, ...values, limit, offset]);
  },

  async count(filter: TradeFilter): Promise<number> {
    const { conditions, name, values } = filtered(filter);
    const statement: Statement =
      conditions === ''
        ? COUNT_ALL
        : {
            name: `trades.count${name}`,
            text: `select count(*) as count from trades where tenant_id = $1 and market_code = $2${conditions}`,
          };
    const [row] = await session.query<{ count: number }>(statement, [session.tenantId, ...values]);
    return row?.count ?? 0;
  },
});
