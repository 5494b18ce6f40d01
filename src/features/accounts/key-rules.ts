/** What holds for exchange keys whenever they come in, with a new account or in place of earlier ones. Pure. */
import type { Connection } from '../../exchanges/exchange.ts';
import { AppError, invalidParameters } from '../../shared/errors.ts';
import type { IntakeState } from '../credentials/credential-store.ts';
import type { Account } from './account.ts';

export const alreadyConnected = (): AppError =>
  invalidParameters({ api_key: ['This account is already connected!'] });

/** A request that is sent again, by whomever, must not undo a replacement of keys. */
export const supersededKey = (): AppError =>
  invalidParameters({ api_key: ['was replaced by another key and is not accepted again'] });

/** Their accounts would change with them. */
export const servesOthers = (): AppError =>
  new AppError(
    'access_denied',
    'The API key is limited to certain accounts, and others use these exchange keys as well',
  );

export const switchedOffKey = (): AppError => invalidParameters({ api_key: ['is stored and switched off'] });

/** Throws permission_denied or withdrawals_enabled. */
export const refuseUnfitKeys = (
  { rights }: Pick<Connection, 'rights'>,
  policy: IntakeState['withdrawalPolicy'],
): void => {
  if (rights.canRead === false) {
    throw new AppError(
      'permission_denied',
      'The exchange key may not read balances; allow reading and try again',
    );
  }
  if (rights.canWithdraw === true && policy === 'refuse') {
    throw new AppError(
      'withdrawals_enabled',
      'The exchange key can withdraw; create a key without the withdrawal right and connect that one',
    );
  }
};

/** The outcome that the audit log keeps: success, and what is worth knowing about keys that were let in. */
export const outcomeOf = (
  { rights }: Pick<Connection, 'rights'>,
  policy: IntakeState['withdrawalPolicy'],
): string => {
  const warnings = [
    ...(rights.canWithdraw === true && policy !== 'allow' ? ['the keys can withdraw'] : []),
    ...(rights.ipRestricted === false ? ['the keys work from any address'] : []),
  ];
  return ['success', ...warnings].join('; ');
};

/** Four characters of each end, fewer of a key so short that they would tell most of it. */
export const maskParts = (apiKey: string): { keyPrefix: string; keySuffix: string } => {
  const shown = Math.min(4, Math.floor(apiKey.length / 4));
  return { keyPrefix: apiKey.slice(0, shown), keySuffix: shown === 0 ? '' : apiKey.slice(-shown) };
};

const EXPIRES_SOON_MS = 7 * 24 * 3_600_000;

/** Moments are ISO 8601; `expiresAt` null: never. */
export const keysState = (expiresAt: string | null, now: string): Account['apiKeysState'] => {
  if (expiresAt === null) return 'ok';
  const leftMs = Date.parse(expiresAt) - Date.parse(now);
  if (leftMs <= 0) return 'expired';
  return leftMs < EXPIRES_SOON_MS ? 'expire_soon' : 'ok';
};
