/** Networks and deposit addresses of the venues that tell more, or tell it otherwise, than ccxt's common form holds. */
import { AppError } from '../shared/errors.ts';
import type { Ask } from './ccxt-ask.ts';
import {
  badResponse,
  callEndpoint,
  type CcxtExchange,
  isObject,
  type JsonObject,
  objectAt,
} from './ccxt-exchange.ts';
import { decimalOf, positive } from './ccxt-market-list.ts';
import type { AssetNetwork, AssetNetworks, DepositAddress } from './market-port.ts';
import type { VenueId } from './venue.ts';

export interface NetworkReader {
  readonly networks?: (ask: Ask, exchange: CcxtExchange, asset: string) => Promise<AssetNetworks | undefined>;
  readonly address?: (
    ask: Ask,
    exchange: CcxtExchange,
    asset: string,
    network: string,
  ) => Promise<DepositAddress>;
}

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

export const toAddress = (address: unknown, tag: unknown): DepositAddress => {
  const text = textOf(address);
  if (text === undefined) throw badResponse();
  return { address: text, tag: typeof tag === 'number' ? String(tag) : (textOf(tag) ?? null) };
};

const NOTHING_TOLD: Omit<AssetNetwork, 'id' | 'name'> = {
  depositEnabled: null,
  withdrawEnabled: null,
  withdrawFee: null,
  withdrawMin: null,
  withdrawMax: null,
  withdrawStep: null,
  isDefault: null,
  depositTip: null,
  withdrawTip: null,
  specialTip: null,
  addressPattern: null,
  tagPattern: null,
};

const rowsOf = (value: unknown): readonly JsonObject[] => {
  if (!Array.isArray(value) || !value.every(isObject)) throw badResponse();
  return value;
};

/** The venue's own code of an asset. */
const venueCode = (exchange: CcxtExchange, asset: string): string | undefined => {
  const currencies: unknown = Reflect.get(exchange, 'currencies');
  const known = isObject(currencies) && Object.hasOwn(currencies, asset) ? currencies[asset] : undefined;
  return isObject(known) ? textOf(known['id']) : undefined;
};

const codeOf = (exchange: CcxtExchange, asset: string): string => {
  const code = venueCode(exchange, asset);
  if (code === undefined) throw new AppError('exchange_refused', 'The exchange knows no such asset');
  return code;
};

const binanceNetwork = (row: JsonObject): AssetNetwork => {
  const id = textOf(row['network']);
  if (id === undefined) throw badResponse();
  return {
    id,
    name: textOf(row['name']) ?? id,
    depositEnabled: row['depositEnable'] === true,
    withdrawEnabled: row['withdrawEnable'] === true,
    withdrawFee: decimalOf(row['withdrawFee']) ?? null,
    withdrawMin: positive(row['withdrawMin']),
    withdrawMax: positive(row['withdrawMax']),
    withdrawStep: positive(row['withdrawIntegerMultiple']),
    isDefault: row['isDefault'] === true,
    depositTip: textOf(row['depositDesc']) ?? null,
    withdrawTip: textOf(row['withdrawDesc']) ?? null,
    specialTip: textOf(row['specialTips']) ?? null,
    addressPattern: textOf(row['addressRegex']) ?? null,
    tagPattern: textOf(row['memoRegex']) ?? null,
  };
};

/** Binance and Binance.US: one list of all coins, the rules of each network in it. */
const binance: NetworkReader = {
  networks: async (ask, exchange, asset) => {
    const rows = rowsOf(await ask(() => callEndpoint(exchange, 'sapiGetCapitalConfigGetall')));
    const found = rows.find(({ coin }) => coin === asset);
    if (found === undefined) return undefined;
    const networks = rowsOf(found['networkList']).map(binanceNetwork);
    return { asset, name: textOf(found['name']) ?? asset, networks };
  },
  address: async (ask, exchange, asset, network) => {
    const query = { coin: asset, network };
    const answer = await ask(() => callEndpoint(exchange, 'sapiGetCapitalDepositAddress', query));
    if (!isObject(answer)) throw badResponse();
    return toAddress(answer['address'], answer['tag']);
  },
};

/** Kraken calls the ways to deposit an asset methods, and names no other rules without a withdrawal address. */
const kraken: NetworkReader = {
  networks: async (ask, exchange, asset) => {
    const code = venueCode(exchange, asset);
    if (code === undefined) return undefined;
    const answer = await ask(() => callEndpoint(exchange, 'privatePostDepositMethods', { asset: code }));
    const rows = rowsOf(isObject(answer) ? answer['result'] : undefined);
    return {
      asset,
      name: asset,
      networks: rows.flatMap(({ method }) => {
        const id = textOf(method);
        return id === undefined ? [] : [{ ...NOTHING_TOLD, id, name: id, depositEnabled: true }];
      }),
    };
  },
  address: async (ask, exchange, asset, network) => {
    const query = { asset: codeOf(exchange, asset), method: network };
    const answer = await ask(() => callEndpoint(exchange, 'privatePostDepositAddresses', query));
    const first = objectAt(isObject(answer) ? answer['result'] : undefined, 0);
    if (first === undefined)
      throw new AppError('exchange_refused', 'The exchange has given out no address for this asset yet');
    return toAddress(first['address'], first['tag'] ?? first['memo']);
  },
};

