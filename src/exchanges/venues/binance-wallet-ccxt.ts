/** BNB fees and dust at Binance and Binance.US. Sources: Binance wallet API reference; Binance.US API reference, dust. */
import { add, type DecimalString } from '../../shared/money.ts';
import { badResponse, callEndpoint, isObject, type JsonObject } from '../ccxt-exchange.ts';
import { decimalOf } from '../ccxt-market-list.ts';
import type { WalletOperations } from '../ccxt-venue.ts';
import type { BnbBurn, DustAsset } from '../wallet-port.ts';

const TARGET = 'BNB';
// "Small amount exchange can only be used once within 6 hours" (error 32110).
const PAUSE_MS = 6 * 3_600_000;

const toBnbBurn = (answer: unknown): BnbBurn => {
  if (!isObject(answer) || typeof answer['spotBNBBurn'] !== 'boolean') throw badResponse();
  const interest = answer['interestBNBBurn'] ?? null;
  if (interest !== null && typeof interest !== 'boolean') throw badResponse();
  return { spot: answer['spotBNBBurn'], interest };
};

export const binanceWallet: WalletOperations = {
  bnbBurn: {
    read: async (exchange) => toBnbBurn(await callEndpoint(exchange, 'sapiGetBnbBurn')),
    // The parameter is a text; margin interest stays as it is.
    set: async (exchange, spot) =>
      toBnbBurn(await callEndpoint(exchange, 'sapiPostBnbBurn', { spotBNBBurn: String(spot) })),
  },

  readDust: async (exchange) => {
    // A POST that changes nothing: it asks what a conversion would bring.
    const answer = await callEndpoint(exchange, 'sapiPostAssetDustBtc');
    const assets = rowsOf(answer, 'details').map((row) => ({
      asset: textOf(row, 'asset'),
      fullName: typeof row['assetFullName'] === 'string' ? row['assetFullName'] : null,
      free: amountOf(row, 'amountFree'),
      toBtc: amountOf(row, 'toBTC'),
      toTarget: amountOf(row, 'toBNB'),
      toTargetAfterFee: amountOf(row, 'toBNBOffExchange'),
      fee: amountOf(row, 'exchange'),
      usdValue: null,
    }));
    const endTime = exchange.milliseconds();
    const recent = await callEndpoint(exchange, 'sapiGetAssetDribblet', {
      startTime: endTime - PAUSE_MS,
      endTime,
    });
    return {
      targetAsset: TARGET,
      assets: withoutTarget(assets),
      feeRate: amountOf(answer, 'dribbletPercentage'),
      withinRestrictedTime: rowsOf(recent, 'userAssetDribblets').length > 0,
      minUsd: null,
      maxUsd: null,
    };
  },
};

export const binanceUsWallet: WalletOperations = {
  readDust: async (exchange) => {
    const answer = await callEndpoint(exchange, 'sapiGetAssetQueryDustAssets', { toAsset: TARGET });
    if (!isObject(answer) || typeof answer['withinRestrictedTime'] !== 'boolean') throw badResponse();
    const assets = rowsOf(answer, 'convertibleAssets').map((row): DustAsset => {
      const toTargetAfterFee = amountOf(row, 'receivedAsset');
      const fee = amountOf(row, 'conversionFee');
      return {
        asset: textOf(row, 'fromAsset'),
        fullName: null,
        free: amountOf(row, 'availableBalance'),
        toBtc: null,
        toTarget: add(toTargetAfterFee, fee),
        toTargetAfterFee,
        fee,
        usdValue: amountOf(row, 'usdValueConvertedAsset'),
      };
    });
    return {
      targetAsset: TARGET,
      assets: withoutTarget(assets),
      feeRate: null,
      withinRestrictedTime: answer['withinRestrictedTime'],
      minUsd: '0.01',
      maxUsd: '20',
    };
  },
};

const withoutTarget = (assets: readonly DustAsset[]): DustAsset[] =>
  assets.filter(({ asset }) => asset !== TARGET);

const rowsOf = (answer: unknown, key: string): JsonObject[] => {
  const rows: unknown = isObject(answer) ? answer[key] : undefined;
  if (!Array.isArray(rows) || !rows.every(isObject)) throw badResponse();
  return rows;
};

const textOf = (row: JsonObject, key: string): string => {
  const text = row[key];
  if (typeof text !== 'string' || text === '') throw badResponse();
  return text;
};

const amountOf = (row: unknown, key: string): DecimalString => {
  const amount = isObject(row) ? decimalOf(row[key]) : undefined;
  if (amount === undefined) throw badResponse();
  return amount;
};
