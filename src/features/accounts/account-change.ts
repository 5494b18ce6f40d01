/** Checks what a caller sends to change a connected account, and lists every problem at once. Pure. */
import type { CatalogEntry } from '../../exchanges/catalog.ts';
import type { ExchangeKeys } from '../../exchanges/exchange.ts';
import { invalidParameters } from '../../shared/errors.ts';
import type { Account } from './account.ts';
import {
  ADDRESS_OF,
  type Field,
  type IntakeParameters,
  isFilled,
  OPTIONAL_FIELDS,
  PARAMETER_OF,
  presence,
  toKeys,
  tooLong,
  wrongText,
} from './account-intake.ts';

/** Parameters as sent; undefined: stays as it is. */
export interface ChangeParameters extends Omit<IntakeParameters, 'type' | 'types_to_create'> {
  readonly include_in_summary?: boolean | undefined;
}

export interface AccountChange {
  readonly name: string | null;
  readonly includeInSummary: boolean | null;
  /** All of them anew; null: the keys stay. */
  readonly keys: ExchangeKeys | null;
  /** In canonical spelling; null: it stays. */
  readonly address: string | null;
}

type Known = Pick<Account, 'mode' | 'customerId' | 'subaccountName' | 'address'>;
type Attributes = Record<string, string[]>;

/** Throws record_invalid with the messages of the /ver1 contract per parameter; never quotes a value. */
export const readChange = (
  parameters: ChangeParameters,
  account: Known,
  entry: CatalogEntry,
): AccountChange => {
  const attributes: Attributes = {};
  if (parameters.name !== undefined) note(attributes, 'name', parameters.name);
  const isChain = entry.venue.ccxtId === null;
  const change = {
    name: parameters.name ?? null,
    includeInSummary: parameters.include_in_summary ?? null,
    keys: isChain ? null : readNewKeys(parameters, account, entry, attributes),
    address: readNewAddress(parameters, account, entry, attributes),
  };
  if (Object.keys(attributes).length > 0) throw invalidParameters(attributes);
  return change;
};

const note = (attributes: Attributes, field: Field, value: string | undefined): void => {
  const problem = presence(value) ?? wrongText(field, value);
  if (problem !== undefined) attributes[field] = [problem];
};

const readNewAddress = (
  { address: sent }: ChangeParameters,
  account: Known,
  { venue }: CatalogEntry,
  attributes: Attributes,
): string | null => {
  if (venue.ccxtId !== null || sent === undefined) return null;
  note(attributes, 'address', sent);
  const address = ADDRESS_OF[venue.id](sent);
  if (address === undefined) attributes['address'] ??= ['is invalid'];
  return address === undefined || address === account.address ? null : address;
};

/** What belongs to the account at the venue stays unless it is sent; the keys themselves are sent whole or not at all. */
const readNewKeys = (
  parameters: ChangeParameters,
  account: Known,
  { venue }: CatalogEntry,
  attributes: Attributes,
): ExchangeKeys | null => {
  const own = {
    customer_id: isFilled(parameters.customer_id)
      ? parameters.customer_id
      : (account.customerId ?? undefined),
    subaccount_name: isFilled(parameters.subaccount_name)
      ? parameters.subaccount_name
      : (account.subaccountName ?? undefined),
  };
  // Clients send a whole record back: what the account already has is no change.
  const isChange =
    parameters.api_key !== undefined ||
    parameters.secret !== undefined ||
    isFilled(parameters.passphrase) ||
    (own.customer_id ?? null) !== account.customerId ||
    (own.subaccount_name ?? null) !== account.subaccountName;
  if (!isChange) return null;
  if (account.mode === 'paper') {
    // The keys of a paper account are of our own making.
    attributes['api_key'] = ['is invalid'];
    return null;
  }
  const sent: IntakeParameters = { ...parameters, ...own };
  const required = venue.requiredFields.map((field) => PARAMETER_OF[field]);
  for (const field of required) note(attributes, field, sent[field]);
  for (const field of OPTIONAL_FIELDS) {
    const problem = required.includes(field) ? undefined : tooLong(field, sent[field]);
    if (problem !== undefined) attributes[field] = [problem];
  }
  return toKeys(sent);
};
