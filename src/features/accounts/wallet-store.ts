/** SQL of the wallets of stored keys: account rows that balances are kept on, connected to /ver1 or not. */
import type { TenantSession } from '../../db/tenant-database.ts';

export interface Wallet {
  /** Id of its account row; of an unconnected one it is told to nobody. */
  readonly id: number;
  /** null: never. */
  readonly syncedAt: Date | null;
  /** Deposits and withdrawals from then on may be unknown yet. */
  readonly transfersSince: Date;
}

// The moment to read transfers from is that of account-store.ts.
const FIND = {
  name: 'wallets.find',
  text: `
    select id, balances_synced_at as "syncedAt",
           greatest(created_at - interval '1 minute', transfers_read_until - interval '7 days') as "transfersSince"
      from accounts
     where tenant_id = $1 and credential_id = $2 and market_code = $3 and removed_at is null`,
};

const INSERT = {
  name: 'wallets.insert',
  text: `
    insert into accounts (tenant_id, credential_id, market_code, name, is_connected, created_at, updated_at)
    select $1, c.id, $3, c.name, false, $4, $4 from credentials c where c.tenant_id = $1 and c.id = $2
    on conflict do nothing`,
};

export const createWalletStore = (session: TenantSession) => ({
  async find(credentialId: string, marketCode: string): Promise<Wallet | undefined> {
    const [row] = await session.query<Wallet>(FIND, [session.tenantId, credentialId, marketCode]);
    return row;
  },

  /** Does nothing when there is one. The credential's row must be locked, so that connecting finds it or has its own. */
  async ensure(credentialId: string, marketCode: string, at: string): Promise<void> {
    await session.query(INSERT, [session.tenantId, credentialId, marketCode, at]);
  },
});
