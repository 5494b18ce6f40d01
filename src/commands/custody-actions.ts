/** What the operator's commands on custody do, on the database as its owner. */
import { createFreezeAdministration } from '../features/freezes/freeze-administration.ts';
import { createCatalog } from '../exchanges/catalog.ts';
import { plantCanary } from '../processes/canary.ts';
import { localOperator } from '../processes/local-operator.ts';
import { withOwnerDatabase } from '../processes/owner-database.ts';
import { systemClock } from '../shared/clock.ts';
import type { CommandContext } from './command.ts';
import { UsageError } from './usage-error.ts';

/** From the next call on, custody opens no exchange keys, and forgets those that are open. */
export const freeze = ({ config, logger, answer }: CommandContext, reason: string): Promise<void> =>
  withOwnerDatabase(config, logger, async ({ shared }) => {
    const freezes = createFreezeAdministration({ shared });
    const {
      frozenAt,
      frozenBy,
      reason: given,
    } = await freezes.freeze(localOperator(), reason === '' ? 'not given' : reason);
    answer.record({ frozen: true, since: frozenAt, by: frozenBy, reason: given }, [
      `Custody is frozen since ${frozenAt.toISOString()} (${given}).`,
    ]);
  });

export const unfreeze = ({ config, logger, answer }: CommandContext): Promise<void> =>
  withOwnerDatabase(config, logger, async ({ shared }) => {
    const lifted = await createFreezeAdministration({ shared }).lift(localOperator());
    answer.record({ frozen: false, lifted }, [lifted ? 'Custody is set free.' : 'Custody was not frozen.']);
  });

export const plant = (
  { config, logger, answer }: CommandContext,
  tenantId: string,
  exchange: string,
): Promise<void> => {
  const catalog = createCatalog();
  const venue = catalog.findVenue(exchange);
  if (venue === undefined) throw new UsageError(`${exchange} is no exchange`);
  return withOwnerDatabase(config, logger, async (database) => {
    const at = new Date(systemClock.now()).toISOString();
    const credentialId = await plantCanary(database, { tenantId, venue, at });
    answer.record({ tenantId, credentialId, exchange: venue.id }, [
      `Credential ${credentialId} is a canary: opening it freezes custody.`,
    ]);
  });
};