/** Bitstamp: networks stand in the public list of currencies. */
const bitstamp: NetworkReader = {
  networks: async (ask, exchange, asset) => {
    const rows = rowsOf(await ask(() => callEndpoint(exchange, 'publicGetCurrencies')));
    const found = rows.find(({ currency }) => currency === asset);
    if (found === undefined) return undefined;
    const networks = rowsOf(found['networks'] ?? []).flatMap((row) => {
      const id = textOf(row['network']);
      if (id === undefined) return [];
      const enabled = (value: unknown): boolean => value === 'Enabled';
      return [
        {
          ...NOTHING_TOLD,
          id,
          name: id,
          depositEnabled: enabled(row['deposit']),
          withdrawEnabled: enabled(row['withdrawal']),
          withdrawMin: positive(row['withdrawal_minimum_amount']),
        },
      ];
    });
    return { asset, name: textOf(found['name']) ?? asset, networks };
  },
  address: async (ask, exchange, asset, network) => {
    const method: unknown = Reflect.get(exchange, 'fetchDepositAddress');
    if (typeof method !== 'function') throw badResponse();
    const query = [asset, { network }];
    const answer = await ask(() => Reflect.apply(method, exchange, query) as Promise<unknown>);
    if (!isObject(answer)) throw badResponse();
    return toAddress(answer['address'], answer['tag']);
  },
};

interface AddressList {
  /** Endpoint, and the parameter that it takes the asset in. */
  readonly endpoint: string;
  readonly parameter: string;
  rows(answer: JsonObject): unknown;
  /** Names of a row's fields. */
  readonly network: string;
  readonly address: string;
  readonly tag: string;
}

/** Where one answer lists the addresses of an asset on all networks. ccxt sorts them by chains it knows, and loses some. */
const fromList = (list: AddressList): Required<Pick<NetworkReader, 'address'>> => ({
  address: async (ask, exchange, asset, network) => {
    const query = { [list.parameter]: codeOf(exchange, asset) };
    const answer = await ask(() => callEndpoint(exchange, list.endpoint, query));
    if (!isObject(answer)) throw badResponse();
    const found = rowsOf(list.rows(answer)).find((row) => row[list.network] === network);
    if (found === undefined)
      throw new AppError('exchange_refused', 'The exchange gives out no address on this network');
    return toAddress(found[list.address], found[list.tag]);
  },
});

const okx = fromList({
  endpoint: 'privateGetAssetDepositAddress',
  parameter: 'ccy',
  rows: ({ data }) => (Array.isArray(data) ? data.filter(isObject).map(withOkxTag) : data),
  network: 'chain',
  address: 'addr',
  tag: 'tag',
});

/** The field that holds the tag goes by the asset. */
const withOkxTag = (row: JsonObject): JsonObject => ({
  ...row,
  tag: textOf(row['tag']) ?? textOf(row['memo']) ?? textOf(row['pmtId']),
});

const bybit = fromList({
  endpoint: 'privateGetV5AssetDepositQueryAddress',
  parameter: 'coin',
  rows: ({ result }) => (isObject(result) ? result['chains'] : undefined),
  network: 'chain',
  address: 'addressDeposit',
  tag: 'tagDeposit',
});

const kucoinList = fromList({
  endpoint: 'privateGetDepositAddresses',
  parameter: 'currency',
  rows: ({ data }) => data,
  network: 'chainId',
  address: 'address',
  tag: 'memo',
});

const kucoin: NetworkReader = {
  address: async (ask, exchange, asset, network) => {
    const versions = objectAt(objectAt(objectAt(exchange.options, 'versions'), 'private'), 'GET');
    // The first version of the endpoint answers one address, of a network of its choice.
    if (versions !== undefined) Reflect.set(versions, 'deposit-addresses', 'v2');
    return await kucoinList.address(ask, exchange, asset, network);
  },
};

const gate = fromList({
  endpoint: 'privateWalletGetDepositAddress',
  parameter: 'currency',
  rows: (answer) => answer['multichain_addresses'],
  network: 'chain',
  address: 'address',
  tag: 'payment_id',
});

const huobi = fromList({
  endpoint: 'spotPrivateGetV2AccountDepositAddress',
  parameter: 'currency',
  rows: ({ data }) => data,
  network: 'chain',
  address: 'address',
  tag: 'addressTag',
});

export const NETWORK_READERS: Partial<Readonly<Record<VenueId, NetworkReader>>> = {
  binance,
  binance_us: binance,
  kraken,
  bitstamp,
  okx,
  bybit,
  kucoin,
  gate_io: gate,
  huobi,
};
