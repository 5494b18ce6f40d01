/** SQL of accounts: hot statements are named, so that each connection plans them once. */
import type { TenantSession } from '../../db/tenant-database.ts';
import type { AccountMode } from '../../auth/actor.ts';
import type { Account, AccountOrigin } from './account.ts';

export interface NewAccount {
  /** null: the account is an address. */
  readonly credentialId: string | null;
  readonly marketCode: string;
  readonly name: string;
  readonly mode: AccountMode;
  readonly address: string | null;
  readonly customerId: string | null;
  readonly subaccountName: string | null;
  readonly apiKeysState: Account['apiKeysState'];
  readonly at: string;
}

export interface AccountFilter {
  readonly mode: AccountMode;
  readonly fingerprint?: Buffer;
  readonly limit: number;
  readonly offset: number;
}

/** Columns of Account, from `accounts a` left-joined with `credentials c`. */
const COLUMNS: Readonly<Record<keyof Account, string>> = {
  id: 'a.id',
  credentialId: 'a.credential_id',
  marketCode: 'a.market_code',
  name: 'a.name',
  mode: 'a.mode',
  keyPrefix: 'c.key_prefix',
  keySuffix: 'c.key_suffix',
  address: 'a.address',
  customerId: 'a.customer_id',
  subaccountName: 'a.subaccount_name',
  hedgeModeEnabled: 'a.hedge_mode_enabled',
  autobalanceEnabled: 'a.autobalance_enabled',
  autoBalancePeriod: 'a.auto_balance_period',
  autoBalancePortfolioId: 'a.auto_balance_portfolio_id',
  autoBalanceMethod: 'a.auto_balance_method',
  autoBalanceCurrencyChangeLimit: 'a.auto_balance_currency_change_limit',
  autoBalanceError: 'a.auto_balance_error',
  lastAutoBalance: 'a.last_auto_balance',
  isLocked: 'a.is_locked',
  lockReason: 'a.lock_reason',
  apiKeyInvalid: 'a.api_key_invalid',
  apiKeysState: 'a.api_keys_state',
  includeInSummary: 'a.include_in_summary',
  btcAmount: 'a.btc_amount',
  usdAmount: 'a.usd_amount',
  dayProfitBtc: 'a.day_profit_btc',
  dayProfitUsd: 'a.day_profit_usd',
  dayProfitBtcPercentage: 'a.day_profit_btc_percentage',
  dayProfitUsdPercentage: 'a.day_profit_usd_percentage',
  btcProfit: 'a.btc_profit',
  usdProfit: 'a.usd_profit',
  btcProfitPercentage: 'a.btc_profit_percentage',
  usdProfitPercentage: 'a.usd_profit_percentage',
  totalBtcProfit: 'a.total_btc_profit',
  totalUsdProfit: 'a.total_usd_profit',
  profitAsOf: 'a.profit_as_of',
  createdAt: 'a.created_at',
  updatedAt: 'a.updated_at',
};

export const ACCOUNT_COLUMNS = Object.entries(COLUMNS)
  .map(([field, column]) => `${column} as "${field}"`)
  .join(', ');

const FIND = {
  name: 'accounts.find',
  text: `
    select ${ACCOUNT_COLUMNS}
      from accounts a
      left join credentials c on c.tenant_id = $1 and c.id = a.credential_id
     where a.tenant_id = $1 and a.id = $2 and a.removed_at is null and a.is_connected`,
};

const LIST = {
  name: 'accounts.list',
  text: `
    select ${ACCOUNT_COLUMNS}
      from accounts a
      left join credentials c on c.tenant_id = $1 and c.id = a.credential_id
     where a.tenant_id = $1 and a.mode = $2 and a.removed_at is null and a.is_connected
     order by a.id limit $3 offset $4`,
};

const LIST_BY_KEY = {
  name: 'accounts.list-by-key',
  text: `
    select ${ACCOUNT_COLUMNS}
      from accounts a
      join credentials c on c.tenant_id = $1 and c.id = a.credential_id and c.fingerprint = $5
     where a.tenant_id = $1 and a.mode = $2 and a.removed_at is null and a.is_connected
     order by a.id limit $3 offset $4`,
};

// Venues list a transfer from its beginning on; a week is the longest that one is on its way. The minute makes up for
// clocks: what is older than the first snapshot is sorted out when it is counted.
const FIND_ORIGIN = {
  name: 'accounts.find-origin',
  text: `
    select a.id, a.market_code as "marketCode", a.address, a.credential_id as "credentialId", c.generation,
           c.is_active as "isActive",
           greatest(a.created_at - interval '1 minute', a.transfers_read_until - interval '7 days')
             as "transfersSince"
      from accounts a
      left join credentials c on c.tenant_id = $1 and c.id = a.credential_id
     where a.tenant_id = $1 and a.id = $2 and a.removed_at is null and a.is_connected`,
};

