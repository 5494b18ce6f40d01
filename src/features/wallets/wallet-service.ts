/** Use cases on what few exchanges offer: paying fees in BNB, and listing balances too small to trade. */
import type { Actor } from '../../auth/actor.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import type { Catalog } from '../../exchanges/catalog.ts';
import type { ExchangePort } from '../../exchanges/exchange.ts';
import type { CallContext, CredentialRef } from '../../exchanges/exchange-call.ts';
import type { Venue, WalletExtra } from '../../exchanges/venue.ts';
import type { BnbBurn, DustAssets } from '../../exchanges/wallet-port.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { createKeyFailureLock } from '../accounts/key-failure.ts';
import { createAuditStore } from '../audit/audit-store.ts';
import type { AskedExchange, ChosenCredential, CredentialChoice } from '../credentials/credential-choice.ts';
import { createEventStore } from '../events/event-store.ts';
import type { PriceSource } from '../markets/price-source.ts';
import { type ValuedDust, valueDust } from './dust-valuation.ts';

export interface CredentialBurn extends BnbBurn {
  readonly credentialId: string;
}

/** How a change of the setting ended; null: not known, because the exchange refused before it told. */
export interface BurnChange {
  readonly credentialId: string;
  readonly before: BnbBurn | null;
  readonly after: BnbBurn | null;
  /** Why the exchange refused; null: it did not. */
  readonly refusal: AppError | null;
}

/**
 * All of them use the oldest active credential of the exchange. Throws not_found without one, and not_supported, before
 * anybody is asked, where the exchange offers no such thing.
 */
export interface WalletService {
  bnbBurn(actor: Actor, exchange: AskedExchange): Promise<CredentialBurn>;
  /** Does nothing at the exchange when it is so already. A refusal of the exchange is answered, not thrown. */
  setBnbBurn(actor: Actor, exchange: AskedExchange, spot: boolean): Promise<BurnChange>;
  dustAssets(actor: Actor, exchange: AskedExchange): Promise<DustAssets & ValuedDust>;
}

export interface WalletServiceDeps {
  readonly database: TenantDatabase;
  readonly exchanges: Pick<ExchangePort, 'fetchBnbBurn' | 'setBnbBurn' | 'fetchDustAssets'>;
  readonly credentials: Pick<CredentialChoice, 'choose'>;
  readonly prices: PriceSource;
  readonly catalog: Pick<Catalog, 'getVenue'>;
  readonly clock: Clock;
}

interface Keys extends ChosenCredential {
  readonly ref: CredentialRef;
}

export const createWalletService = (deps: WalletServiceDeps): WalletService => {
  const { database, exchanges, credentials, prices, catalog } = deps;
  const withKeys = createKeyFailureLock(deps);

  const choose = async (actor: Actor, exchange: AskedExchange, extra: WalletExtra): Promise<Keys> => {
    assertOffered(exchange.venue, extra);
    const chosen = await credentials.choose(actor, exchange, undefined);
    // One name may stand for keys of two exchanges.
    assertOffered(catalog.getVenue(chosen.venueId), extra);
    const { credentialId, generation } = chosen;
    return { ...chosen, ref: { tenantId: actor.tenantId, credentialId, generation } };
  };

  const contextOf = ({ requestId }: Actor, purpose: CallContext['purpose']): CallContext => ({
    requestId,
    purpose,
  });

  const readBurn = (actor: Actor, keys: Keys): Promise<BnbBurn> =>
    withKeys(actor, keys, () => exchanges.fetchBnbBurn(contextOf(actor, 'read'), keys.ref, keys.marketCode));

  const change = async (actor: Actor, keys: Keys, spot: boolean): Promise<BurnChange> => {
    const { credentialId, ref, marketCode } = keys;
    let before: BnbBurn | null = null;
    try {
      before = await readBurn(actor, keys);
      const isSet = before.spot === spot;
      const after = isSet
        ? before
        : await exchanges.setBnbBurn(contextOf(actor, 'change'), ref, marketCode, spot);
      return { credentialId, before, after, refusal: null };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { credentialId, before, after: null, refusal: before === null ? error : toLackOfRight(error) };
    }
  };

  const record = async (
    actor: Actor,
    { venueId }: Keys,
    { credentialId, before, after, refusal }: BurnChange,
    spot: boolean,
  ): Promise<void> => {
    const { requestId } = actor;
    await database.transact(actor.tenantId, async (session) => {
      await createAuditStore(session).append({
        actor: `key:${actor.callerKeyId}`,
        action: spot ? 'credential.bnb_burn_enabled' : 'credential.bnb_burn_disabled',
        object: `credential:${credentialId}`,
        outcome: refusal === null ? 'success' : `refused; ${refusal.code}`,
        requestId,
      });
      if (after === null || after.spot === before?.spot) return;
      await createEventStore(session).append({
        type: 'credential.updated',
        data: { credential_id: credentialId, exchange: venueId, changed: ['bnb_burn'] },
        requestId,
      });
    });
  };

  return {
    async bnbBurn(actor, exchange) {
      const keys = await choose(actor, exchange, 'bnbBurn');
      return { ...(await readBurn(actor, keys)), credentialId: keys.credentialId };
    },

    async setBnbBurn(actor, exchange, spot) {
      const keys = await choose(actor, exchange, 'bnbBurn');
      const changed = await change(actor, keys, spot);
      await record(actor, keys, changed, spot);
      return changed;
    },

    async dustAssets(actor, exchange) {
      const keys = await choose(actor, exchange, 'dustAssets');
      const { ref, marketCode, venueId } = keys;
      const dust = await withKeys(actor, keys, () =>
        exchanges.fetchDustAssets(contextOf(actor, 'read'), ref, marketCode),
      );
      const isValued = dust.assets.every(({ usdValue }) => usdValue !== null);
      // Without prices the list is as good; its values are then not known.
      const dated = isValued ? undefined : await prices.current(venueId, actor.requestId).catch(ignoreAway);
      return { ...dust, ...valueDust(dust.assets, dated?.book) };
    },
  };
};

/** Binance has one word for a wrong key and for one that lacks a right; these keys have just been let in. */
const toLackOfRight = (error: AppError): AppError =>
  error.code === 'invalid_credentials'
    ? new AppError('permission_denied', 'The API key may not change this setting', { cause: error })
    : error;

const ignoreAway = (error: unknown): undefined => {
  if (!(error instanceof AppError)) throw error;
  return undefined;
};

const assertOffered = ({ extras, displayName }: Venue, extra: WalletExtra): void => {
  if (extras?.includes(extra) !== true)
    throw new AppError('not_supported', `${displayName} has no such operation`);
};
