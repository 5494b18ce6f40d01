/** SQL of accounts across tenants, in a session that sees them all; in the order of the primary key, so that a page costs a page. */
import { OPERATOR_TENANT_ID } from '../../auth/administrator.ts';
import type { Session } from '../../db/tenant-database.ts';

export interface ListedAccount extends Readonly<Record<string, unknown>> {
  readonly tenantId: string;
  readonly tenantName: string;
  readonly id: number;
  readonly name: string;
  readonly marketCode: string;
  readonly mode: 'real' | 'paper';
  /** null: a watched address. */
  readonly credentialId: string | null;
  /** Decimals. */
  readonly usdAmount: string;
  readonly btcAmount: string;
  readonly isLocked: boolean;
  readonly lockReason: string | null;
  readonly apiKeyInvalid: boolean;
  /** null: its balances were never read. */
  readonly syncedAt: Date | null;
  readonly createdAt: Date;
}

export interface HeldAsset {
  readonly asset: string;
  /** Decimals; a value is null where no price is known. */
  readonly total: string;
  readonly usdValue: string | null;
  readonly btcValue: string | null;
}

export interface EquityPoint {
  readonly at: Date;
  readonly usd: string;
  readonly btc: string;
}

export interface AccountFilter {
  readonly tenantId: string | undefined;
  /** Account types of one exchange; undefined: of all. */
  readonly marketCodes: readonly string[] | undefined;
  readonly status: 'ok' | 'locked' | 'keys_invalid' | undefined;
  /** The last account of the page before. */
  readonly after: { readonly tenantId: string; readonly id: number } | undefined;
  readonly limit: number;
}

const COLUMNS = `a.tenant_id as "tenantId", t.name as "tenantName", a.id, a.name, a.market_code as "marketCode", a.mode,
  a.credential_id as "credentialId", a.usd_amount as "usdAmount", a.btc_amount as "btcAmount",
  a.is_locked as "isLocked", a.lock_reason as "lockReason", a.api_key_invalid as "apiKeyInvalid",
  a.balances_synced_at as "syncedAt", a.created_at as "createdAt"`;

const list = (ofTenant: string): string => `
    select ${COLUMNS} from accounts a join tenants t on t.id = a.tenant_id
     where ${ofTenant} (a.tenant_id, a.id) > ($1::uuid, $2::bigint) and a.removed_at is null and a.is_connected
       and ($3::text[] is null or a.market_code = any ($3))
       and case $4::text when 'locked' then a.is_locked when 'keys_invalid' then a.api_key_invalid
             when 'ok' then not a.is_locked and not a.api_key_invalid else true end
     order by a.tenant_id, a.id limit $5`;

const LIST = { name: 'admin-accounts.list', text: list('') };
const LIST_OF_TENANT = { name: 'admin-accounts.list-of-tenant', text: list('a.tenant_id = $6::uuid and') };

const FIND = {
  name: 'admin-accounts.find',
  text: `
    select ${COLUMNS} from accounts a join tenants t on t.id = a.tenant_id
     where a.tenant_id = $1 and a.id = $2 and a.removed_at is null and a.is_connected`,
};

const BALANCES = {
  name: 'admin-accounts.balances',
  text: `
    select asset, total, usd_value as "usdValue", btc_value as "btcValue" from balances
     where tenant_id = $1 and account_id = $2 order by usd_value desc nulls last, asset`,
};

// The last snapshot of each of so many equal spans.
const EQUITY = {
  name: 'admin-accounts.equity',
  text: `
    select at, usd, btc from (
      select distinct on (span) taken_at as at, usd_value as usd, btc_value as btc,
             width_bucket(extract(epoch from taken_at), extract(epoch from $3::timestamptz),
                          extract(epoch from $4::timestamptz), $5::integer) as span
        from equity_snapshots
       where tenant_id = $1 and account_id = $2 and taken_at >= $3 and taken_at < $4
       order by span, taken_at desc) as points
     order by at`,
};

export const createAccountListStore = (session: Session) => ({
  /** By tenant, then by id. */
  list({ tenantId, marketCodes, status, after, limit }: AccountFilter): Promise<ListedAccount[]> {
    const start = [after?.tenantId ?? OPERATOR_TENANT_ID, after?.id ?? 0];
    const values = [...start, marketCodes ?? null, status ?? null, limit];
    return tenantId === undefined
      ? session.query<ListedAccount>(LIST, values)
      : session.query<ListedAccount>(LIST_OF_TENANT, [...values, tenantId]);
  },

  async find(tenantId: string, id: number): Promise<ListedAccount | undefined> {
    const [row] = await session.query<ListedAccount>(FIND, [tenantId, id]);
    return row;
  },

  /** The most valuable first. */
  balances: (tenantId: string, id: number): Promise<HeldAsset[]> =>
    session.query<HeldAsset>(BALANCES, [tenantId, id]),

  /** `most` points at most, oldest first. */
  equity: (
    tenantId: string,
    id: number,
    span: { readonly from: Date; readonly to: Date; readonly most: number },
  ): Promise<EquityPoint[]> =>
    session.query<EquityPoint>(EQUITY, [tenantId, id, span.from, span.to, span.most]),
});
