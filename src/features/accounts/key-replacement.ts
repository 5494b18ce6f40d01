/** New keys in place of stored ones: proven at the venue first, then swapped in one transaction; the old ones stay until then. */
import type { Actor } from '../../auth/actor.ts';
import { isUniqueViolation } from '../../db/database-errors.ts';
import type { TenantDatabase, TenantSession } from '../../db/tenant-database.ts';
import type { Connection, ExchangeKeys, ExchangePort } from '../../exchanges/exchange.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { createAuditStore } from '../audit/audit-store.ts';
import { recordAnswer } from '../balances/sync-recorder.ts';
import { proofEvents } from '../credentials/credential-events.ts';
import type { Fingerprint } from '../credentials/fingerprint.ts';
import { createReplacementStore, type ReplacementState } from '../credentials/replacement-store.ts';
import { createEventStore, type NewEvent } from '../events/event-store.ts';
import type { PriceSource } from '../markets/price-source.ts';
import type { SealKeys } from './account-connection.ts';
import {
  keysState,
  maskParts,
  outcomeOf,
  refuseUnfitKeys,
  servesOthers,
  supersededKey,
} from './key-rules.ts';

export interface KeyReplacementDeps {
  readonly database: TenantDatabase;
  readonly exchanges: Pick<ExchangePort, 'connect'>;
  readonly prices: PriceSource;
  readonly seal: SealKeys;
  readonly fingerprint: Fingerprint;
  readonly clock: Clock;
}

export interface KeyReplacement {
  readonly credentialId: string;
  readonly keys: ExchangeKeys;
  /** Proven besides those of the accounts that use the keys; null: there is at least one account. */
  readonly marketCode: string | null;
  /** Whether the new keys are for the exchange's test network; null: for the network of the old ones. */
  readonly isForTestnet: boolean | null;
  /** What is thrown when another credential of the tenant has the new key; null: it came at the same moment. */
  readonly duplicate: (credentialId: string | null) => AppError;
  /** What changes along with the keys, in their transaction. */
  readonly alongside: (session: TenantSession, at: string) => Promise<void>;
}

/**
 * Throws not_found, record_invalid, service_unavailable, access_denied when accounts use the keys that the actor does not
 * reach, and as connecting does; nothing is changed then.
 */
export type ReplaceKeys = (actor: Actor, replacement: KeyReplacement) => Promise<void>;

export const createKeyReplacement = (deps: KeyReplacementDeps): ReplaceKeys => {
  const { database, exchanges, prices, clock } = deps;

  return async (actor, replacement) => {
    const { tenantId, requestId } = actor;
    const { credentialId, keys } = replacement;
    const fingerprint = deps.fingerprint(tenantId, keys.apiKey);
    const state = await createReplacementStore(database.session(tenantId)).state(credentialId, fingerprint);
    if (state === undefined) throw new AppError('not_found', 'Not Found');
    if (state.servesOthers) throw servesOthers();
    if (state.isSuperseded) throw supersededKey();
    if (state.elsewhereId !== null) throw replacement.duplicate(state.elsewhereId);

    const ref = { tenantId, credentialId, generation: state.generation + 1 };
    const sealed = await deps.seal({ ...ref, venueId: state.venueId }, keys);
    const testnet = replacement.isForTestnet ?? state.isForTestnet;
    const [connection, priced] = await Promise.all([
      exchanges.connect(
        { requestId, purpose: 'connect' },
        { ...ref, sealed: sealed.sealed, testnet },
        codesToProve(state, replacement.marketCode),
      ),
      state.accountIds.length === 0 ? undefined : prices.current(state.venueId, requestId),
    ]);
    refuseUnfitKeys(connection, state.withdrawalPolicy);
    await swap(actor, replacement, { state, fingerprint, sealed, connection });
    if (priced === undefined) return;
    for (const found of connection.accounts)
      for (const [index, id] of state.accountIds.entries())
        if (state.marketCodes[index] === found.marketCode)
          await recordAnswer(database, tenantId, id, found, priced.book, requestId);
  };

  async function swap(actor: Actor, replacement: KeyReplacement, proven: Proven): Promise<void> {
    const { credentialId, keys } = replacement;
    const { state, connection } = proven;
    const { requestId } = actor;
    const at = new Date(clock.now()).toISOString();
    try {
      await database.transact(actor.tenantId, async (session) => {
        const store = createReplacementStore(session);
        const before = await store.replace({
          credentialId,
          generation: state.generation,
          ...proven.sealed,
          fingerprint: proven.fingerprint,
          ...maskParts(keys.apiKey),
          hasPassphrase: keys.passphrase !== undefined,
          rights: connection.rights,
          at,
        });
        if (before === undefined) throw changedMeanwhile();
        const renewed = await store.renewAccounts(credentialId, {
          apiKeysState: keysState(connection.rights.expiresAt, at),
          customerId: keys.customerId ?? null,
          subaccountName: keys.subaccountName ?? null,
          at,
        });
        await replacement.alongside(session, at);
        await createAuditStore(session).append({
          actor: `key:${actor.callerKeyId}`,
          action: 'credential.replaced',
          object: `credential:${credentialId}`,
          outcome: outcomeOf(connection, state.withdrawalPolicy),
          requestId,
        });
        const { rights } = connection;
        await createEventStore(session).appendAll([
          {
            type: 'credential.replaced',
            data: { credential_id: credentialId, exchange: state.venueId },
            requestId,
          },
          ...renewed.accountIds.map(
            (id): NewEvent => ({
              type: 'account.updated',
              data: { account_id: id, changed: ['api_key'] },
              requestId,
            }),
          ),
          ...proofEvents({ credentialId, requestId }, { ...before, ...renewed }, { rights, status: 'valid' }),
        ]);
      });
    } catch (error) {
      if (isUniqueViolation(error, 'credentials_fingerprint_key')) throw replacement.duplicate(null);
      throw error;
    }
  }
};

/** All that is known when the venue has answered. */
interface Proven {
  readonly state: ReplacementState;
  readonly fingerprint: Buffer;
  readonly sealed: Awaited<ReturnType<SealKeys>>;
  readonly connection: Connection;
}

/** Every account that the keys are for must work with the new ones. */
const codesToProve = ({ connectedCodes }: ReplacementState, own: string | null): string[] => [
  ...new Set(own === null ? connectedCodes : [own, ...connectedCodes]),
];

const changedMeanwhile = (): AppError =>
  new AppError(
    'service_unavailable',
    'These keys were being changed at the same moment; send the request again',
  );
