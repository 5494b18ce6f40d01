/** What orders for perpetual contracts do to the ledger: margin is locked, positions grow, shrink and pay their profit. */
import {
  type DecimalString,
  add,
  compare,
  divide,
  isDecimalString,
  isZero,
  multiply,
  round,
  subtract,
} from '../shared/money.ts';
import type { SandboxOrder } from './account-activity.ts';
import { credit, debit, freeOf, lock, unlock } from './holdings.ts';
import type { Position, SandboxAccount } from './ledger.ts';
import type { SpotMarket } from './market-list.ts';
import type { Settlement } from './order-engine.ts';
import { fits } from './spot-settlement.ts';
import type { Wallet } from './wallets.ts';

export interface Contract {
  /** The venue's id, e.g. `BTCUSDT`, `BTC-USDT-SWAP`. */
  readonly id: string;
  /** Linear: base asset for each contract; inverse: quote money for each contract. */
  readonly size: DecimalString;
  readonly inverse: boolean;
  /** Decimals of an amount of contracts. */
  readonly amountDecimals: number;
}

export interface ContractRules {
  readonly wallet: Wallet;
  /** As of spot-settlement.ts. */
  readonly postOnlyLapses?: boolean;
  contractOf(market: SpotMarket): Contract;
}

/** Fractions. */
const FEE_RATE = '0.0005';
/** Every position is worth ten times its margin. */
export const LEVERAGE = '10';
const PLACES = 18;

/** Where the margin of a contract lies: the quote, or of inverse contracts the base. */
export const marginAsset = (contract: Contract, market: SpotMarket): string =>
  contract.inverse ? market.base.code : market.quote.code;

/** Value of so many contracts, in the margin asset; never negative. */
export const notionalOf = (
  contract: Contract,
  amount: DecimalString,
  price: DecimalString,
): DecimalString => {
  const size = multiply(absolute(amount), contract.size);
  return contract.inverse ? round(divide(size, price), PLACES) : multiply(size, price);
};

/** Profit of a signed amount of contracts from one price to another, in the margin asset. */
export const profitOf = (
  contract: Contract,
  amount: DecimalString,
  from: DecimalString,
  to: DecimalString,
): DecimalString => {
  const size = multiply(amount, contract.size);
  if (!contract.inverse) return multiply(size, subtract(to, from));
  return round(subtract(divide(size, from), divide(size, to)), PLACES);
};

export const createContractSettlement = (rules: ContractRules): Settlement => {
  const { wallet } = rules;

  const marginFor = (order: SandboxOrder, price: DecimalString): DecimalString => {
    const notional = notionalOf(rules.contractOf(order.market), order.amount, price);
    return add(round(divide(notional, LEVERAGE), PLACES), multiply(notional, FEE_RATE));
  };

  return {
    wallet,
    postOnlyLapses: rules.postOnlyLapses ?? false,

    amountOf: (order, price) => {
      const { amountDecimals } = rules.contractOf(order.market);
      const amount = order.amount ?? (isDecimalString(order.cost) ? divide(order.cost, price) : '0');
      return fits(amount, amountDecimals) ? amount : undefined;
    },

    check: (order, _amount, price) =>
      order.type === 'limit' && !fits(price, order.market.priceDecimals) ? 'bad_price' : undefined,

    reserve: (account, order) => {
      const contract = rules.contractOf(order.market);
      const asset = marginAsset(contract, order.market);
      const amount = closes(account, contract, order) ? '0' : marginFor(order, order.price ?? '1');
      if (order.reduceOnly && isZero(closable(account, contract, order))) return 'not_reducing';
      if (!lock(account, wallet, asset, amount)) return 'insufficient_funds';
      order.reserved = { asset, amount };
      return undefined;
    },

    release: (account, order) => {
      if (order.reserved !== null) unlock(account, wallet, order.reserved.asset, order.reserved.amount);
      order.reserved = null;
    },

    execute: (account, order, { price, maker, timeMs, tradeId }) => {
      const contract = rules.contractOf(order.market);
      const asset = marginAsset(contract, order.market);
      const closing = least(closable(account, contract, order), order.amount);
      if (order.reduceOnly && isZero(closing)) return 'not_reducing';
      const opening = order.reduceOnly ? '0' : subtract(order.amount, closing);
      const filled = add(closing, opening);
      const notional = notionalOf(contract, filled, price);
      const fee = multiply(notional, FEE_RATE);
      const margin = round(divide(notionalOf(contract, opening, price), LEVERAGE), PLACES);
      if (!isZero(opening) && compare(freeOf(account, wallet, asset), add(margin, fee)) < 0)
        return 'insufficient_funds';

      if (!isZero(closing)) closePart(account, wallet, asset, contract, order, closing, price);
      lock(account, wallet, asset, margin);
      // A loss may leave less than the fee: then the fee takes what is left.
      debit(account, wallet, asset, least(fee, freeOf(account, wallet, asset)));
      if (!isZero(opening)) openPart(account, contract, order, opening, price, margin);
      return {
        id: tradeId,
        orderId: order.id,
        wallet,
        market: order.market,
        side: order.side,
        maker,
        price,
        amount: filled,
        cost: notional,
        fee,
        feeAsset: asset,
        timeMs,
      };
    },
  };
};

