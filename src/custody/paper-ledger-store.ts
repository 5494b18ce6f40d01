/** Custody's SQL of paper accounts: their books, read and written by the simulated venue. */
import { z } from 'zod';
import type { Statement, TenantDatabase } from '../db/tenant-database.ts';
import type { DecimalString } from '../shared/money.ts';

interface PaperLedger {
  /** Amounts by asset. */
  readonly opening: Readonly<Record<string, DecimalString>>;
  /** JSON; null: nothing has happened yet. */
  readonly books: string | null;
  readonly version: number;
}

export interface PaperLedgerStore {
  find(tenantId: string, credentialId: string): Promise<PaperLedger | undefined>;
  /** False when somebody else has changed it since `version`; then nothing is written. */
  save(
    tenantId: string,
    credentialId: string,
    change: { readonly version: number; readonly books: string; readonly at: Date },
  ): Promise<boolean>;
}

const FIND: Statement = {
  name: 'custody_find_paper_ledger',
  text: `select opening, state::text as books, version from paper_ledgers
         where tenant_id = $1 and credential_id = $2`,
};
const SAVE: Statement = {
  name: 'custody_save_paper_ledger',
  text: `update paper_ledgers set state = $4::jsonb, version = version + 1, updated_at = $5
         where tenant_id = $1 and credential_id = $2 and version = $3
         returning version`,
};

const openingSchema = z.record(z.string(), z.string());

export const createPaperLedgerStore = (database: TenantDatabase): PaperLedgerStore => ({
  find: async (tenantId, credentialId) => {
    const [row] = await database
      .session(tenantId)
      .query<{ opening: unknown; books: string | null; version: number }>(FIND, [tenantId, credentialId]);
    return row === undefined ? undefined : { ...row, opening: openingSchema.parse(row.opening) };
  },

  save: async (tenantId, credentialId, { version, books, at }) => {
    const rows = await database.session(tenantId).query(SAVE, [tenantId, credentialId, version, books, at]);
    return rows.length === 1;
  },
});
