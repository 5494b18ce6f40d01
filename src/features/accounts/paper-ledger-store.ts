/** SQL of a new paper account's books; from then on custody keeps them. */
import type { TenantSession } from '../../db/tenant-database.ts';
import type { Balance } from '../../exchanges/exchange.ts';

const INSERT = {
  name: 'paper-ledgers.insert',
  text: 'insert into paper_ledgers (tenant_id, credential_id, opening) values ($1, $2, $3)',
};

export const createPaperLedgerStore = (session: TenantSession) => ({
  /** `balances`: what the account starts with. */
  async insert(credentialId: string, balances: readonly Balance[]): Promise<void> {
    const opening = Object.fromEntries(balances.map(({ asset, total }) => [asset, total]));
    await session.query(INSERT, [session.tenantId, credentialId, JSON.stringify(opening)]);
  },
});
