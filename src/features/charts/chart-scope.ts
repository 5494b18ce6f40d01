/** What charts are drawn of: one account, or all that count in the summary. */
import type { AccountMode } from '../../auth/actor.ts';

/** An account id, or the accounts of a mode. */
export type ChartScope = { readonly accountId: number } | { readonly mode: AccountMode };

/** The accounts of a scope, by the second parameter of the statement. */
export const CHOSEN_ACCOUNT =
  'select id, market_code from accounts where tenant_id = $1 and id = $2 and removed_at is null and is_connected';

export const CHOSEN_SUMMARY = `select id, market_code from accounts
     where tenant_id = $1 and mode = $2 and removed_at is null and is_connected and include_in_summary`;
