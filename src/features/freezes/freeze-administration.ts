/** The switch that freezes custody, in the hands of operators: while it is on, no exchange keys are used by anybody. */
import type { Administrator } from '../../auth/administrator.ts';
import type { Session } from '../../db/tenant-database.ts';
import { createFreezeStore, type Freeze } from './freeze-store.ts';

export interface FreezeAdministration {
  /** Undefined: custody is not frozen. */
  find(): Promise<Freeze | undefined>;
  /** From the next call on. A freeze that is on stays as it is, and is answered. */
  freeze(admin: Administrator, reason: string): Promise<Freeze>;
  /** False: it was not frozen. */
  lift(admin: Administrator): Promise<boolean>;
}

/** `shared` is of the admin API's role, or of the owner. */
export const createFreezeAdministration = ({
  shared,
}: {
  readonly shared: Session;
}): FreezeAdministration => {
  const store = createFreezeStore(shared);
  return {
    find: () => store.find(),
    async freeze({ actor }, reason) {
      for (;;) {
        await store.freeze(actor, reason);
        const found = await store.find();
        // Another operator may set it free in this very moment.
        if (found !== undefined) return found;
      }
    },
    lift: ({ actor }) => store.lift(actor),
  };
};
