/** Exchange keys as /api callers send them, with what the exchange wants besides. Pure. */
import type { ExchangeKeys } from '../../exchanges/exchange.ts';
import type { CredentialField, Venue } from '../../exchanges/venue.ts';
import { invalidParameters } from '../../shared/errors.ts';
import type { CredentialMetadata } from './stored-credential.ts';

export interface SentKeys {
  readonly apiKey: string;
  readonly secret: string;
  readonly passphrase: string | null;
}

/** Facts that belong to the keys and are known from accounts that use them; null: there are none. */
export interface KnownFacts {
  readonly customerId: string | null;
  readonly subaccountName: string | null;
}

const NOTHING_KNOWN: KnownFacts = { customerId: null, subaccountName: null };

/** Throws record_invalid, by the names of the wire, for what the exchange wants and was not sent. */
export const readKeys = (
  venue: Venue,
  sent: SentKeys,
  metadata: CredentialMetadata,
  known: KnownFacts = NOTHING_KNOWN,
): ExchangeKeys => {
  if (venue.id === 'paper_trading')
    throw invalidParameters({ api_key: ['paper accounts have no keys that could be stored'] });
  const customerId = textOf(metadata['customer_id']) ?? known.customerId;
  const needs = (field: CredentialField): boolean => venue.requiredFields.includes(field);
  const attributes: Record<string, string[]> = {};
  if (needs('passphrase') && sent.passphrase === null)
    attributes['api_passphrase'] = [`${venue.displayName} keys have a passphrase`];
  if (needs('customerId') && customerId === null)
    attributes['exchange_metadata'] = [`${venue.displayName} keys belong to a customer_id`];
  if (Object.keys(attributes).length > 0) throw invalidParameters(attributes);
  return {
    apiKey: sent.apiKey,
    secret: sent.secret,
    ...(sent.passphrase !== null && { passphrase: sent.passphrase }),
    ...(customerId !== null && { customerId }),
    ...(known.subaccountName !== null && { subaccountName: known.subaccountName }),
  };
};

const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value : null;
