/** The use case of an account's trading volume: of a UTC day, of a month, or of all time. */
import type { Actor } from '../../auth/actor.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import { AppError } from '../../shared/errors.ts';
import { createAccountStore } from '../accounts/account-store.ts';
import { createTradeSumsStore, type Volume } from './trade-sums-store.ts';

/** UTC dates such as 2026-01-31, the second exclusive; undefined: all time. */
export interface VolumeDays {
  readonly from: string;
  readonly before: string;
}

export interface VolumeService {
  /** Throws not_found for an unknown account, and where it has no trades in the time. */
  volume(actor: Actor, accountId: number, days: VolumeDays | undefined): Promise<Volume>;
}

const ALL_TIME: VolumeDays = { from: '-infinity', before: 'infinity' };

export const createVolumeService = ({ database }: { readonly database: TenantDatabase }): VolumeService => ({
  async volume(actor, accountId, days = ALL_TIME) {
    const session = database.session(actor.tenantId);
    const origin = await createAccountStore(session).findOrigin(accountId);
    if (origin === undefined) throw new AppError('not_found', 'Not Found');
    const volume =
      origin.kind === 'credential' ? await createTradeSumsStore(session).volume(origin, days) : undefined;
    // Nothing is traded on a chain.
    if (volume === undefined) throw new AppError('volume_not_found', 'Volume data not found');
    return volume;
  },
});
