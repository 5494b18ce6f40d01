/** Small balances turned into one asset: Binance's API (into BNB) and Binance.US's own (into an asset of choice). */
import { type DecimalString, add, multiply, round, subtract, sum } from '../../shared/money.ts';
import { divideFixed, formatFixed, multiplyFixed, parseFixed } from '../fixed-point.ts';
import { credit, debit, freeOf } from '../holdings.ts';
import type { SandboxAccount } from '../ledger.ts';
import { type Answer, type VenueRequest, type VenueRoute, json, parameters, signedRoute } from '../venue.ts';
import type { World } from '../world.ts';
import { missing, refusal } from './binance-signature.ts';

/** Most that a balance may be worth in dollars to count as dust, on either venue. */
const MOST_USD = parseFixed('20');
/** Binance.US converts nothing that is worth less. */
const LEAST_USD = parseFixed('0.01');
const FEE_RATE = '0.02';
/** Time between two conversions of one account. */
const PAUSE_MS = 6 * 3_600_000;
const PLACES = 8;
const MOST_LOGGED = 100;

const TOO_SOON = refusal(400, 32110, 'Small amount exchange can only be used once within 6 hours.');
const NOT_DUST = refusal(400, -9000, 'This asset is not supported.');

interface Dust {
  readonly asset: string;
  readonly free: DecimalString;
  readonly usd: DecimalString;
  readonly btc: DecimalString;
  /** In the target, before and after the fee. */
  readonly gross: DecimalString;
  readonly fee: DecimalString;
  readonly net: DecimalString;
}

/** The last 100 conversions, newest first. */
const dribbletLog = (request: VenueRequest, account: SandboxAccount): Answer => {
  const given = parameters(request.query);
  const from = Number(given.get('startTime') ?? 0);
  const until = Number(given.get('endTime') ?? request.nowMs);
  const found = account.activity.dustConversions
    .filter(({ timeMs }) => timeMs >= from && timeMs <= until)
    .slice(-MOST_LOGGED)
    .reverse();
  return json(200, {
    total: found.length,
    userAssetDribblets: found.map(({ timeMs, rows }) => ({
      operateTime: timeMs,
      totalTransferedAmount: sum(rows.map((row) => row.received)),
      totalServiceChargeAmount: sum(rows.map((row) => row.fee)),
      transId: timeMs,
      userAssetDribbletDetails: rows.map((row, index) => ({
        transId: timeMs + index,
        serviceChargeAmount: row.fee,
        amount: row.amount,
        operateTime: timeMs,
        transferedAmount: row.received,
        fromAsset: row.asset,
      })),
    })),
  });
};

export const binanceDustRoutes = (world: World): readonly (readonly [string, VenueRoute])[] => [
  [
    'POST /sapi/v1/asset/dust-btc',
    signedRoute('read', (request, account) => {
      const rows = dustOf(world, account, 'BNB', request.nowMs);
      return json(200, {
        details: rows.map((row) => ({
          asset: row.asset,
          assetFullName: row.asset,
          amountFree: row.free,
          toBTC: row.btc,
          toBNB: row.gross,
          toBNBOffExchange: row.net,
          exchange: row.fee,
        })),
        totalTransferBtc: sum(rows.map((row) => row.btc)),
        totalTransferBNB: sum(rows.map((row) => row.gross)),
        dribbletPercentage: FEE_RATE,
      });
    }),
  ],
  ['GET /sapi/v1/asset/dribblet', signedRoute('read', dribbletLog)],
  [
    'POST /sapi/v1/asset/dust',
    signedRoute('trade', (request, account) => {
      const assets = listed(request, 'asset');
      if (assets.length === 0) return missing('asset');
      const converted = convert(world, account, assets, 'BNB', request.nowMs);
      if (!Array.isArray(converted)) return converted;
      return json(200, {
        totalServiceCharge: sum(converted.map((row) => row.fee)),
        totalTransfered: sum(converted.map((row) => row.net)),
        transferResult: converted.map((row, index) => ({
          amount: row.free,
          fromAsset: row.asset,
          operateTime: request.nowMs,
          serviceChargeAmount: row.fee,
          tranId: request.nowMs + index,
          transferedAmount: row.net,
        })),
      });
    }),
  ],
];

