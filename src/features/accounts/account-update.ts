/** Changes a connected account. New keys are proven at the venue before they take the place of the old ones. */
import type { Actor } from '../../auth/actor.ts';
import { isUniqueViolation } from '../../db/database-errors.ts';
import type { TenantSession } from '../../db/tenant-database.ts';
import type { Catalog } from '../../exchanges/catalog.ts';
import type { ExchangePort } from '../../exchanges/exchange.ts';
import { AppError, invalidParameters } from '../../shared/errors.ts';
import { createAuditStore } from '../audit/audit-store.ts';
import { recordAnswer } from '../balances/sync-recorder.ts';
import { createEventStore } from '../events/event-store.ts';
import type { Account } from './account.ts';
import { type AccountChange, type ChangeParameters, readChange } from './account-change.ts';
import { createAccountStore } from './account-store.ts';
import { createKeyReplacement, type KeyReplacementDeps } from './key-replacement.ts';
import { alreadyConnected } from './key-rules.ts';

export interface AccountUpdateDeps extends KeyReplacementDeps {
  readonly exchanges: Pick<ExchangePort, 'connect' | 'fetchWallet'>;
  /** Whose prices value what lies on a chain. */
  readonly referenceVenueId: string;
  readonly catalog: Pick<Catalog, 'getMarket'>;
}

/** Parameters that are not sent stay as they are. Throws as connecting does; nothing is changed then. */
export type UpdateAccount = (actor: Actor, id: number, parameters: ChangeParameters) => Promise<Account>;

export const createAccountUpdate = (deps: AccountUpdateDeps): UpdateAccount => {
  const { database, exchanges, prices, clock } = deps;
  const replaceKeys = createKeyReplacement(deps);
  const find = async (actor: Actor, id: number): Promise<Account> => {
    const account = await createAccountStore(database.session(actor.tenantId)).find(id);
    if (account === undefined) throw new AppError('not_found', 'Not Found');
    return account;
  };

  return async (actor, id, parameters) => {
    const account = await find(actor, id);
    const change = readChange(parameters, account, deps.catalog.getMarket(account.marketCode));
    await apply(actor, account, change);
    return find(actor, id);
  };

  async function apply(actor: Actor, account: Account, change: AccountChange): Promise<void> {
    const { credentialId } = account;
    if (change.keys !== null && credentialId !== null)
      await replaceKeys(actor, {
        credentialId,
        keys: change.keys,
        marketCode: null,
        isForTestnet: null,
        duplicate: alreadyConnected,
        alongside: (session, at) => editIn(session, actor, account, change, at),
      });
    else if (change.address !== null) await replaceAddress(actor, account, change, change.address);
    else await edit(actor, account, change);
  }

  async function replaceAddress(
    actor: Actor,
    account: Account,
    change: AccountChange,
    address: string,
  ): Promise<void> {
    const { tenantId, requestId } = actor;
    const [found, { book }] = await Promise.all([
      exchanges.fetchWallet({ requestId, purpose: 'connect' }, { marketCode: account.marketCode, address }),
      prices.current(deps.referenceVenueId, requestId),
    ]);
    try {
      await edit(actor, account, change);
    } catch (error) {
      if (isUniqueViolation(error, 'accounts_address_key'))
        throw invalidParameters({ address: ['This account is already connected!'] });
      throw error;
    }
    await recordAnswer(database, tenantId, account.id, found, book, requestId);
  }

  async function edit(actor: Actor, account: Account, change: AccountChange): Promise<void> {
    const at = new Date(clock.now()).toISOString();
    await database.transact(actor.tenantId, (session) => editIn(session, actor, account, change, at));
  }
};

const editIn = async (
  session: TenantSession,
  actor: Actor,
  account: Account,
  change: AccountChange,
  at: string,
): Promise<void> => {
  const { id } = account;
  const { requestId } = actor;
  await createAccountStore(session).edit(id, { ...change, at });
  await createAuditStore(session).append({
    actor: `key:${actor.callerKeyId}`,
    action: 'account.updated',
    object: `account:${id}`,
    outcome: 'success',
    requestId,
  });
  const changed = changedFields(account, change);
  if (changed.length > 0)
    await createEventStore(session).append({
      type: 'account.updated',
      data: { account_id: id, changed },
      requestId,
    });
};

/** Of new keys the replacement tells. */
const changedFields = (account: Account, change: AccountChange): string[] => {
  const { name, includeInSummary, address } = change;
  return [
    ...(name === null || name === account.name ? [] : ['name']),
    ...(includeInSummary === null || includeInSummary === account.includeInSummary
      ? []
      : ['include_in_summary']),
    ...(address === null || address === account.address ? [] : ['address']),
  ];
};
