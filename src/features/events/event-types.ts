/**
 * Every type of event with what it tells: the contract with webhook consumers and readers of the event stream. Thin: ids
 * and what changed; whoever wants more asks for the record. Fields are only ever added.
 */
import { z } from 'zod';
import type { Scope } from '../../auth/actor.ts';

export interface EventDefinition {
  readonly summary: string;
  /** What a caller key needs to hear of it. */
  readonly scope: Scope;
  readonly data: z.ZodObject;
}

const accountId = z.int().positive().describe('Id of the account');
const credentialId = z.uuid().describe('Id of the exchange keys');
const callerKeyId = z.uuid().describe('Id of the caller key');
const endpointId = z.uuid().describe('Id of the webhook endpoint');
const exchange = z.string().describe('Name of the exchange, as /api/exchange knows it');
const amount = z.string().describe('Decimal');
const moment = z.iso.datetime().describe('ISO 8601, UTC');
const right = z.boolean().nullable().describe('null: the exchange does not say');

const event = <Data extends z.ZodObject>(
  summary: string,
  data: Data,
  scope: Scope = 'ACCOUNTS_READ',
): { readonly summary: string; readonly scope: Scope; readonly data: Data } => ({ summary, scope, data });
const forOwners = <Data extends z.ZodObject>(summary: string, data: Data) =>
  event(summary, data, 'KEYS_WRITE');

const connected = z.object({
  account_id: accountId,
  credential_id: credentialId.nullable().describe('null: a watched address'),
  market_code: z.string().describe('Type of the account, e.g. binance'),
  mode: z.enum(['real', 'paper']),
});
const rights = z.object({
  credential_id: credentialId,
  exchange,
  can_read: right,
  can_trade: right,
  can_withdraw: right,
});
const storedKeys = z.object({ credential_id: credentialId, exchange });
const callerKey = z.object({ key_id: callerKeyId });
const failure = z.object({
  exchange,
  reason: z.string().describe('e.g. circuit_open, banned, unreachable'),
});

export const EVENT_TYPES = {
  'account.connected': event('An exchange account was connected', connected),
  'account.updated': event(
    'An account was changed',
    z.object({ account_id: accountId, changed: z.array(z.string()).describe('Names of what changed') }),
  ),
  'account.removed': event('An account was disconnected', z.object({ account_id: accountId })),
  'account.locked': event(
    'An account was locked: it is not synced until that ends',
    z.object({ account_id: accountId, reason: z.string().describe('e.g. invalid_api_key') }),
  ),
  'account.unlocked': event(
    'The exchange takes the keys of a locked account again: it is synced as before',
    z.object({ account_id: accountId }),
  ),
  'account.keys_invalid': event(
    'The exchange refused the keys of an account',
    z.object({ account_id: accountId, credential_id: credentialId }),
  ),
  'account.rights_changed': event(
    'The keys of an account may do other things at the exchange than before',
    rights.extend({ account_id: accountId }),
  ),
  'credential.stored': event('Exchange keys were stored', storedKeys),
  'credential.updated': event(
    'What is stored with exchange keys was changed',
    storedKeys.extend({ changed: z.array(z.string()).describe('Names of what changed') }),
  ),
  'credential.replaced': event('Exchange keys took the place of others', storedKeys),
  'credential.deleted': event('Exchange keys were destroyed', storedKeys),
  'credential.validated': event(
    'A check of exchange keys ended otherwise than the one before',
    storedKeys.extend({ validation_status: z.string().describe('As /api/exchange/credentials tells it') }),
  ),
  'credential.rights_changed': event('Exchange keys may do other things at the exchange than before', rights),
  'balance.synced': event(
    'A sync found other balances than before',
    z.object({
      account_id: accountId.nullable().describe('null: keys that are stored and not connected as an account'),
      credential_id: credentialId.nullable().describe('null: a watched address'),
      market_code: z.string().describe('Type of the account, e.g. binance'),
      synced_at: moment,
      usd_amount: amount,
      btc_amount: amount,
      changed_assets: z.array(z.string()).max(100).describe('Assets whose total changed, 100 at most'),
      changed_count: z.int().describe('How many changed'),
    }),
  ),
  'trades.synced': event(
    'A sync stored new trades',
    z.object({
      account_id: accountId.nullable().describe('null: keys that are stored and not connected as an account'),
      credential_id: credentialId,
      exchange,
      symbol: z.string().nullable().describe('Market that was read; null: all of them together'),
      new_trades: z.int().positive(),
      is_complete: z.boolean().describe('false: more of this market will follow'),
    }),
  ),
  'profit.daily': event(
    'A day (UTC) ended',
    z.object({
      account_id: accountId,
      day: z.iso.date(),
      usd_profit: amount.nullable().describe('Decimal; null: not known'),
      btc_profit: amount.nullable().describe('Decimal; null: not known'),
      usd_amount: amount,
      btc_amount: amount,
    }),
  ),
  'exchange.degraded': event('An exchange where the tenant has accounts stopped answering', failure),
  'exchange.recovered': event('The exchange answers again', z.object({ exchange, degraded_since: moment })),
  'key.created': forOwners('A caller key was made', callerKey),
  'key.updated': forOwners('A caller key was changed', callerKey),
  'key.rotated': forOwners('A caller key got a new secret or public key', callerKey),
  'key.revoked': forOwners('A caller key was revoked', callerKey),
  'webhook.disabled': forOwners(
    'A webhook endpoint was switched off, because of its answers',
    z.object({ endpoint_id: endpointId, reason: z.string() }),
  ),
  'webhook.test': forOwners('A test, sent to one endpoint on request', z.object({ endpoint_id: endpointId })),
  'security.canary_opened': forOwners(
    'A credential that is a trap was opened: somebody reads what they should not',
    z.object({ credential_id: credentialId }),
  ),
  'security.custody_frozen': forOwners(
    'No exchange keys of anybody are opened until an operator sets custody free',
    z.object({
      reason: z
        .string()
        .describe('canary_opened: custody did it by itself; operator: somebody who runs it did'),
    }),
  ),
  'security.custody_thawed': forOwners('Exchange keys are opened again', z.object({})),
  'security.authentication_failures': forOwners(
    'Requests with the id of a caller key failed to prove themselves so often that they are turned away',
    callerKey.extend({ failures: z.int().describe('A minute, at least') }),
  ),
  'security.address_refused': forOwners(
    'A request that a caller key had signed came from an address that the key does not allow',
    callerKey.extend({ address: z.string() }),
  ),
} as const satisfies Readonly<Record<string, EventDefinition>>;

export type EventType = keyof typeof EVENT_TYPES;
export type EventData<Type extends EventType> = z.input<(typeof EVENT_TYPES)[Type]['data']>;

/** Of what is read from the database. */
export const isEventType = (text: string): text is EventType => Object.hasOwn(EVENT_TYPES, text);
