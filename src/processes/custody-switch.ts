/** The operator's commands on custody: freeze it, set it free, and plant canaries. */
import { UsageError } from './usage-error.ts';
import { plantCanary } from './canary.ts';
import { createFreezeStore } from '../custody/freeze-store.ts';
import { createCatalog } from '../exchanges/catalog.ts';
import { systemClock } from '../shared/clock.ts';
import { operator, type OperatorCommand, readId, say } from './operator.ts';
import { withOwnerDatabase } from './owner-database.ts';

/** From the next call on, custody opens no exchange keys, and forgets those that are open. */
export const runFreeze = ({ config, logger, words }: OperatorCommand): Promise<void> =>
  withOwnerDatabase(config, logger, async ({ shared }) => {
    const freezes = createFreezeStore(shared);
    await freezes.freeze(operator(), words.length === 0 ? 'not given' : words.join(' '));
    const freeze = await freezes.find();
    say(`Custody is frozen since ${freeze?.frozenAt.toISOString() ?? 'now'} (${freeze?.reason ?? ''}).`);
  });

export const runUnfreeze = ({ config, logger }: OperatorCommand): Promise<void> =>
  withOwnerDatabase(config, logger, async ({ shared }) => {
    const lifted = await createFreezeStore(shared).lift(operator());
    say(lifted ? 'Custody is set free.' : 'Custody was not frozen.');
  });

export const runCanary = ({ config, logger, words }: OperatorCommand): Promise<void> => {
  const [tenantId, name = ''] = words;
  const venue = createCatalog().findVenue(name);
  const id = readId(tenantId, 'tenant', CANARY_USAGE);
  if (venue === undefined)
    throw new UsageError(name === '' ? CANARY_USAGE : `${name} is no exchange\n${CANARY_USAGE}`);
  return withOwnerDatabase(config, logger, async (database) => {
    const at = new Date(systemClock.now()).toISOString();
    const credentialId = await plantCanary(database, { tenantId: id, venue, at });
    say(`Credential ${credentialId} is a canary: opening it freezes custody.`);
  });
};

const CANARY_USAGE = 'Usage: countersign canary <tenant id> <exchange>';