export const binanceUsDustRoutes = (world: World): readonly (readonly [string, VenueRoute])[] => [
  [
    'GET /sapi/v1/asset/query/dust-assets',
    signedRoute('read', (request, account) => {
      const target = parameters(request.query).get('toAsset');
      if (target === undefined) return missing('toAsset');
      const rows = dustOf(world, account, target, request.nowMs).filter(isWorthIt);
      return json(200, {
        convertibleAssets: rows.map((row) => ({
          fromAsset: row.asset,
          toAsset: target,
          availableBalance: row.free,
          usdValueConvertedAsset: row.usd,
          conversionFee: row.fee,
          receivedAsset: row.net,
        })),
        withinRestrictedTime: isTooSoon(account, request.nowMs),
      });
    }),
  ],
  [
    'POST /sapi/v1/asset/dust',
    signedRoute('trade', (request, account) => {
      const target = parameters(`${request.query}&${request.body.toString('utf8')}`).get('toAsset');
      const assets = listed(request, 'fromAsset');
      if (assets.length === 0) return missing('fromAsset');
      if (target === undefined) return missing('toAsset');
      const converted = convert(world, account, assets, target, request.nowMs, isWorthIt);
      if (!Array.isArray(converted)) return converted;
      return json(200, {
        totalTransferred: sum(converted.map((row) => row.net)),
        totalServiceCharge: sum(converted.map((row) => row.fee)),
        transferResult: converted.map((row, index) => ({
          tranId: request.nowMs + index,
          fromAsset: row.asset,
          amount: row.free,
          transferredAmount: row.net,
          serviceChargeAmount: row.fee,
          operateTime: request.nowMs,
        })),
      });
    }),
  ],
];

const isWorthIt = (row: Dust): boolean => parseFixed(row.usd) >= LEAST_USD;

const isTooSoon = (account: SandboxAccount, nowMs: number): boolean => {
  const last = account.activity.dustConversions.at(-1);
  return last !== undefined && nowMs - last.timeMs < PAUSE_MS;
};

/** Free balances of little value, the target itself left out. */
const dustOf = (world: World, account: SandboxAccount, target: string, nowMs: number): Dust[] => {
  const into = world.assetByCode.get(target);
  const btc = world.assetByCode.get('BTC');
  if (into === undefined || btc === undefined) return [];
  return [...account.wallets.spot.keys()].flatMap((code) => {
    const asset = world.assetByCode.get(code);
    const free = freeOf(account, 'spot', code);
    if (asset === undefined || code === target || parseFixed(free) === 0n) return [];
    const usd = multiplyFixed(parseFixed(free), world.walk.usd(asset, nowMs));
    if (usd > MOST_USD) return [];
    const inTarget = divideFixed(usd, world.walk.usd(into, nowMs));
    const gross = formatFixed(inTarget, PLACES);
    const fee = round(multiply(gross, FEE_RATE), PLACES);
    return [
      {
        asset: code,
        free,
        usd: formatFixed(usd, PLACES),
        btc: formatFixed(divideFixed(usd, world.walk.usd(btc, nowMs)), PLACES),
        gross,
        fee,
        net: subtract(gross, fee),
      },
    ];
  });
};

/** All of them or none: one asset that is not dust refuses the whole call. */
const convert = (
  world: World,
  account: SandboxAccount,
  assets: readonly string[],
  target: string,
  nowMs: number,
  suits: (row: Dust) => boolean = () => true,
): Dust[] | Answer => {
  if (isTooSoon(account, nowMs)) return TOO_SOON;
  const dust = dustOf(world, account, target, nowMs).filter(suits);
  const chosen = [...new Set(assets)].map((code) => dust.find((row) => row.asset === code));
  if (!chosen.every((row) => row !== undefined)) return NOT_DUST;
  let received = '0';
  for (const row of chosen) {
    debit(account, 'spot', row.asset, row.free);
    received = add(received, row.net);
  }
  credit(account, 'spot', target, received);
  account.activity.dustConversions.push({
    timeMs: nowMs,
    rows: chosen.map(({ asset, free, net, fee }) => ({ asset, amount: free, received: net, fee })),
  });
  return chosen;
};

/** A repeated parameter, or one with commas. */
const listed = (request: VenueRequest, name: string): string[] =>
  new URLSearchParams(`${request.query}&${request.body.toString('utf8')}`)
    .getAll(name)
    .flatMap((value) => value.split(','))
    .filter((value) => value !== '');
