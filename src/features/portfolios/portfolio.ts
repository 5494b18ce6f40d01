/** A target portfolio: how the value of an account is to be spread over assets. Pure. */
import { compare, type DecimalString, round, sum } from '../../shared/money.ts';

/** Percent by asset, e.g. `{ BTC: '60', ETH: '40' }`. */
export type Weights = Readonly<Record<string, DecimalString>>;

export interface Portfolio {
  readonly id: number;
  readonly name: string;
  /** Heaviest first. */
  readonly weights: Weights;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface PortfolioContent {
  readonly name: string;
  readonly weights: Weights;
}

export const MOST_ASSETS = 100;
export const WEIGHT_PLACES = 8;
export const LONGEST_NAME = 255;

/** Codes as exchanges write them; another spelling of one asset would count as another asset. */
export const ASSET_PATTERN = '^[A-Z0-9][A-Z0-9._-]{0,31}$';
const ASSET = new RegExp(ASSET_PATTERN);

const isAssetCode = (text: string): boolean => ASSET.test(text);

const isShare = (percent: DecimalString): boolean =>
  compare(percent, '0') > 0 &&
  compare(percent, '100') <= 0 &&
  compare(round(percent, WEIGHT_PLACES), percent) === 0;

/** What is wrong with the shares together; undefined: nothing. */
export const findSumProblem = (weights: Weights): string | undefined => {
  const total = sum(Object.values(weights));
  return compare(total, '100') === 0 ? undefined : `the weights must sum to 100, and sum to ${total}`;
};

/** Whether the content is one that may be stored; surfaces say the same in their own words, parameter by parameter. */
export const isStorable = ({ name, weights }: PortfolioContent): boolean => {
  const count = Object.keys(weights).length;
  return (
    name.trim() !== '' &&
    name.length <= LONGEST_NAME &&
    count >= 1 &&
    count <= MOST_ASSETS &&
    Object.keys(weights).every(isAssetCode) &&
    Object.values(weights).every(isShare) &&
    findSumProblem(weights) === undefined
  );
};
