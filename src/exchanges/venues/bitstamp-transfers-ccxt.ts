/** Bitstamp: deposits and withdrawals of any size; ccxt finds no asset where the amount is below one. */
import { AppError } from '../../shared/errors.ts';
import { isZero, toDecimal } from '../../shared/money.ts';
import { badResponse, callEndpoint, type CcxtExchange, isObject, type JsonObject } from '../ccxt-exchange.ts';

const PAGE = 1_000;
const MOST_PAGES = 50;
const TYPES: Readonly<Record<string, string>> = { '0': 'deposit', '1': 'withdrawal' };

/** Rows in ccxt's form of all since `fromMs`, newest first; the venue lists them among the trades. */
export const listBitstampTransfers = async (
  exchange: CcxtExchange,
  fromMs: number,
): Promise<JsonObject[]> => {
  const rows: JsonObject[] = [];
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const parameters = { limit: PAGE, offset: page * PAGE, sort: 'desc' };
    const answer = await callEndpoint(exchange, 'privatePostUserTransactions', parameters);
    if (!Array.isArray(answer) || !answer.every(isObject)) throw badResponse();
    for (const row of answer) {
      const type = TYPES[String(row['type'])];
      if (type !== undefined && timeOf(row) >= fromMs) rows.push(toRow(row, type));
    }
    const last = answer.at(-1);
    if (answer.length < PAGE || last === undefined || timeOf(last) < fromMs) return rows;
  }
  throw new AppError('exchange_error', 'The exchange lists more transactions than can be read');
};

/** `2021-11-25 12:59:59.322000`, in UTC. */
const timeOf = (row: JsonObject): number => {
  const text = row['datetime'];
  const at = typeof text === 'string' ? Date.parse(`${text.slice(0, 23).replace(' ', 'T')}Z`) : Number.NaN;
  if (Number.isNaN(at)) throw badResponse();
  return at;
};

const toRow = (row: JsonObject, type: string): JsonObject => {
  const [asset, amount] = Object.entries(row).find(isMovement) ?? [];
  const { id, fee } = row;
  if (asset === undefined || (typeof id !== 'string' && typeof id !== 'number')) throw badResponse();
  const currency = asset.toUpperCase();
  return {
    id: id.toString(),
    type,
    currency,
    amount: String(amount),
    status: 'ok',
    timestamp: timeOf(row),
    fee: { cost: typeof fee === 'string' ? fee : undefined, currency },
  };
};

const NOT_ASSETS = new Set(['id', 'datetime', 'type', 'fee', 'order_id', 'status']);

/** The asset that moved stands under its own name; those that did not are zero, and prices have two names. */
const isMovement = ([name, value]: readonly [string, unknown]): boolean =>
  !NOT_ASSETS.has(name) &&
  !name.includes('_') &&
  (typeof value === 'string' || typeof value === 'number') &&
  /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(value.toString()) &&
  !isZero(toDecimal(value.toString()));