const absolute = (amount: DecimalString): DecimalString => amount.replace(/^-/, '');
const least = (a: DecimalString, b: DecimalString): DecimalString => (compare(a, b) < 0 ? a : b);
const isShort = (position: Position): boolean => position.amount.startsWith('-');

/** The position that an order shrinks: the opposite one, in hedge mode the one that it names when it goes against it. */
const opposite = (account: SandboxAccount, contract: Contract, order: SandboxOrder): Position | undefined => {
  const closesLong = order.side === 'sell';
  if (order.positionSide !== null && (order.positionSide === 'long') !== closesLong) return undefined;
  return account.positions.find(
    (position) => position.contract === contract.id && isShort(position) !== closesLong,
  );
};

const closable = (account: SandboxAccount, contract: Contract, order: SandboxOrder): DecimalString =>
  absolute(opposite(account, contract, order)?.amount ?? '0');

const closes = (account: SandboxAccount, contract: Contract, order: SandboxOrder): boolean =>
  compare(closable(account, contract, order), order.amount) >= 0;

const closePart = (
  account: SandboxAccount,
  wallet: Wallet,
  asset: string,
  contract: Contract,
  order: SandboxOrder,
  amount: DecimalString,
  price: DecimalString,
): void => {
  const position = opposite(account, contract, order);
  if (position === undefined) return;
  const held = absolute(position.amount);
  const share = divide(amount, held);
  const freed = round(multiply(position.margin ?? '0', share), PLACES);
  const signed = isShort(position) ? `-${amount}` : amount;
  const profit = profitOf(contract, signed, position.entryPrice, price);
  unlock(account, wallet, asset, freed);
  // Nobody owes the venue: a loss takes at most what is free.
  if (compare(profit, '0') >= 0) credit(account, wallet, asset, profit);
  else debit(account, wallet, asset, least(absolute(profit), freeOf(account, wallet, asset)));
  const rest = subtract(position.amount, signed);
  const left: Position = { ...position, amount: rest, margin: subtract(position.margin ?? '0', freed) };
  account.positions = account.positions.flatMap((other) =>
    other !== position ? [other] : isZero(rest) ? [] : [left],
  );
};

const openPart = (
  account: SandboxAccount,
  contract: Contract,
  order: SandboxOrder,
  amount: DecimalString,
  price: DecimalString,
  margin: DecimalString,
): void => {
  const short = order.side === 'sell';
  const signed = short ? `-${amount}` : amount;
  const held = account.positions.find(
    (position) => position.contract === contract.id && isShort(position) === short,
  );
  if (held === undefined) {
    account.positions = [
      ...account.positions,
      { contract: contract.id, amount: signed, entryPrice: price, margin },
    ];
    return;
  }
  const total = add(held.amount, signed);
  const grown: Position = {
    ...held,
    amount: total,
    entryPrice: averageEntry(contract, held, signed, price),
    margin: add(held.margin ?? '0', margin),
  };
  account.positions = account.positions.map((other) => (other === held ? grown : other));
};

/** Linear contracts average by amount, inverse ones by what the amounts were worth in the base. */
const averageEntry = (
  contract: Contract,
  held: Position,
  amount: DecimalString,
  price: DecimalString,
): DecimalString => {
  const total = add(held.amount, amount);
  if (contract.inverse) {
    const worth = add(divide(held.amount, held.entryPrice), divide(amount, price));
    return round(divide(total, worth), PLACES);
  }
  const worth = add(multiply(held.amount, held.entryPrice), multiply(amount, price));
  return round(divide(worth, total), PLACES);
};
