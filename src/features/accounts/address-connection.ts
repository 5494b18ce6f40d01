/** Connecting an address of a public chain: looked at once through custody, then stored; there are no keys to keep. */
import type { Actor } from '../../auth/actor.ts';
import { isUniqueViolation } from '../../db/database-errors.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import type { ExchangePort } from '../../exchanges/exchange.ts';
import type { Clock } from '../../shared/clock.ts';
import { type AppError, invalidParameters } from '../../shared/errors.ts';
import { createAuditStore } from '../audit/audit-store.ts';
import { createEventStore } from '../events/event-store.ts';
import type { PriceSource } from '../markets/price-source.ts';
import type { Account } from './account.ts';
import { connectedData, recordAccount } from './account-recording.ts';
import { createAccountStore } from './account-store.ts';

export interface AddressConnectionDeps {
  readonly database: TenantDatabase;
  readonly exchanges: Pick<ExchangePort, 'fetchWallet'>;
  readonly prices: PriceSource;
  readonly referenceVenueId: string;
  readonly clock: Clock;
}

export interface AddressIntake {
  readonly name: string;
  readonly marketCode: string;
  /** In canonical spelling. */
  readonly address: string;
}

export type ConnectAddress = (actor: Actor, intake: AddressIntake) => Promise<Account>;

/** Throws record_invalid when the tenant has the address already, and every error of the port; nothing is stored then. */
export const createAddressConnection = (deps: AddressConnectionDeps): ConnectAddress => {
  const { database, exchanges, prices, clock } = deps;

  return async (actor, { name, marketCode, address }) => {
    const { tenantId, requestId } = actor;
    if (await createAccountStore(database.session(tenantId)).hasAddress(marketCode, address))
      throw alreadyConnected();
    const [found, { book }] = await Promise.all([
      exchanges.fetchWallet({ requestId, purpose: 'connect' }, { marketCode, address }),
      prices.current(deps.referenceVenueId, requestId),
    ]);
    const account = {
      credentialId: null,
      marketCode,
      name,
      mode: actor.mode,
      address,
      customerId: null,
      subaccountName: null,
      apiKeysState: 'ok' as const,
      at: new Date(clock.now()).toISOString(),
    };
    try {
      return await database.transact(tenantId, async (session) => {
        const stored = await recordAccount(session, account, found, book);
        await createAuditStore(session).append({
          actor: `key:${actor.callerKeyId}`,
          action: 'account.connected',
          object: `account:${stored.id}`,
          outcome: 'success',
          requestId,
        });
        await createEventStore(session).append({
          type: 'account.connected',
          data: connectedData(stored),
          requestId,
        });
        return stored;
      });
    } catch (error) {
      if (isUniqueViolation(error, 'accounts_address_key')) throw alreadyConnected();
      throw error;
    }
  };
};

const alreadyConnected = (): AppError =>
  invalidParameters({ address: ['This account is already connected!'] });
