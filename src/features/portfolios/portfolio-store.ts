/** SQL of target portfolios; a portfolio and its weights are written by one statement. */
import { isForeignKeyViolation, isUniqueViolation } from '../../db/database-errors.ts';
import type { TenantSession } from '../../db/tenant-database.ts';
import { AppError } from '../../shared/errors.ts';
import type { DecimalString } from '../../shared/money.ts';
import type { Portfolio, PortfolioContent } from './portfolio.ts';

interface PortfolioRow extends Omit<Portfolio, 'weights'> {
  readonly assets: readonly string[];
  readonly percents: readonly DecimalString[];
}

/** Columns of PortfolioRow, from `portfolios p` and the rows of `weights`. */
const columns = (weights: string): string => `
  p.id, p.name, p.created_at as "createdAt", p.updated_at as "updatedAt",
  array(select w.asset from ${weights} order by w.percent desc, w.asset) as assets,
  array(select w.percent from ${weights} order by w.percent desc, w.asset) as percents`;

const STORED = columns('portfolio_weights w where w.tenant_id = $1 and w.portfolio_id = p.id');
const WRITTEN = columns('w');

const LIST = {
  name: 'portfolios.list',
  text: `
    select ${STORED}
      from (select * from portfolios where tenant_id = $1 order by tenant_id, id limit $2 offset $3) p
     order by p.id`,
};

const COUNT = {
  name: 'portfolios.count',
  text: 'select count(*) as total from portfolios where tenant_id = $1',
};

const FIND = {
  name: 'portfolios.find',
  text: `select ${STORED} from portfolios p where p.tenant_id = $1 and p.id = $2`,
};

const INSERT = {
  name: 'portfolios.insert',
  text: `
    with p as (
      insert into portfolios (tenant_id, name, created_at, updated_at) values ($1, $2, $5, $5) returning *
    ), w as (
      insert into portfolio_weights (tenant_id, portfolio_id, asset, percent)
      select $1, p.id, r.asset, r.percent from p, unnest($3::text[], $4::numeric[]) as r (asset, percent)
      returning asset, percent
    )
    select ${WRITTEN} from p`,
};

const REPLACE = {
  name: 'portfolios.replace',
  text: `
    with p as (
      update portfolios set name = $3, updated_at = $6 where tenant_id = $1 and id = $2 returning *
    ), gone as (
      delete from portfolio_weights w using p
       where w.tenant_id = $1 and w.portfolio_id = p.id and w.asset <> all ($4::text[])
    ), w as (
      insert into portfolio_weights (tenant_id, portfolio_id, asset, percent)
      select $1, p.id, r.asset, r.percent from p, unnest($4::text[], $5::numeric[]) as r (asset, percent)
      on conflict (tenant_id, portfolio_id, asset) do update set percent = excluded.percent
      returning asset, percent
    )
    select ${WRITTEN} from p`,
};

// Removed accounts do not hold on to a portfolio; a live one does, by the foreign key.
const REMOVE = {
  name: 'portfolios.remove',
  text: `
    with let_go as (
      update accounts set auto_balance_portfolio_id = null, autobalance_enabled = false
       where tenant_id = $1 and auto_balance_portfolio_id = $2 and removed_at is not null
    )
    delete from portfolios where tenant_id = $1 and id = $2 returning id`,
};

const toPortfolio = ({ assets, percents, ...portfolio }: PortfolioRow): Portfolio => ({
  ...portfolio,
  weights: Object.fromEntries(assets.map((asset, index) => [asset, percents[index] ?? '0'])),
});

export const createPortfolioStore = (session: TenantSession) => {
  const write = async (
    statement: typeof INSERT,
    values: readonly unknown[],
  ): Promise<Portfolio | undefined> => {
    try {
      const [row] = await session.query<PortfolioRow>(statement, [session.tenantId, ...values]);
      return row === undefined ? undefined : toPortfolio(row);
    } catch (error) {
      if (isUniqueViolation(error, 'portfolios_name_key'))
        throw new AppError('conflict', 'Another portfolio has this name');
      throw error;
    }
  };

  return {
    /** Oldest first. */
    async list(limit: number, offset: number): Promise<Portfolio[]> {
      const rows = await session.query<PortfolioRow>(LIST, [session.tenantId, limit, offset]);
      return rows.map(toPortfolio);
    },

    async count(): Promise<number> {
      const [row] = await session.query<{ total: number }>(COUNT, [session.tenantId]);
      return row?.total ?? 0;
    },

    async find(id: number): Promise<Portfolio | undefined> {
      const [row] = await session.query<PortfolioRow>(FIND, [session.tenantId, id]);
      return row === undefined ? undefined : toPortfolio(row);
    },

    /** Throws conflict when another portfolio of the tenant has the name. */
    async insert({ name, weights }: PortfolioContent, at: string): Promise<Portfolio> {
      const stored = await write(INSERT, [name, Object.keys(weights), Object.values(weights), at]);
      if (stored === undefined) throw new Error('insert into portfolios returned no row');
      return stored;
    },

    /** undefined: there is none. Throws conflict when another portfolio of the tenant has the name. */
    replace(id: number, { name, weights }: PortfolioContent, at: string): Promise<Portfolio | undefined> {
      return write(REPLACE, [id, name, Object.keys(weights), Object.values(weights), at]);
    },

    /** Answers whether there was one. Throws conflict when an account is set to it. */
    async remove(id: number): Promise<boolean> {
      try {
        return (await session.query(REMOVE, [session.tenantId, id])).length > 0;
      } catch (error) {
        if (isForeignKeyViolation(error, 'accounts_auto_balance_portfolio_fkey'))
          throw new AppError('conflict', 'An account is set to this portfolio; set it to another one first');
        throw error;
      }
    },
  };
};
