/** Use cases of charts: what is held now, and what it was worth over time, of one account or of the summary. */
import type { Actor } from '../../auth/actor.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { createAccountStore } from '../accounts/account-store.ts';
import type { ChartScope } from './chart-scope.ts';
import { type ChartPoint, createEquityChartStore } from './equity-chart-store.ts';
import { createHoldingStore, type Holding, type Portfolio, type Share } from './holding-store.ts';

/** An account of the actor's tenant, or all of them that count in the summary of the actor's mode. */
export type ChartOf = number | 'summary';

export interface RequestedSpan {
  readonly from: Date;
  /** Now when not given. */
  readonly to?: Date | undefined;
}

export interface ChartService {
  shares(actor: Actor, of: ChartOf): Promise<Portfolio<Share>>;
  holdings(actor: Actor, of: ChartOf): Promise<Portfolio<Holding>>;
  /** At most 1,000 points, the first and the last of the span among them. */
  equity(actor: Actor, of: ChartOf, span: RequestedSpan): Promise<ChartPoint[]>;
}

export const createChartService = (deps: {
  readonly database: TenantDatabase;
  readonly clock: Clock;
}): ChartService => {
  const { database, clock } = deps;
  const sessionOf = (actor: Actor) => database.session(actor.tenantId);
  const now = (): Date => new Date(clock.now());

  return {
    async shares(actor, of) {
      return found(await createHoldingStore(sessionOf(actor)).shares(scopeOf(actor, of)));
    },

    async holdings(actor, of) {
      return found(await createHoldingStore(sessionOf(actor)).holdings(scopeOf(actor, of), now()));
    },

    async equity(actor, of, { from, to = now() }) {
      const session = sessionOf(actor);
      const points = await createEquityChartStore(session).points(scopeOf(actor, of), { from, to });
      // Looked up only for an empty chart: an account that has points is there.
      if (points.length === 0 && of !== 'summary') found(await createAccountStore(session).find(of));
      return points;
    },
  };
};

const scopeOf = (actor: Actor, of: ChartOf): ChartScope =>
  of === 'summary' ? { mode: actor.mode } : { accountId: of };

const found = <T>(value: T | undefined): T => {
  if (value === undefined) throw new AppError('not_found', 'Not Found');
  return value;
};
