/** Checks what a caller sends to connect an account, per market code, and lists every problem at once. Pure. */
import type { Catalog, CatalogEntry } from '../../exchanges/catalog.ts';
import type { ExchangeKeys } from '../../exchanges/exchange.ts';
import type { ChainId, CredentialField } from '../../exchanges/venue.ts';
import { readEthereumAddress, readTronAddress } from '../../shared/chain-address.ts';
import { invalidParameters } from '../../shared/errors.ts';

/** Parameters as sent; undefined: not sent. */
export interface IntakeParameters {
  readonly type?: string | undefined;
  readonly name?: string | undefined;
  readonly api_key?: string | undefined;
  readonly secret?: string | undefined;
  readonly passphrase?: string | undefined;
  readonly customer_id?: string | undefined;
  readonly address?: string | undefined;
  readonly subaccount_name?: string | undefined;
  readonly types_to_create?: readonly string[] | undefined;
}

export interface Intake {
  readonly name: string;
  /** An exchange's id, or a chain's. */
  readonly venueId: string;
  /** The market code asked for, then the related ones; all of one venue. */
  readonly codes: readonly [string, ...string[]];
  readonly source: AccountSource;
}

/** What an account is read with: keys of an exchange, an address in canonical spelling, or nothing that a caller has. */
export type AccountSource =
  | { readonly kind: 'keys'; readonly keys: ExchangeKeys }
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'paper' };

export type Field = Exclude<keyof IntakeParameters, 'types_to_create'>;

export const PARAMETER_OF: Readonly<Record<CredentialField, Field>> = {
  apiKey: 'api_key',
  secret: 'secret',
  passphrase: 'passphrase',
  customerId: 'customer_id',
  address: 'address',
};

export const ADDRESS_OF: Readonly<Record<ChainId, (text: string) => string | undefined>> = {
  ethereumwallet: readEthereumAddress,
  trx: readTronAddress,
};

// What a type does not ask for is kept all the same when it is sent, unless it is empty.
export const OPTIONAL_FIELDS: readonly Field[] = ['passphrase', 'customer_id', 'subaccount_name'];

const LEAST_LENGTH: Readonly<Partial<Record<Field, number>>> = { name: 2, api_key: 5, secret: 5 };
const GREATEST_LENGTH: Readonly<Partial<Record<Field, number>>> = {
  name: 255,
  customer_id: 255,
  subaccount_name: 255,
};
// The longest real secret is an RSA or EC private key in PEM, below 4 KB.
const GREATEST_KEY_LENGTH = 4_096;

/** Throws record_invalid with the messages of the /ver1 contract per parameter; never quotes a value. */
export const readIntake = (
  parameters: IntakeParameters,
  catalog: Pick<Catalog, 'findMarket' | 'relatedCodes'>,
): Intake => {
  const attributes: Record<string, string[]> = {};
  const entry = catalog.findMarket(parameters.type ?? '');
  if (entry === undefined) {
    attributes['type'] = [presence(parameters.type) ?? 'does not have a valid value'];
  }
  const required = requiredFields(entry);
  for (const field of required) {
    const problem = presence(parameters[field]) ?? wrongText(field, parameters[field]);
    if (problem !== undefined) attributes[field] = [problem];
  }
  for (const field of OPTIONAL_FIELDS) {
    const problem = required.includes(field) ? undefined : tooLong(field, parameters[field]);
    if (problem !== undefined) attributes[field] = [problem];
  }
  const source = sourceOf(entry, parameters);
  if (source === undefined) attributes['address'] ??= ['is invalid'];
  const related = relatedCodes(parameters.types_to_create ?? [], entry, catalog);
  if (related === undefined) attributes['types_to_create'] = ['does not have a valid value'];
  const isBad = Object.keys(attributes).length > 0;
  if (entry === undefined || source === undefined || related === undefined || isBad)
    throw invalidParameters(attributes);
  return {
    name: parameters.name ?? '',
    venueId: entry.venue.id,
    codes: [entry.market.code, ...related],
    source,
  };
};

const requiredFields = (entry: CatalogEntry | undefined): Field[] => [
  'name',
  ...(entry?.venue.requiredFields ?? (['apiKey', 'secret'] as const)).map((field) => PARAMETER_OF[field]),
];

/** Market codes beside the type itself, each once; undefined: one of them cannot go with it. */
const relatedCodes = (
  names: readonly string[],
  entry: CatalogEntry | undefined,
  catalog: Pick<Catalog, 'findMarket' | 'relatedCodes'>,
): string[] | undefined => {
  if (entry === undefined) return [];
  const codes = new Set(names.map((name) => catalog.findMarket(name)?.market.code));
  codes.delete(entry.market.code);
  const allowed = catalog.relatedCodes(entry.market.code);
  const known = [...codes].filter((code) => code !== undefined && allowed.includes(code));
  return known.length === codes.size ? (known as string[]) : undefined;
};

export const presence = (value: string | undefined): string | undefined => {
  if (value === undefined) return 'is missing';
  return value.trim() === '' ? 'is empty' : undefined;
};

export const wrongText = (field: Field, value = ''): string | undefined => {
  const least = LEAST_LENGTH[field] ?? 0;
  if (value.length < least) return `is too short (minimum is ${least} characters)`;
  // The venue would ignore what is not part of the key, and the same key would count as another one.
  if (field === 'api_key' && !/^[\x21-\x7e]+$/.test(value.trim())) return 'is invalid';
  return tooLong(field, value);
};

export const tooLong = (field: Field, value = ''): string | undefined => {
  const greatest = GREATEST_LENGTH[field] ?? GREATEST_KEY_LENGTH;
  return value.length > greatest ? `is too long (maximum is ${greatest} characters)` : undefined;
};

/** undefined: the address is none of the chain. */
const sourceOf = (
  entry: CatalogEntry | undefined,
  parameters: IntakeParameters,
): AccountSource | undefined => {
  if (entry?.venue.ccxtId === null) {
    const address = ADDRESS_OF[entry.venue.id](parameters.address ?? '');
    return address === undefined ? undefined : { kind: 'address', address };
  }
  if (entry?.venue.id === 'paper_trading') return { kind: 'paper' };
  return { kind: 'keys', keys: toKeys(parameters) };
};

export const isFilled = (text: string | undefined): text is string =>
  text !== undefined && text.trim() !== '';

export const toKeys = (parameters: IntakeParameters): ExchangeKeys => ({
  apiKey: (parameters.api_key ?? '').trim(),
  secret: parameters.secret ?? '',
  ...(isFilled(parameters.passphrase) && { passphrase: parameters.passphrase }),
  ...(isFilled(parameters.customer_id) && { customerId: parameters.customer_id }),
  ...(isFilled(parameters.subaccount_name) && { subaccountName: parameters.subaccount_name }),
});
