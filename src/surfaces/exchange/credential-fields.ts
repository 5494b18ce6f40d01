/** Fields of stored credentials as callers send them: keys, permissions, addresses and facts that are no secrets. */
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { isAddressRange } from '../../auth/ip-allowlist.ts';
import type { Catalog } from '../../exchanges/catalog.ts';
import type { CredentialMetadata, Permission } from '../../features/credentials/stored-credential.ts';
import { text } from '../api/api-fields.ts';
import type { NamedExchange } from './exchange-name.ts';

// The longest real secret is an RSA or EC private key in PEM, below 4 KB.
const GREATEST_KEY_LENGTH = 4_096;
const LEAST_KEY_LENGTH = 8;
const MOST_ADDRESSES = 100;
const MOST_METADATA_CHARACTERS = 4_096;
const MOST_METADATA_DEPTH = 4;
const LONGEST_CUSTOMER_ID = 255;

// The exchange would ignore what is not part of the key, and the same key would count as another one.
const KEY_TEXT = /^[\x21-\x7e]+$/;

export const apiKey = (least = LEAST_KEY_LENGTH) =>
  text({ least, most: GREATEST_KEY_LENGTH })
    .transform((key) => key.trim())
    .refine((key) => key.length < least || KEY_TEXT.test(key), 'must be one word of printable ASCII');

export const apiSecret = (least = LEAST_KEY_LENGTH) => text({ least, most: GREATEST_KEY_LENGTH });

/** Blank counts as not sent. */
export const apiPassphrase = () =>
  z
    .string()
    .max(GREATEST_KEY_LENGTH)
    .nullish()
    .transform((passphrase) =>
      passphrase === null || passphrase === undefined || passphrase.trim() === '' ? null : passphrase,
    );

export const credentialName = () => text({ least: 1, most: 100 });

export const permissions = () =>
  z
    .array(z.enum(['read', 'trade', 'withdraw']))
    .transform((sent): Permission[] => [...new Set(sent)])
    .describe('List of permissions: read, trade, withdraw; what the exchange says stands above it');

export const ipWhitelist = () =>
  z
    .array(
      z
        .string()
        .refine(
          (entry) => isAddressRange(entry) && !hasHostBits(entry),
          'must be an IP address or a CIDR range',
        ),
    )
    .max(MOST_ADDRESSES);

/** `10.0.0.1/24` is neither an address nor a range. */
const hasHostBits = (entry: string): boolean => {
  if (!entry.includes('/')) return false;
  const [address] = ipaddr.parseCIDR(entry);
  const family = address.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6;
  return family.networkAddressFromCIDR(entry).toNormalizedString() !== address.toNormalizedString();
};

// Of names without what stands between their words: `API-Key` is `apikey`.
const SECRET_NAME =
  /apikey|accesskey|privatekey|signingkey|secret|^pass$|passphrase|passw|pwd|token|mnemonic|seedphrase/;
const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY/;

export const exchangeMetadata = () =>
  z
    .record(z.string(), z.unknown())
    .superRefine((metadata, context) => {
      const refuse = (message: string, ...path: string[]): void =>
        context.addIssue({ code: 'custom', message, path });
      for (const name of ['testnet', 'use_us'])
        if (!['undefined', 'boolean'].includes(typeof metadata[name])) refuse('must be true or false', name);
      const { customer_id: customerId } = metadata;
      if (customerId !== undefined && !isCustomerId(customerId)) refuse('must be a text', 'customer_id');
      if (depthOf(metadata) > MOST_METADATA_DEPTH)
        refuse(`must not be nested deeper than ${MOST_METADATA_DEPTH} levels`);
      if (JSON.stringify(metadata).length > MOST_METADATA_CHARACTERS)
        refuse(`must not be longer than ${MOST_METADATA_CHARACTERS} characters`);
      if (hasSecretName(metadata) || textsOf(metadata).some((text) => PRIVATE_KEY.test(text)))
        refuse(STORED_IN_CLEAR);
    })
    // Ours to say, in answers.
    .transform(
      (metadata): CredentialMetadata =>
        Object.fromEntries(Object.entries(metadata).filter(([name]) => name !== 'permissions_source')),
    )
    .describe("Exchange-specific configuration (e.g., {'testnet': true, 'use_us': true})");

const isCustomerId = (value: unknown): boolean =>
  typeof value === 'string' && value.length <= LONGEST_CUSTOMER_ID;

const valuesOf = (value: unknown): unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value) : [];

const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...valuesOf(value).map(depthOf)) : 0;

const hasSecretName = (value: unknown): boolean =>
  (typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).some((name) => SECRET_NAME.test(name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')))) ||
  valuesOf(value).some(hasSecretName);

const STORED_IN_CLEAR = 'must not hold keys or secrets: it is stored in the clear';

const textsOf = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  const names = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  return [...names, ...valuesOf(value).flatMap(textsOf)];
};

interface KeysAndFacts {
  readonly api_key?: string | null | undefined;
  readonly api_secret?: string | null | undefined;
  readonly api_passphrase?: string | null | undefined;
  readonly credential_name?: string | null | undefined;
  readonly exchange_metadata?: unknown;
}

/** Raises a problem of a name or of metadata that holds what is sent as a key beside it. */
export const checkFacts = (sent: KeysAndFacts, context: z.core.$RefinementCtx): void => {
  // What is shorter may stand in any text by chance.
  const secrets = [sent.api_key, sent.api_secret, sent.api_passphrase]
    .map((secret) => secret?.trim() ?? '')
    .filter(({ length }) => length >= LEAST_KEY_LENGTH);
  for (const name of ['credential_name', 'exchange_metadata'] as const)
    if (textsOf(sent[name]).some((text) => secrets.some((secret) => text.includes(secret))))
      context.addIssue({ code: 'custom', path: [name], message: STORED_IN_CLEAR });
};

/** The exchange that the keys are for: `use_us` turns Binance into Binance.US; the name stays as it was written. */
export const exchangeOf = (
  exchange: NamedExchange,
  metadata: CredentialMetadata,
  catalog: Pick<Catalog, 'findExchange'>,
): NamedExchange => {
  const isUs = exchange.venue.id === 'binance' && metadata['use_us'] === true;
  return isUs ? { ...exchange, ...catalog.findExchange('binance_us') } : exchange;
};
