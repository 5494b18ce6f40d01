/** SQL of the balancing settings of accounts. */
import { isForeignKeyViolation } from '../../db/database-errors.ts';
import type { TenantSession } from '../../db/tenant-database.ts';
import { AppError } from '../../shared/errors.ts';
import type { Autobalance, AutobalanceSettings } from './autobalance.ts';

const COLUMNS = `
  id as "accountId", autobalance_enabled as enabled, auto_balance_portfolio_id as "portfolioId",
  auto_balance_period as "periodHours", auto_balance_method as method,
  auto_balance_currency_change_limit as "currencyChangeLimit", auto_balance_error as error,
  last_auto_balance as "lastRunAt"`;

const FIND = {
  name: 'autobalance.find',
  text: `select ${COLUMNS} from accounts where tenant_id = $1 and id = $2 and removed_at is null and is_connected`,
};

// Until the first run the error says that there was none; afterwards the last run's word stays. Off means no error.
const STORE = {
  name: 'autobalance.store',
  text: `
    update accounts
       set autobalance_enabled = $3, auto_balance_portfolio_id = $4, auto_balance_period = $5,
           auto_balance_method = $6, auto_balance_currency_change_limit = $7, updated_at = $9,
           auto_balance_error = case when not $3 then null when last_auto_balance is null then $8
                                     else auto_balance_error end
     where tenant_id = $1 and id = $2 and removed_at is null and is_connected
    returning ${COLUMNS}`,
};

export const createAutobalanceStore = (session: TenantSession) => ({
  async find(accountId: number): Promise<Autobalance | undefined> {
    const [row] = await session.query<Autobalance>(FIND, [session.tenantId, accountId]);
    return row;
  },

  /** undefined: there is no such account. Throws not_found when the tenant has no such portfolio. */
  async store(
    accountId: number,
    settings: AutobalanceSettings,
    change: { readonly errorBeforeFirstRun: string; readonly at: string },
  ): Promise<Autobalance | undefined> {
    try {
      const [row] = await session.query<Autobalance>(STORE, [
        session.tenantId,
        accountId,
        settings.enabled,
        settings.portfolioId,
        settings.periodHours,
        settings.method,
        settings.currencyChangeLimit,
        change.errorBeforeFirstRun,
        change.at,
      ]);
      return row;
    } catch (error) {
      if (isForeignKeyViolation(error, 'accounts_auto_balance_portfolio_fkey'))
        throw new AppError('not_found', 'There is no such portfolio');
      throw error;
    }
  },
});