const HAS_ADDRESS = {
  name: 'accounts.has-address',
  text: `
    select id from accounts
     where tenant_id = $1 and market_code = $2 and address = $3 and removed_at is null limit 1`,
};

// The wallet of stored keys becomes an account, with all that was recorded of it.
const ADOPT = {
  name: 'accounts.adopt',
  text: `
    update accounts
       set is_connected = true, name = $4, mode = $5, customer_id = $6, subaccount_name = $7, api_keys_state = $8,
           updated_at = $9
     where tenant_id = $1 and credential_id = $2 and market_code = $3 and removed_at is null and not is_connected
    returning id`,
};

const RENAME = {
  name: 'accounts.rename',
  text: `
    with a as (
      update accounts set name = $3, updated_at = $4
       where tenant_id = $1 and id = $2 and removed_at is null and is_connected
      returning *
    )
    select ${ACCOUNT_COLUMNS} from a left join credentials c on c.tenant_id = $1 and c.id = a.credential_id`,
};

// What is null stays as it is.
const EDIT = {
  name: 'accounts.edit',
  text: `
    update accounts
       set name = coalesce($3, name), include_in_summary = coalesce($4, include_in_summary),
           address = coalesce($5, address), updated_at = $6
     where tenant_id = $1 and id = $2 and removed_at is null and is_connected`,
};

// Touches a removed account as well: its row tells "already removed" from "never was".
const REMOVE = {
  name: 'accounts.remove',
  text: `
    with before as (
      select id, removed_at from accounts where tenant_id = $1 and id = $2 and is_connected for update
    )
    update accounts a
       set removed_at = coalesce(before.removed_at, $3), updated_at = coalesce(before.removed_at, $3)
      from before
     where a.tenant_id = $1 and a.id = before.id
    returning a.credential_id as "credentialId", before.removed_at is not null as "wasRemoved"`,
};

export interface OriginRow {
  readonly id: number;
  readonly marketCode: string;
  readonly address: string | null;
  readonly credentialId: string | null;
  readonly generation: number | null;
  readonly isActive: boolean | null;
  readonly transfersSince: Date;
}

export const toOrigin = (row: OriginRow): AccountOrigin => {
  const { id, marketCode, address, credentialId, generation, isActive, transfersSince } = row;
  if (credentialId !== null && generation !== null && isActive !== null)
    return { kind: 'credential', id, marketCode, credentialId, generation, isActive, transfersSince };
  if (address !== null) return { kind: 'address', id, marketCode, address };
  throw new Error('an account has neither keys nor an address');
};

export const createAccountStore = (session: TenantSession) => ({
  async find(id: number): Promise<Account | undefined> {
    const [row] = await session.query<Account>(FIND, [session.tenantId, id]);
    return row;
  },

  async findOrigin(id: number): Promise<AccountOrigin | undefined> {
    const [row] = await session.query<OriginRow>(FIND_ORIGIN, [session.tenantId, id]);
    return row === undefined ? undefined : toOrigin(row);
  },

  /** Whether a live account is this address, in its canonical spelling. */
  async hasAddress(marketCode: string, address: string): Promise<boolean> {
    const rows = await session.query(HAS_ADDRESS, [session.tenantId, marketCode, address]);
    return rows.length > 0;
  },

  /** Live accounts of one mode, oldest first. */
  async list({ mode, fingerprint, limit, offset }: AccountFilter): Promise<Account[]> {
    const page = [session.tenantId, mode, limit, offset];
    return fingerprint === undefined
      ? session.query<Account>(LIST, page)
      : session.query<Account>(LIST_BY_KEY, [...page, fingerprint]);
  },

  /** undefined: no such wallet of stored keys is kept. */
  async adopt(account: Omit<NewAccount, 'address'>): Promise<number | undefined> {
    const [row] = await session.query<{ id: number }>(ADOPT, [
      session.tenantId,
      account.credentialId,
      account.marketCode,
      account.name,
      account.mode,
      account.customerId,
      account.subaccountName,
      account.apiKeysState,
      account.at,
    ]);
    return row?.id;
  },

  async rename(id: number, name: string, at: string): Promise<Account | undefined> {
    const [row] = await session.query<Account>(RENAME, [session.tenantId, id, name, at]);
    return row;
  },

  /** What is null stays as it is. An address that another live account has violates accounts_address_key. */
  async edit(
    id: number,
    change: {
      readonly name: string | null;
      readonly includeInSummary: boolean | null;
      readonly address: string | null;
      readonly at: string;
    },
  ): Promise<void> {
    const { name, includeInSummary, address, at } = change;
    await session.query(EDIT, [session.tenantId, id, name, includeInSummary, address, at]);
  },

  /** undefined: there never was such an account. */
  async remove(
    id: number,
    at: string,
  ): Promise<{ credentialId: string | null; wasRemoved: boolean } | undefined> {
    const [row] = await session.query<{ credentialId: string | null; wasRemoved: boolean }>(REMOVE, [
      session.tenantId,
      id,
      at,
    ]);
    return row;
  },
});
