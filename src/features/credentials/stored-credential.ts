/** A stored credential as its owner sees it, and what it is at its exchange; nothing here is a secret. */
import type { Catalog, VenueEntry } from '../../exchanges/catalog.ts';
import type { KeyRights } from '../../exchanges/exchange.ts';
import { AppError, type ErrorCode } from '../../shared/errors.ts';

/** What the last check, or the last use, found of the keys. */
export type ValidationStatus =
  | 'valid'
  | 'invalid'
  | 'permission_denied'
  | 'ip_not_whitelisted'
  | 'clock_skew'
  | 'withdrawal_enabled'
  | 'exchange_unavailable'
  | 'unsupported';

export type Permission = 'read' | 'trade' | 'withdraw';

/** JSON, as the caller sent it. */
export type CredentialMetadata = Readonly<Record<string, unknown>>;

export interface StoredCredential {
  /** Row id (uuid). */
  readonly id: string;
  /** The tenant's own id of the user that stored it; null: the whole tenant did. */
  readonly userExternalId: string | null;
  readonly venueId: string;
  /** As the caller wrote it; null: the keys came with an account. */
  readonly exchangeName: string | null;
  /** Market code of the oldest account that uses the keys; null: none does. */
  readonly accountMarketCode: string | null;
  readonly name: string;
  readonly generation: number;
  readonly keyPrefix: string;
  readonly keySuffix: string;
  readonly hasPassphrase: boolean;
  readonly canRead: boolean | null;
  readonly canTrade: boolean | null;
  readonly canWithdraw: boolean | null;
  readonly rightsSource: KeyRights['source'] | null;
  readonly declaredPermissions: Permission[];
  readonly ipWhitelist: string[];
  readonly metadata: CredentialMetadata;
  readonly isActive: boolean;
  readonly validationStatus: ValidationStatus;
  readonly validationError: string | null;
  readonly lastUsedAt: Date | null;
  readonly lastValidatedAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Whether the keys are for the exchange's test network. */
export const isForTestnet = (metadata: CredentialMetadata): boolean => metadata['testnet'] === true;

type Named = Pick<StoredCredential, 'venueId' | 'exchangeName' | 'accountMarketCode'>;

/** The wallet that a credential stands for: that of its name, of its first account, or the exchange's plain one. */
export const walletOf = (
  { venueId, exchangeName, accountMarketCode }: Named,
  catalog: Pick<Catalog, 'findExchange' | 'getVenue'>,
): VenueEntry => {
  const venue = catalog.getVenue(venueId);
  const named = catalog.findExchange((exchangeName ?? accountMarketCode ?? '').trim().toLowerCase());
  return { venue, market: named?.venue === venue ? named.market : venue.markets[0] };
};

/** As the caller named it, or the exchange's id, or the account type where that is another wallet of the exchange. */
export const exchangeNameOf = (
  credential: Named,
  catalog: Pick<Catalog, 'findExchange' | 'getVenue'>,
): string => {
  if (credential.exchangeName !== null) return credential.exchangeName;
  const { venue, market } = walletOf(credential, catalog);
  return market === venue.markets[0] ? venue.id : market.code;
};

type Rights = Pick<StoredCredential, 'canRead' | 'canTrade' | 'canWithdraw'>;

/**
 * What the exchange says that the keys may do; what it does not say is taken from the caller. Keys that were proven have
 * read balances.
 */
export const permissionsOf = (
  rights: Rights,
  declared: readonly Permission[],
  isProven: boolean,
): Permission[] => {
  const told = {
    read: rights.canRead ?? (isProven ? true : null),
    trade: rights.canTrade,
    withdraw: rights.canWithdraw,
  };
  return (['read', 'trade', 'withdraw'] as const).filter((right) => told[right] ?? declared.includes(right));
};

// What is not here is about us or the caller, not about the keys.
const STATUS_OF: Readonly<Partial<Record<ErrorCode, ValidationStatus>>> = {
  invalid_credentials: 'invalid',
  // A key of a wrong form is refused as a bad request.
  exchange_refused: 'invalid',
  permission_denied: 'permission_denied',
  restricted_location: 'permission_denied',
  ip_not_whitelisted: 'ip_not_whitelisted',
  clock_skew: 'clock_skew',
  withdrawals_enabled: 'withdrawal_enabled',
  not_supported: 'unsupported',
  exchange_rate_limited: 'exchange_unavailable',
  exchange_error: 'exchange_unavailable',
  // An error page in place of an answer: nobody looked at the keys.
  bad_response: 'exchange_unavailable',
  exchange_unavailable: 'exchange_unavailable',
  exchange_timeout: 'exchange_unavailable',
};

/** What a failed proof says of the keys; undefined: nothing. */
export const statusOf = (error: unknown): ValidationStatus | undefined =>
  error instanceof AppError ? STATUS_OF[error.code] : undefined;

/** Rights that changed, each with what it was and is: `can withdraw: no → yes`. */
export const describeChange = (before: Rights, after: Rights): string[] =>
  (
    [
      ['can read', before.canRead, after.canRead],
      ['can trade', before.canTrade, after.canTrade],
      ['can withdraw', before.canWithdraw, after.canWithdraw],
    ] as const
  )
    .filter(([, was, is]) => was !== is)
    .map(([name, was, is]) => `${name}: ${word(was)} → ${word(is)}`);

const word = (right: boolean | null): string => {
  if (right === null) return 'unknown';
  return right ? 'yes' : 'no';
};
