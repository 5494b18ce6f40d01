/** Coinbase Exchange: deposits and withdrawals with every digit; ccxt subtracts their fees as floats. */
import { AppError } from '../../shared/errors.ts';
import { subtract, toDecimal } from '../../shared/money.ts';
import {
  badResponse,
  callEndpoint,
  type CcxtExchange,
  isObject,
  type JsonObject,
  objectAt,
} from '../ccxt-exchange.ts';

const PAGE = 100;
const MOST_PAGES = 50;

/** Rows in ccxt's form of all that began since `fromMs`, newest first. */
export const listCoinbaseTransfers = async (
  exchange: CcxtExchange,
  fromMs: number,
): Promise<JsonObject[]> => {
  const currencies = await walletCurrencies(exchange);
  const rows: JsonObject[] = [];
  let after: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const parameters = { limit: PAGE, ...(after === undefined ? {} : { after }) };
    const answer = await listOf(exchange, 'privateGetTransfers', parameters);
    rows.push(...answer.map((row) => toRow(row, currencies)));
    const last = answer.at(-1);
    if (answer.length < PAGE || last === undefined || timeOf(last) < fromMs)
      return rows.filter(({ timestamp }) => typeof timestamp === 'number' && timestamp >= fromMs);
    after = textAt(last, 'created_at');
  }
  throw new AppError('exchange_error', 'The exchange lists more deposits and withdrawals than can be read');
};

const listOf = async (
  exchange: CcxtExchange,
  endpoint: string,
  parameters: JsonObject,
): Promise<JsonObject[]> => {
  const answer = await callEndpoint(exchange, endpoint, parameters);
  if (!Array.isArray(answer) || !answer.every(isObject)) throw badResponse();
  return answer;
};

/** A transfer names its wallet, and the wallet its asset. */
const walletCurrencies = async (exchange: CcxtExchange): Promise<ReadonlyMap<string, string>> => {
  const wallets = await listOf(exchange, 'privateGetAccounts', {});
  return new Map(wallets.map((wallet) => [textAt(wallet, 'id'), textAt(wallet, 'currency')]));
};

const textAt = (row: JsonObject, name: string): string => {
  const value = row[name];
  if (typeof value !== 'string') throw badResponse();
  return value;
};

/** `2022-12-21 00:48:45.477503+00` */
const timeOf = (row: JsonObject): number => {
  const at = Date.parse(textAt(row, 'created_at').replace(' ', 'T').replace(/\+00$/, 'Z'));
  if (Number.isNaN(at)) throw badResponse();
  return at;
};

const toRow = (row: JsonObject, currencies: ReadonlyMap<string, string>): JsonObject => {
  const away = row['type'] === 'withdraw';
  const fee = objectAt(row, 'details')?.['fee'];
  const cost = typeof fee === 'string' ? toDecimal(fee) : undefined;
  const whole = toDecimal(textAt(row, 'amount'));
  const currency = currencies.get(textAt(row, 'account_id'));
  return {
    id: textAt(row, 'id'),
    type: away ? 'withdrawal' : row['type'],
    currency,
    // A withdrawal's amount includes its fee.
    amount: away && cost !== undefined ? subtract(whole, cost) : whole,
    status: typeof row['completed_at'] === 'string' ? 'ok' : 'pending',
    timestamp: timeOf(row),
    fee: { cost, currency },
  };
};
