/**
 * Over which chains an asset moves at a venue, and the address to send it to. An address on another chain than the
 * asked one loses what is sent there: one is answered only when the venue was asked for the chain by its own name, or
 * names the chain in its answer.
 */
import { AppError } from '../shared/errors.ts';
import type { Ask } from './ccxt-ask.ts';
import { hasCcxtClass } from './ccxt-errors.ts';
import { badResponse, type CcxtExchange, isObject, type JsonObject, objectAt } from './ccxt-exchange.ts';
import { decimalOf, positive } from './ccxt-market-list.ts';
import { NETWORK_READERS, textOf, toAddress } from './ccxt-network-readers.ts';
import type { AssetNetwork, AssetNetworks, DepositAddress } from './market-port.ts';
import type { VenueId } from './venue.ts';

// ccxt states a step, and not a number of digits.
const TICK_SIZE = 4;

/** undefined: the venue knows no such asset. Throws not_supported where it tells no networks. */
export const readNetworks = async (
  ask: Ask,
  exchange: CcxtExchange,
  venueId: VenueId,
  asset: string,
): Promise<AssetNetworks | undefined> => {
  const reader = NETWORK_READERS[venueId];
  if (reader?.networks !== undefined) return await reader.networks(ask, exchange, asset);
  const found = await askCurrency(ask, exchange, asset);
  if (found === undefined) return undefined;
  return {
    asset,
    name: textOf(found['name']) ?? asset,
    networks: networksOf(found).map((network) => toNetwork(network, exchange)),
  };
};

/** `network`: an id that `readNetworks` told. */
export const readDepositAddress = async (
  ask: Ask,
  exchange: CcxtExchange,
  venueId: VenueId,
  { asset, network }: { readonly asset: string; readonly network: string },
): Promise<DepositAddress> => {
  const address = NETWORK_READERS[venueId]?.address;
  if (address !== undefined) return await address(ask, exchange, asset, network).catch(rethrowUntold);
  if (exchange.has['fetchDepositAddress'] !== true) throw notTold();
  return await askByName(ask, exchange, asset, network).catch(rethrowUntold);
};

const notTold = (): AppError =>
  new AppError('not_supported', 'The exchange does not tell where this can be deposited');

const rethrowUntold = (error: unknown): never => {
  throw hasCcxtClass(error, ['ArgumentsRequired', 'NotSupported']) ? notTold() : error;
};

/** ccxt's entry of the asset. Some venues list their currencies to key holders only. */
const askCurrency = async (
  ask: Ask,
  exchange: CcxtExchange,
  asset: string,
): Promise<JsonObject | undefined> => {
  const answer = await ask(() => callMethod(exchange, 'fetchCurrencies')).catch(rethrowUntold);
  if (!isObject(answer)) throw badResponse();
  if (Object.keys(answer).length === 0) throw notTold();
  const found = Object.hasOwn(answer, asset) ? answer[asset] : undefined;
  return isObject(found) ? found : undefined;
};

const callMethod = async (exchange: CcxtExchange, name: string, ...given: unknown[]): Promise<unknown> => {
  const method: unknown = Reflect.get(exchange, name);
  if (typeof method !== 'function') throw notTold();
  return await (Reflect.apply(method, exchange, given) as Promise<unknown>);
};

const networksOf = (currency: JsonObject): readonly JsonObject[] =>
  Object.values(objectAt(currency, 'networks') ?? {}).filter(isObject);

const toNetwork = (network: JsonObject, exchange: CcxtExchange): AssetNetwork => {
  const id = textOf(network['id']);
  if (id === undefined) throw badResponse();
  const withdraw = objectAt(objectAt(network, 'limits'), 'withdraw');
  const flag = (value: unknown): boolean | null => (typeof value === 'boolean' ? value : null);
  const steps = Reflect.get(exchange, 'precisionMode') === TICK_SIZE;
  return {
    id,
    name: textOf(network['name']) ?? textOf(network['network']) ?? id,
    depositEnabled: flag(network['deposit']),
    withdrawEnabled: flag(network['withdraw']),
    // Zero is a fee too.
    withdrawFee: decimalOf(network['fee']) ?? null,
    withdrawMin: positive(withdraw?.['min']),
    withdrawMax: positive(withdraw?.['max']),
    withdrawStep: steps ? positive(network['precision']) : null,
    isDefault: null,
    depositTip: null,
    withdrawTip: null,
    specialTip: null,
    addressPattern: null,
    tagPattern: null,
  };
};

/** Through ccxt, which knows chains by names of its own. */
const askByName = async (
  ask: Ask,
  exchange: CcxtExchange,
  asset: string,
  network: string,
): Promise<DepositAddress> => {
  const currency = await askCurrency(ask, exchange, asset);
  const known = currency === undefined ? [] : networksOf(currency);
  const code = known.find(({ id }) => id === network)?.['network'];
  if (typeof code !== 'string') throw notTold();
  const row = await ask(() => callMethod(exchange, 'fetchDepositAddress', asset, { network: code }));
  if (!isObject(row)) throw badResponse();
  if (row['network'] !== code) throw notTold();
  return toAddress(row['address'], row['tag']);
};
