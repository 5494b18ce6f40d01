/** SQL of reading trades: whose turn it is, how far each list has been read, and what symbols there may be. */
import type { TenantSession } from '../../db/tenant-database.ts';
import type { TradeOwner } from './trade.ts';

export interface TradeCursor {
  /** null: all that the exchange lists together. */
  readonly symbol: string | null;
  readonly cursor: string;
  /** When reading it last came to its end; null: it never has. */
  readonly completedAt: Date | null;
}

/** A sync that may work until its lease is over. */
export interface SyncLease {
  readonly leaseId: string;
  /** Since when all symbols are being read, by this sync or by unfinished ones before it. */
  readonly roundStartedAt: Date;
}

type Wallet = Pick<TradeOwner, 'credentialId' | 'marketCode'>;

/** Where a caller had reading start; null: with all there is. */
type Since = Date | null;

// A round that nobody went on with for so long is not what the caller of today means.
const ACQUIRE = {
  name: 'trade-syncs.acquire',
  text: `
    insert into trade_syncs as s (tenant_id, credential_id, market_code, lease_id, lease_until, round_started_at)
    values ($1, $2, $3, $4, now() + $5::integer * interval '1 millisecond', $6)
    on conflict (tenant_id, credential_id, market_code) do update
      set lease_id = excluded.lease_id, lease_until = excluded.lease_until,
          round_started_at = case when s.round_started_at > $6 - interval '1 hour' then s.round_started_at else $6 end
      where s.lease_until is null or s.lease_until <= now()
    returning round_started_at as "roundStartedAt"`,
};

const LEFT_MS = {
  name: 'trade-syncs.left',
  text: `
    select greatest(0, ceil(extract(epoch from lease_until - now()) * 1000))::integer as "leftMs" from trade_syncs
     where tenant_id = $1 and credential_id = $2 and market_code = $3`,
};

const RENEW = {
  name: 'trade-syncs.renew',
  text: `
    update trade_syncs set lease_until = now() + $5::integer * interval '1 millisecond'
     where tenant_id = $1 and credential_id = $2 and market_code = $3 and lease_id = $4 and lease_until > now()
    returning lease_id`,
};

const RELEASE = {
  name: 'trade-syncs.release',
  text: `
    update trade_syncs
       set lease_id = null, lease_until = null, round_started_at = case when $5 then null else round_started_at end
     where tenant_id = $1 and credential_id = $2 and market_code = $3 and lease_id = $4`,
};

const SINCE = "coalesce($4::timestamptz, '-infinity')";

const CURSORS = {
  name: 'trade-cursors.list',
  text: `
    select nullif(symbol, '') as symbol, cursor, completed_at as "completedAt" from trade_cursors
     where tenant_id = $1 and credential_id = $2 and market_code = $3 and since = ${SINCE}`,
};

const MOVE = {
  name: 'trade-cursors.move',
  text: `
    insert into trade_cursors as c
      (tenant_id, credential_id, market_code, since, symbol, cursor, completed_at, updated_at)
    values ($1, $2, $3, ${SINCE}, coalesce($5, ''), $6, $7, $8)
    on conflict (tenant_id, credential_id, market_code, since, symbol) do update
      set cursor = excluded.cursor, completed_at = coalesce(excluded.completed_at, c.completed_at),
          updated_at = excluded.updated_at`,
};

// What a caller had read from a moment is over when it is done, or when nobody went on with it for a day.
const DROP_SINCE = {
  name: 'trade-cursors.drop-since',
  text: `
    delete from trade_cursors
     where tenant_id = $1 and credential_id = $2 and market_code = $3 and since > '-infinity'
       and (since = $4::timestamptz or updated_at < $5)`,
};

