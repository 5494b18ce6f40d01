/** A full node of the simulated TRON: the HTTP API's account and read-only contract calls. */
import { stringify } from 'lossless-json';
import { toTronAddress, tronAddressBytes } from '../../shared/chain-address.ts';
import type { Ledger, SandboxAccount } from '../ledger.ts';
import { type Answer, json, publicRoute, type Venue } from '../venue.ts';
import { addressAt, word } from './abi-words.ts';
import { toUnits, TRON_TOKENS, unitsHeld } from './token-contracts.ts';

const SUN_PLACES = 6;
const HEX_ADDRESS = /^41[0-9a-f]{40}$/i;

type JsonObject = Readonly<Record<string, unknown>>;

export const createTronNode = (ledger: Ledger): Venue => ({
  id: 'trx',
  hosts: { 'tron-node': ['/wallet/', '/walletsolidity/'] },
  routes: new Map(
    ['/wallet', '/walletsolidity'].flatMap((prefix) => [
      [`POST ${prefix}/getaccount`, publicRoute(({ body }) => getAccount(ledger, body))],
      [`POST ${prefix}/triggerconstantcontract`, publicRoute(({ body }) => trigger(ledger, body))],
    ]),
  ),
  apiKeyOf: () => undefined,
  authenticate: () => json(401, { Error: 'ApiKey not exists' }),
  errors: {
    invalidKey: () => json(401, { Error: 'ApiKey not exists' }),
    permissionDenied: () => json(403, { Error: 'The request is not in the white list' }),
    notFound: () => ({ status: 404, body: Buffer.from('<html><body><h1>404 Not Found</h1></body></html>') }),
    rateLimited: (seconds) =>
      json(429, { Error: 'request rate exceeded the allowed_rps' }, { 'retry-after': seconds.toString() }),
    unavailable: (status) => json(status, { Error: 'Service Unavailable' }),
  },
});

const getAccount = (ledger: Ledger, body: Buffer): Answer => {
  const input = inputOf(body);
  const address = addressOf(input, 'address');
  if (address === undefined) return INVALID_ADDRESS;
  const account = ledger.find('trx', address);
  // Of an address that was never used nothing is known.
  return account === undefined ? exactJson({}) : exactJson(accountOf(account, address));
};

const accountOf = (account: SandboxAccount, address: string): JsonObject => {
  const { free, locked } = account.wallets.spot.get('TRX') ?? { free: '0', locked: '0' };
  const balance = toUnits(free, SUN_PLACES);
  const staked = toUnits(locked, SUN_PLACES);
  // Of what is staked some is lent to others and some on its way back.
  const lent = staked / 4n;
  const leaving = staked / 8n;
  return {
    address,
    ...(balance > 0n && { balance }),
    create_time: account.openedAtMs,
    frozenV2: [{ ...amount(staked - lent - leaving) }, { type: 'ENERGY' }, { type: 'TRON_POWER' }],
    ...(leaving > 0n && {
      unfrozenV2: [{ unfreeze_amount: leaving, unfreeze_expire_time: account.openedAtMs }],
    }),
    account_resource: {
      energy_window_size: 28_800_000,
      ...(lent > 0n && { delegated_frozenV2_balance_for_energy: lent }),
    },
  };
};

/** The API leaves out what is zero. */
const amount = (units: bigint): { amount?: bigint } => (units > 0n ? { amount: units } : {});

const trigger = (ledger: Ledger, body: Buffer): Answer => {
  const input = inputOf(body);
  const contract = addressOf(input, 'contract_address');
  if (addressOf(input, 'owner_address') === undefined || contract === undefined) return INVALID_ADDRESS;
  const token = TRON_TOKENS.get(contract);
  if (token === undefined)
    return exactJson({
      result: { code: 'CONTRACT_VALIDATE_ERROR', message: 'Smart contract is not exist.' },
    });
  switch (input['function_selector']) {
    case 'decimals()':
      return returned(BigInt(token.decimals));
    case 'balanceOf(address)': {
      const holder = holderOf(input['parameter']);
      return holder === undefined ? REVERTED : returned(unitsHeld(ledger, 'trx', holder, token));
    }
    default:
      return REVERTED;
  }
};

const exactJson = (value: unknown): Answer => ({ status: 200, body: Buffer.from(stringify(value) ?? '') });

const INVALID_ADDRESS = exactJson({
  Error: 'class java.lang.IllegalArgumentException : invalid address',
});

const REVERTED = exactJson({
  result: { result: true, message: 'REVERT opcode executed' },
  constant_result: [''],
  transaction: { ret: [{ ret: 'FAILED' }] },
});

const returned = (value: bigint): Answer =>
  exactJson({
    result: { result: true },
    energy_used: 935,
    constant_result: [word(value).toString('hex')],
    transaction: { ret: [{}], visible: true },
  });

const inputOf = (body: Buffer): JsonObject => {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? (parsed as JsonObject) : {};
  } catch {
    return {};
  }
};

/** With `visible` base58check, else hex; answered in base58check. */
const addressOf = (input: JsonObject, name: string): string | undefined => {
  const text = input[name];
  if (typeof text !== 'string') return undefined;
  if (input['visible'] === true) return tronAddressBytes(text) === undefined ? undefined : text;
  return HEX_ADDRESS.test(text) ? toTronAddress(Buffer.from(text.slice(2), 'hex')) : undefined;
};

/** An argument as the contract sees it: the 20 bytes without TRON's prefix. */
const holderOf = (parameter: unknown): string | undefined => {
  if (typeof parameter !== 'string' || !/^[0-9a-f]{64}$/i.test(parameter)) return undefined;
  try {
    return toTronAddress(Buffer.from(addressAt(Buffer.from(parameter, 'hex'), 0).slice(2), 'hex'));
  } catch {
    return undefined;
  }
};
