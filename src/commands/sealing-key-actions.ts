/** What `countersign keys` does, on the database as its owner: it asks, and custody, which alone opens keys, works. */
import { setTimeout as delay } from 'node:timers/promises';
import { createAuditedReads } from '../features/administration/audited-reads.ts';
import {
  createSealingKeyAdministration,
  type SealingKeyAdministration,
} from '../features/sealing-keys/sealing-key-administration.ts';
import type { KeyRotation } from '../features/sealing-keys/sealing-key-store.ts';
import { localOperator } from '../processes/local-operator.ts';
import { withOwnerDatabase } from '../processes/owner-database.ts';
import { systemClock } from '../shared/clock.ts';
import type { CommandContext } from './command.ts';

const LOOK_MS = 250;
// Custody looks for work every ten seconds when it has not heard of it.
const PATIENCE_MS = 30_000;

export const showKeys = (context: CommandContext): Promise<void> =>
  withKeys(context, async (keys) => {
    const status = await keys.status(localOperator());
    const { rootKeys, tenantKeys, retiring, rotation } = status;
    const { active, retiring: opening, retired } = tenantKeys;
    context.answer.record(status, [
      ...rootKeys.map(
        ({ kekId, isPrimary, isHeld, count }) =>
          `Root key ${kekId} wraps ${count} sealing keys; ${rootKeyWords(isPrimary, isHeld)}.`,
      ),
      `Sealing keys: ${active} seal, ${opening} only open, ${retired} are destroyed.`,
      ...retiring.map(
        ({ keyId, tenantId, retiredAt }) =>
          `  ${keyId} of tenant ${tenantId} only opens since ${retiredAt?.toISOString() ?? 'long ago'}`,
      ),
      rotation === null ? 'They were never turned over.' : describe(rotation),
    ]);
  });

export const rotate = (context: CommandContext, tenantId: string | undefined, wait: boolean): Promise<void> =>
  carryOut(context, 'records sealed anew', wait, (keys) => keys.rotate(localOperator(), tenantId));

export const rewrap = (context: CommandContext, wait: boolean): Promise<void> =>
  carryOut(context, 'keys wrapped anew', wait, (keys) => keys.rewrap(localOperator()));

export const retire = (context: CommandContext, keyId: string, wait: boolean): Promise<void> =>
  carryOut(context, 'records sealed anew', wait, (keys) => keys.retire(localOperator(), keyId));

const carryOut = (
  context: CommandContext,
  label: string,
  wait: boolean,
  start: (keys: SealingKeyAdministration) => Promise<KeyRotation>,
): Promise<void> =>
  withKeys(context, async (keys) => {
    const started = await start(keys);
    const ended = wait ? await watch(context, keys, started, label) : started;
    context.answer.record(ended, [describe(ended)]);
    if (ended.state === 'failed' || (wait && ended.state === 'running')) process.exitCode = 1;
  });

/** Until its end, or until nobody has worked on it for so long that nobody is there. */
const watch = async (
  context: CommandContext,
  keys: SealingKeyAdministration,
  started: KeyRotation,
  label: string,
): Promise<KeyRotation> => {
  const progress = context.startProgress(label);
  let latest = started;
  let workedAt = systemClock.now();
  while (latest.state === 'running' && systemClock.now() - workedAt < PATIENCE_MS) {
    await delay(LOOK_MS);
    latest = (await keys.find(started.id)) ?? latest;
    if (latest.isWorkedOn) workedAt = systemClock.now();
    if (latest.total > 0) progress.report(latest.done + latest.failed, latest.total);
  }
  progress.finish();
  return latest;
};

const rootKeyWords = (isPrimary: boolean, isHeld: boolean): string => {
  if (isPrimary) return 'custody wraps new keys by it';
  return isHeld ? 'custody holds it still: run countersign keys rewrap' : 'custody does not hold it';
};

const describe = ({ kind, id, state, done, total, failed, problem, isWorkedOn }: KeyRotation): string => {
  const what = `${kind} ${id}`;
  if (state === 'done') return `The last work on them, ${what}, is done: ${done} of ${total}.`;
  if (state === 'failed')
    return `The last work on them, ${what}, failed: ${failed} of ${total}; ${problem ?? ''}.`;
  return isWorkedOn
    ? `Work on them runs: ${what}, ${done} of ${total}.`
    : `Work on them waits: ${what}, ${done} of ${total}. Custody does not run, or has just died; it goes on when custody is back.`;
};

const withKeys = (
  { config, logger }: CommandContext,
  work: (keys: SealingKeyAdministration) => Promise<void>,
): Promise<void> =>
  withOwnerDatabase(config, logger, async (database) => {
    const reads = createAuditedReads({ database, clock: systemClock });
    await work(createSealingKeyAdministration({ shared: database.shared, reads }));
  });
