/** Which account types a key pair could connect, and which it has connected already. */
import { randomUUID } from 'node:crypto';
import type { Actor } from '../../auth/actor.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import type { Catalog, CatalogEntry } from '../../exchanges/catalog.ts';
import type { ExchangeKeys, ExchangePort } from '../../exchanges/exchange.ts';
import type { VenueMarket } from '../../exchanges/venue.ts';
import { AppError, type ErrorCode, invalidParameters } from '../../shared/errors.ts';
import { createCredentialStore, type IntakeState } from '../credentials/credential-store.ts';
import type { Fingerprint } from '../credentials/fingerprint.ts';
import type { SealKeys } from './account-connection.ts';
import {
  isFilled,
  PARAMETER_OF,
  presence,
  toKeys,
  wrongText,
  type IntakeParameters,
} from './account-intake.ts';
import { refuseUnfitKeys } from './key-rules.ts';

export interface ConnectableTypesDeps {
  readonly database: TenantDatabase;
  readonly exchanges: Pick<ExchangePort, 'connect'>;
  readonly seal: SealKeys;
  readonly fingerprint: Fingerprint;
  readonly catalog: Pick<Catalog, 'findMarket'>;
}

export interface ConnectableType {
  readonly marketCode: string;
  /** Whether a live account of this type has the API key. */
  readonly connected: boolean;
  /** Whether connecting this type would succeed; without keys: whether it can be connected at all. */
  readonly available: boolean;
  /** Whether the type is the venue's one wallet for spot and contracts. */
  readonly unified: boolean;
}

/** One for each type of the exchange. Throws record_invalid, and errors of the port that are about no single type. */
export type ListConnectableTypes = (actor: Actor, parameters: IntakeParameters) => Promise<ConnectableType[]>;

/** What the venue says of keys that work, but not for this type. */
const NOT_FOR_THIS_TYPE: ReadonlySet<ErrorCode> = new Set([
  'permission_denied',
  'withdrawals_enabled',
  'exchange_refused',
  'not_supported',
]);

export const createConnectableTypes = (deps: ConnectableTypesDeps): ListConnectableTypes => {
  const { database, exchanges } = deps;

  return async (actor, parameters) => {
    const { venue } = readType(parameters, deps.catalog);
    const describe = (market: VenueMarket, connected: boolean, available: boolean): ConnectableType => ({
      marketCode: market.code,
      connected,
      available,
      unified: ['spot', 'futures'].every((type) => market.supportedMarketTypes.includes(type as 'spot')),
    });
    const apiKey = parameters.api_key?.trim();
    if (venue.ccxtId === null || apiKey === undefined)
      return venue.markets.map((market) => describe(market, false, true));

    const fingerprint = deps.fingerprint(actor.tenantId, apiKey);
    const state = await createCredentialStore(database.session(actor.tenantId)).intakeState(
      venue.id,
      fingerprint,
    );
    if (state === undefined) throw new AppError('access_denied', 'The tenant no longer exists');
    const isComplete = venue.requiredFields.every((field) => isFilled(parameters[PARAMETER_OF[field]]));
    const prove =
      isComplete && venue.id !== 'paper_trading'
        ? await createProof(actor, venue.id, toKeys(parameters), state)
        : undefined;
    const types: ConnectableType[] = [];
    for (const market of venue.markets) {
      const connected = state.connectedCodes.includes(market.code);
      const available =
        !state.isSuperseded &&
        !state.isSwitchedOff &&
        (connected || prove === undefined || (await prove(market.code)));
      types.push(describe(market, connected, available));
    }
    return types;
  };

  /** Asks the venue about one type after the other, with keys that are sealed for this once and stored nowhere. */
  async function createProof(
    actor: Actor,
    venueId: string,
    keys: ExchangeKeys,
    state: IntakeState,
  ): Promise<(marketCode: string) => Promise<boolean>> {
    const ref = { tenantId: actor.tenantId, credentialId: randomUUID(), generation: 1 };
    const { sealed } = await deps.seal({ ...ref, venueId }, keys);
    return async (marketCode) => {
      try {
        const context = { requestId: actor.requestId, purpose: 'check' as const };
        refuseUnfitKeys(
          await exchanges.connect(context, { ...ref, sealed, testnet: state.isForTestnet }, [marketCode]),
          state.withdrawalPolicy,
        );
        return true;
      } catch (error) {
        if (error instanceof AppError && NOT_FOR_THIS_TYPE.has(error.code)) return false;
        throw error;
      }
    };
  }
};

const readType = (parameters: IntakeParameters, catalog: Pick<Catalog, 'findMarket'>): CatalogEntry => {
  const attributes: Record<string, string[]> = {};
  const entry = catalog.findMarket(parameters.type ?? '');
  if (entry === undefined) attributes['type'] = [presence(parameters.type) ?? 'does not have a valid value'];
  const note = (field: 'name' | 'api_key' | 'secret', problem: string | undefined): void => {
    if (problem !== undefined) attributes[field] = [problem];
  };
  note('name', presence(parameters.name) ?? wrongText('name', parameters.name));
  for (const field of ['api_key', 'secret'] as const) {
    const value = parameters[field];
    if (value !== undefined) note(field, presence(value) ?? wrongText(field, value));
  }
  if (entry === undefined || Object.keys(attributes).length > 0) throw invalidParameters(attributes);
  return entry;
};
