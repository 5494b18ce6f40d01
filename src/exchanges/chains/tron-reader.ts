/**
 * Balances of a TRON address through a full node's HTTP API: TRX, staked ones as locked, and TRC-20 tokens, asked one
 * after another, as public nodes count every request. Source: TRON developer reference, getaccount and
 * triggerconstantcontract; protocol.Account.
 */
import { LosslessNumber, parse } from 'lossless-json';
import { tronAddressBytes } from '../../shared/chain-address.ts';
import { AppError } from '../../shared/errors.ts';
import { fromUnits, isZero } from '../../shared/money.ts';
import type { Balance } from '../exchange.ts';
import { badAnswer, type ChainHttp } from './chain-http.ts';
import type { ChainReader, NodeEndpoint, Token } from './chain-reader.ts';

/** 1 TRX is 10^6 sun. */
const SUN_PLACES = 6;
const WORD = /^[0-9a-f]{64}$/i;
const MOST_DECIMALS = 77n;

type JsonObject = Readonly<Record<string, unknown>>;

export const createTronReader = (deps: {
  readonly endpoint: NodeEndpoint;
  readonly http: ChainHttp;
  readonly tokens: readonly Token[];
}): ChainReader => {
  const { endpoint, http, tokens } = deps;
  /** By contract: its decimals, which never change. */
  const places = new Map<string, number>();

  const ask = async (method: string, body: object, signal: AbortSignal): Promise<JsonObject> => {
    const url = `${endpoint.url}/wallet/${method}`;
    const text = await http.post(url, endpoint.headers, JSON.stringify({ ...body, visible: true }), signal);
    const answer = parseObject(text);
    // A refusal comes with status 200.
    if (answer['Error'] !== undefined)
      throw new AppError('exchange_error', 'The chain answered with an error');
    return answer;
  };

  /** The one word that a read-only call of a contract returns. */
  const callContract = async (
    address: string,
    contract: string,
    call: { readonly function_selector: string; readonly parameter?: string },
    signal: AbortSignal,
  ): Promise<bigint> => {
    const body = { owner_address: address, contract_address: contract, ...call };
    const answer = await ask('triggerconstantcontract', body, signal);
    const outcome = answer['result'];
    const words = answer['constant_result'];
    const word: unknown = Array.isArray(words) ? words[0] : undefined;
    if (!isObject(outcome) || outcome['result'] !== true) throw badAnswer();
    if (typeof word !== 'string' || !WORD.test(word)) throw badAnswer();
    return BigInt(`0x${word}`);
  };

  const readCoin = async (address: string, signal: AbortSignal): Promise<Balance> => {
    const account = await ask('getaccount', { address }, signal);
    // An address that nothing was ever sent to is answered with an empty object.
    if (Object.keys(account).length > 0 && account['address'] !== address) throw badAnswer();
    const free = unitsAt(account, 'balance');
    const locked = stakedOf(account);
    return {
      asset: 'TRX',
      free: fromUnits(free, SUN_PLACES),
      locked: fromUnits(locked, SUN_PLACES),
      total: fromUnits(free + locked, SUN_PLACES),
    };
  };

  const readToken = async (address: string, token: Token, signal: AbortSignal): Promise<Balance> => {
    const { asset, contract } = token;
    const parameter = tronAddressBytes(address)?.subarray(1).toString('hex').padStart(64, '0') ?? '';
    const balanceOf = { function_selector: 'balanceOf(address)', parameter };
    const units = await callContract(address, contract, balanceOf, signal);
    let decimals = places.get(contract);
    if (decimals === undefined) {
      const answer = await callContract(address, contract, { function_selector: 'decimals()' }, signal);
      if (answer > MOST_DECIMALS) throw badAnswer();
      // eslint-disable-next-line no-restricted-syntax -- a count of decimals, at most 77
      decimals = Number(answer);
      places.set(contract, decimals);
    }
    const total = fromUnits(units, decimals);
    return { asset, free: total, locked: '0', total };
  };

  return {
    read: async (address, signal) => {
      const balances = [await readCoin(address, signal)];
      for (const token of tokens) balances.push(await readToken(address, token, signal));
      return balances.filter(({ total }) => !isZero(total));
    },
  };
};

/** Frozen for energy or bandwidth, lent to others, or on its way back: still the owner's, in both versions of staking. */
const stakedOf = (account: JsonObject): bigint => {
  const resource = objectAt(account, 'account_resource');
  return [
    ...listAt(account, 'frozenV2').map((row) => unitsAt(row, 'amount')),
    ...listAt(account, 'unfrozenV2').map((row) => unitsAt(row, 'unfreeze_amount')),
    ...listAt(account, 'frozen').map((row) => unitsAt(row, 'frozen_balance')),
    unitsAt(account, 'delegated_frozenV2_balance_for_bandwidth'),
    unitsAt(account, 'delegated_frozen_balance_for_bandwidth'),
    unitsAt(resource, 'delegated_frozenV2_balance_for_energy'),
    unitsAt(resource, 'delegated_frozen_balance_for_energy'),
    unitsAt(objectAt(resource, 'frozen_balance_for_energy'), 'frozen_balance'),
    unitsAt(objectAt(account, 'tron_power'), 'frozen_balance'),
  ].reduce((sum, units) => sum + units, 0n);
};

const parseObject = (text: string): JsonObject => {
  let parsed: unknown;
  try {
    // Amounts are JSON numbers of up to 17 digits, more than a double keeps.
    parsed = parse(text);
  } catch {
    throw badAnswer();
  }
  if (!isObject(parsed)) throw badAnswer();
  return parsed;
};

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof LosslessNumber);

/** The API leaves out what is zero or empty; what is there has to have its type. */
const objectAt = (owner: JsonObject, name: string): JsonObject => {
  const value = owner[name] ?? {};
  if (!isObject(value)) throw badAnswer();
  return value;
};

const listAt = (owner: JsonObject, name: string): readonly JsonObject[] => {
  const value = owner[name] ?? [];
  if (!Array.isArray(value) || !value.every(isObject)) throw badAnswer();
  return value;
};

const unitsAt = (owner: JsonObject, name: string): bigint => {
  const value = owner[name];
  if (value === undefined) return 0n;
  if (!(value instanceof LosslessNumber) || !/^\d+$/.test(value.value)) throw badAnswer();
  return BigInt(value.value);
};
