/** Which stored keys a request about an exchange means: those that it names, or the oldest active ones. */
import type { Actor } from '../../auth/actor.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import type { Catalog } from '../../exchanges/catalog.ts';
import type { Venue, VenueMarket } from '../../exchanges/venue.ts';
import { AppError } from '../../shared/errors.ts';
import { walletOf } from './stored-credential.ts';
import { type ChosenKeys, createStoredCredentialStore } from './stored-credential-store.ts';

/** An exchange as a caller named it, and the wallet that the name stands for. */
export interface AskedExchange {
  readonly name: string;
  readonly venue: Venue;
  readonly market: VenueMarket;
}

export interface ChosenCredential {
  readonly credentialId: string;
  readonly generation: number;
  readonly isActive: boolean;
  readonly venueId: string;
  /** The wallet that the request is about, of the credential's own exchange. */
  readonly marketCode: string;
}

export interface CredentialChoice {
  /**
   * Active keys. Throws not_found: none is stored, there is no such credential, or it is of another exchange; conflict:
   * the one that was named is switched off.
   */
  choose(actor: Actor, exchange: AskedExchange, credentialId: string | undefined): Promise<ChosenCredential>;
  /** For what was read earlier: the same, but also switched off, and where none is left the one that was deleted last. */
  choosePast(
    actor: Actor,
    exchange: AskedExchange,
    credentialId: string | undefined,
  ): Promise<ChosenCredential>;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a text can be the id of a credential: one that cannot is simply not there. */
export const isCredentialId = (text: string): boolean => UUID.test(text);

export const noSuchCredential = (): AppError => new AppError('not_found', 'Not Found');

export const createCredentialChoice = (deps: {
  readonly database: TenantDatabase;
  readonly catalog: Pick<Catalog, 'findExchange' | 'getVenue'>;
}): CredentialChoice => {
  const { database, catalog } = deps;
  const storeOf = (actor: Actor) => createStoredCredentialStore(database.session(actor.tenantId));

  const toChosen = (keys: ChosenKeys, { venue, market }: AskedExchange): ChosenCredential => {
    const { credentialId, generation, isActive, venueId } = keys;
    const { code } = venue.id === venueId ? market : walletOf(keys, catalog).market;
    return { credentialId, generation, isActive, venueId, marketCode: code };
  };

  const byId = async (actor: Actor, exchange: AskedExchange, id: string): Promise<ChosenCredential> => {
    const keys = isCredentialId(id) ? await storeOf(actor).chooseById(toFilter(exchange), id) : undefined;
    if (keys === undefined) throw noSuchCredential();
    return toChosen(keys, exchange);
  };

  return {
    async choose(actor, exchange, credentialId) {
      if (credentialId !== undefined) {
        const chosen = await byId(actor, exchange, credentialId);
        if (!chosen.isActive) throw switchedOff();
        return chosen;
      }
      const keys = await storeOf(actor).choose(toFilter(exchange));
      if (keys === undefined) throw noneStored(exchange);
      return toChosen(keys, exchange);
    },

    async choosePast(actor, exchange, credentialId) {
      if (credentialId !== undefined) return byId(actor, exchange, credentialId);
      const keys = await storeOf(actor).choosePast(toFilter(exchange));
      if (keys === undefined) throw noneStored(exchange);
      return toChosen(keys, exchange);
    },
  };
};

const toFilter = ({ name, venue }: AskedExchange) => ({ name, venueId: venue.id });

export const switchedOff = (): AppError =>
  new AppError('conflict', 'These exchange keys are switched off; set is_active to use them');

const noneStored = ({ name }: AskedExchange): AppError =>
  new AppError(
    'not_found',
    `There are no active exchange keys of ${name}; store some with POST /api/exchange/credentials`,
  );
