/** Tries exchange keys that are not stored: what the exchange says of them, and what is worth knowing before they are. */
import { randomUUID } from 'node:crypto';
import type { Actor } from '../../auth/actor.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import type { ExchangeKeys, ExchangePort, KeyRights } from '../../exchanges/exchange.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import type { SealKeys } from '../accounts/account-connection.ts';
import { keysState, refuseUnfitKeys } from '../accounts/key-rules.ts';
import { createCredentialStore, type IntakeState } from './credential-store.ts';
import type { Fingerprint } from './fingerprint.ts';
import { statusOf, type ValidationStatus } from './stored-credential.ts';

/** Keys as a caller brings them, and the wallet that they are tried on. */
export interface OfferedKeys {
  readonly venueId: string;
  readonly marketCode: string;
  readonly keys: ExchangeKeys;
  readonly isForTestnet: boolean;
}

export interface KeyWarning {
  readonly code:
    | 'no_ip_restriction'
    | 'can_withdraw'
    | 'key_expires_soon'
    | 'already_stored'
    | 'replaced_before';
  readonly message: string;
}

export interface Trial {
  readonly status: ValidationStatus;
  /** null: the exchange did not get as far as telling. */
  readonly rights: KeyRights | null;
  /** Why the keys are not valid; null: they are. */
  readonly error: AppError | null;
  readonly warnings: readonly KeyWarning[];
  /** How long the exchange took, in milliseconds. */
  readonly latencyMs: number;
}

export interface KeyTrialDeps {
  readonly database: TenantDatabase;
  readonly exchanges: Pick<ExchangePort, 'connect'>;
  readonly seal: SealKeys;
  readonly fingerprint: Fingerprint;
  readonly clock: Clock;
}

/** Stores nothing. Throws what is about us and not about the keys, e.g. custody_unavailable. */
export type TryKeys = (actor: Actor, offered: OfferedKeys) => Promise<Trial>;

export const createKeyTrial = (deps: KeyTrialDeps): TryKeys => {
  const { database, exchanges, clock } = deps;

  return async (actor, { venueId, marketCode, keys, isForTestnet }) => {
    const { tenantId, requestId } = actor;
    const state = await getIntakeState(database, tenantId, venueId, deps.fingerprint(tenantId, keys.apiKey));
    const ref = { tenantId, credentialId: randomUUID(), generation: 1 };
    const { sealed } = await deps.seal({ ...ref, venueId }, keys);
    const startedMs = performance.now();
    let rights: KeyRights | null = null;
    let error: AppError | null = null;
    try {
      const context = { requestId, purpose: 'check' as const };
      const connection = await exchanges.connect(context, { ...ref, sealed, testnet: isForTestnet }, [
        marketCode,
      ]);
      rights = connection.rights;
      refuseUnfitKeys(connection, state.withdrawalPolicy);
    } catch (thrown) {
      if (!(thrown instanceof AppError) || statusOf(thrown) === undefined) throw thrown;
      error = thrown;
    }
    return {
      status: error === null ? 'valid' : (statusOf(error) ?? 'invalid'),
      rights,
      error,
      warnings: warningsOf(rights, state, new Date(clock.now()).toISOString()),
      latencyMs: Math.round(performance.now() - startedMs),
    };
  };
};

/** Throws access_denied when the tenant is gone. */
export const getIntakeState = async (
  database: TenantDatabase,
  tenantId: string,
  venueId: string,
  fingerprint: Buffer,
): Promise<IntakeState> => {
  const state = await createCredentialStore(database.session(tenantId)).intakeState(venueId, fingerprint);
  if (state === undefined) throw new AppError('access_denied', 'The tenant no longer exists');
  return state;
};

const WARNINGS: Readonly<Record<KeyWarning['code'], string>> = {
  no_ip_restriction: 'The key works from any address; restrict it to yours at the exchange',
  can_withdraw: 'The key can withdraw; create one without that right',
  key_expires_soon: 'The key expires within a week',
  already_stored: 'This key is stored already',
  replaced_before: 'This key was replaced by another one and will not be stored again',
};

const warningsOf = (rights: KeyRights | null, state: IntakeState, now: string): KeyWarning[] => {
  const found: KeyWarning['code'][] = [];
  if (rights?.ipRestricted === false) found.push('no_ip_restriction');
  if (rights?.canWithdraw === true) found.push('can_withdraw');
  if (rights !== null && keysState(rights.expiresAt, now) !== 'ok') found.push('key_expires_soon');
  if (state.credentialId !== null) found.push('already_stored');
  if (state.isSuperseded) found.push('replaced_before');
  return found.map((code) => ({ code, message: WARNINGS[code] }));
};
