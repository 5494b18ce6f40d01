/** Binance: a spot market as exchange information describes it. */
import { unitText } from '../fixed-point.ts';
import type { SpotMarket } from '../market-list.ts';

const EIGHT = '00000000';

export const symbolOf = (market: SpotMarket): string => market.base.code + market.quote.code;

/** The spot API writes every price with eight decimals. */
export const eight = (price: string): string => {
  const decimals = price.length - 1 - price.indexOf('.');
  return price.includes('.') ? price + EIGHT.slice(decimals) : `${price}.${EIGHT}`;
};

/** Smallest value of an order, in the quote. */
export const minNotional = (market: SpotMarket): string =>
  market.notionalDecimals === 0 ? '5' : unitText(market.notionalDecimals);

export const symbolInfo = (market: SpotMarket) => {
  const tick = eight(unitText(market.priceDecimals));
  const lot = eight(unitText(market.lotDecimals));
  return {
    symbol: symbolOf(market),
    status: market.trading ? 'TRADING' : 'BREAK',
    baseAsset: market.base.code,
    baseAssetPrecision: 8,
    quoteAsset: market.quote.code,
    quotePrecision: 8,
    quoteAssetPrecision: 8,
    baseCommissionPrecision: 8,
    quoteCommissionPrecision: 8,
    orderTypes: [
      'LIMIT',
      'LIMIT_MAKER',
      'MARKET',
      'STOP_LOSS',
      'STOP_LOSS_LIMIT',
      'TAKE_PROFIT',
      'TAKE_PROFIT_LIMIT',
    ],
    icebergAllowed: true,
    ocoAllowed: true,
    otoAllowed: true,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: true,
    cancelReplaceAllowed: true,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: market.base.kind === 'major',
    filters: [
      { filterType: 'PRICE_FILTER', minPrice: tick, maxPrice: '1000000.00000000', tickSize: tick },
      { filterType: 'LOT_SIZE', minQty: lot, maxQty: '9000000.00000000', stepSize: lot },
      { filterType: 'ICEBERG_PARTS', limit: 10 },
      {
        filterType: 'MARKET_LOT_SIZE',
        minQty: `0.${EIGHT}`,
        maxQty: '100000.00000000',
        stepSize: `0.${EIGHT}`,
      },
      {
        filterType: 'NOTIONAL',
        minNotional: eight(minNotional(market)),
        applyMinToMarket: true,
        maxNotional: '9000000.00000000',
        applyMaxToMarket: false,
        avgPriceMins: 5,
      },
      { filterType: 'MAX_NUM_ORDERS', maxNumOrders: 200 },
    ],
    permissions: [],
    permissionSets: [market.base.kind === 'major' ? ['SPOT', 'MARGIN'] : ['SPOT']],
    defaultSelfTradePreventionMode: 'EXPIRE_MAKER',
    allowedSelfTradePreventionModes: ['EXPIRE_TAKER', 'EXPIRE_MAKER', 'EXPIRE_BOTH'],
  };
};
