/** Use cases on target portfolios. Another tenant's id is simply not there. */
import type { Actor } from '../../auth/actor.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError, invalidParameters } from '../../shared/errors.ts';
import { createAuditStore } from '../audit/audit-store.ts';
import { isStorable, type Portfolio, type PortfolioContent } from './portfolio.ts';
import { createPortfolioStore } from './portfolio-store.ts';

export interface PortfolioServiceDeps {
  readonly database: TenantDatabase;
  readonly clock: Clock;
}

export interface PortfolioPage {
  readonly portfolios: readonly Portfolio[];
  /** Of all pages. */
  readonly total: number;
}

export interface PortfolioService {
  /** Oldest first. */
  list(actor: Actor, page: { readonly limit: number; readonly offset: number }): Promise<PortfolioPage>;
  get(actor: Actor, id: number): Promise<Portfolio>;
  /** Throws conflict when the name is taken, here and in `replace`. */
  create(actor: Actor, content: PortfolioContent): Promise<Portfolio>;
  replace(actor: Actor, id: number, content: PortfolioContent): Promise<Portfolio>;
  /** Throws conflict when an account is set to it. */
  remove(actor: Actor, id: number): Promise<void>;
}

export const createPortfolioService = ({ database, clock }: PortfolioServiceDeps): PortfolioService => {
  const portfoliosOf = (actor: Actor) => createPortfolioStore(database.session(actor.tenantId));
  const now = (): string => new Date(clock.now()).toISOString();

  return {
    async list(actor, { limit, offset }) {
      const store = portfoliosOf(actor);
      const [portfolios, total] = await Promise.all([store.list(limit, offset), store.count()]);
      return { portfolios, total };
    },

    async get(actor, id) {
      return found(await portfoliosOf(actor).find(id));
    },

    async create(actor, content) {
      assertStorable(content);
      return database.transact(actor.tenantId, async (session) => {
        const stored = await createPortfolioStore(session).insert(content, now());
        await createAuditStore(session).append(auditEntry(actor, 'portfolio.created', stored.id));
        return stored;
      });
    },

    async replace(actor, id, content) {
      assertStorable(content);
      return database.transact(actor.tenantId, async (session) => {
        const stored = found(await createPortfolioStore(session).replace(id, content, now()));
        await createAuditStore(session).append(auditEntry(actor, 'portfolio.updated', id));
        return stored;
      });
    },

    async remove(actor, id) {
      await database.transact(actor.tenantId, async (session) => {
        if (!(await createPortfolioStore(session).remove(id))) throw notFound();
        await createAuditStore(session).append(auditEntry(actor, 'portfolio.removed', id));
      });
    },
  };
};

const assertStorable = (content: PortfolioContent): void => {
  if (!isStorable(content)) throw invalidParameters({ weights: ['is invalid'] });
};

const notFound = (): AppError => new AppError('not_found', 'Not Found');

const found = (portfolio: Portfolio | undefined): Portfolio => {
  if (portfolio === undefined) throw notFound();
  return portfolio;
};

const auditEntry = (actor: Actor, action: string, id: number) => ({
  actor: `key:${actor.callerKeyId}`,
  action,
  object: `portfolio:${id}`,
  outcome: 'success' as const,
  requestId: actor.requestId,
});