// Of each day the newest snapshot: a year of hourly ones of 500 assets is four million rows. All wallets of the keys,
// because what is traded on one is often held on another.
const ASSETS = {
  name: 'trade-syncs.assets',
  text: `
    select b.asset from accounts a
      join balances b on b.tenant_id = $1 and b.account_id = a.id
     where a.tenant_id = $1 and a.credential_id = $2
    union
    select n.asset from accounts a
      cross join lateral (
        select distinct on ((e.taken_at at time zone 'UTC')::date) e.taken_at from equity_snapshots e
         where e.tenant_id = $1 and e.account_id = a.id
         order by (e.taken_at at time zone 'UTC')::date, e.taken_at desc) as day
      join balance_snapshots n on n.tenant_id = $1 and n.account_id = a.id and n.taken_at = day.taken_at
     where a.tenant_id = $1 and a.credential_id = $2`,
};

const SYMBOLS = {
  name: 'trade-syncs.symbols',
  text: `
    with recursive step as (
      (select symbol from trades where tenant_id = $1 and market_code = $2 order by symbol limit 1)
      union all
      select (select t.symbol from trades t
               where t.tenant_id = $1 and t.market_code = $2 and t.symbol > step.symbol
               order by t.symbol limit 1)
        from step where step.symbol is not null)
    select symbol from step where symbol is not null`,
};

const ACCOUNT_ID = {
  name: 'trade-syncs.account-id',
  text: `
    select id from accounts
     where tenant_id = $1 and credential_id = $2 and market_code = $3 and removed_at is null and is_connected`,
};

export const createTradeSyncStore = (session: TenantSession) => {
  const of = ({ credentialId, marketCode }: Wallet) => [session.tenantId, credentialId, marketCode];

  return {
    /** undefined: another sync of the wallet is at work. */
    async acquire(
      wallet: Wallet,
      lease: { id: string; ms: number },
      now: Date,
    ): Promise<SyncLease | undefined> {
      const values = [...of(wallet), lease.id, lease.ms, now];
      const [row] = await session.query<{ roundStartedAt: Date }>(ACQUIRE, values);
      return row === undefined ? undefined : { leaseId: lease.id, ...row };
    },

    /** Milliseconds until the lease of the sync at work is over. */
    async leaseLeftMs(wallet: Wallet): Promise<number> {
      const [row] = await session.query<{ leftMs: number | null }>(LEFT_MS, of(wallet));
      return row?.leftMs ?? 0;
    },

    /** Holds the lease until the transaction ends, and for longer; false: it was over. */
    async renew(wallet: Wallet, lease: { id: string; ms: number }): Promise<boolean> {
      return (await session.query(RENEW, [...of(wallet), lease.id, lease.ms])).length > 0;
    },

    async release(wallet: Wallet, leaseId: string, { isRoundOver }: { isRoundOver: boolean }): Promise<void> {
      await session.query(RELEASE, [...of(wallet), leaseId, isRoundOver]);
    },

    async cursors(wallet: Wallet, since: Since): Promise<TradeCursor[]> {
      return session.query<TradeCursor>(CURSORS, [...of(wallet), since]);
    },

    async moveCursor(
      wallet: Wallet,
      since: Since,
      { symbol, cursor, completedAt }: TradeCursor,
      now: Date,
    ): Promise<void> {
      await session.query(MOVE, [...of(wallet), since, symbol, cursor, completedAt, now]);
    },

    /** Cursors from this moment, and forgotten ones from others, last moved before `forgottenBefore`. */
    async dropSince(wallet: Wallet, since: Since, forgottenBefore: Date): Promise<void> {
      await session.query(DROP_SINCE, [...of(wallet), since, forgottenBefore]);
    },

    /** All assets that are known to have been held with the keys. */
    async assets(credentialId: string): Promise<string[]> {
      const rows = await session.query<{ asset: string }>(ASSETS, [session.tenantId, credentialId]);
      return rows.map(({ asset }) => asset);
    },

    /** The connected account that the wallet is; null: none. */
    async findAccountId(wallet: Wallet): Promise<number | null> {
      const [row] = await session.query<{ id: number }>(ACCOUNT_ID, of(wallet));
      return row?.id ?? null;
    },

    /** All symbols that the tenant has trades of. */
    async symbols(marketCode: string): Promise<string[]> {
      const rows = await session.query<{ symbol: string }>(SYMBOLS, [session.tenantId, marketCode]);
      return rows.map(({ symbol }) => symbol);
    },
  };
};
