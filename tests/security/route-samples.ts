/**
 * A request for every route that the gateway declares, by operationId: the parameters that a good one has besides its
 * ids. A route that is not here fails the matrices, so that none goes without them.
 */
export type Parameters = Readonly<Record<string, unknown>>;

const NOTHING: Parameters = {};

let asked = 0;
/** What a legacy request says of its time counts once. */
const now = (): Parameters => {
  asked += 1;
  return { timestamp: Date.now() + asked };
};

export const sampleOf = (operationId: string): Parameters => {
  const sample = ROUTE_SAMPLES[operationId] ?? NOTHING;
  return typeof sample === 'function' ? sample() : sample;
};

export const ROUTE_SAMPLES: Readonly<Record<string, Parameters | (() => Parameters)>> = {
  ping: NOTHING,
  time: NOTHING,
  validateSignature: NOTHING,
  connectAccount: { type: 'paper_trading', name: 'Paper' },
  listAccounts: NOTHING,
  getSummary: NOTHING,
  getAccount: NOTHING,
  loadBalances: NOTHING,
  renameAccount: { name: 'Renamed' },
  removeAccount: NOTHING,
  updateAccount: { name: 'Updated', include_in_summary: true },
  listTypesToConnect: { type: 'binance', name: 'Any' },
  listTypesToConnectByPost: { type: 'binance', name: 'Any' },
  getPieChartData: NOTHING,
  getAccountTableData: NOTHING,
  getBalanceChartData: { date_from: '2026-01-01T00:00:00Z' },
  listMarkets: NOTHING,
  listMarketPairs: { market_code: 'binance' },
  getCurrencyRates: { market_code: 'binance', pair: 'USDT_BTC' },
  getCurrencyRatesWithLeverageData: { market_code: 'binance', pair: 'USDT_BTC' },
  getLeverageData: { pair: 'USDT_BTC' },
  readLeverageData: { pair: 'USDT_BTC' },
  getActiveTradingEntities: NOTHING,
  getDepositData: { currency: 'BTC', network: 'BTC' },
  getNetworksInfo: { currency: 'BTC' },
  currentMode: NOTHING,
  changeMode: { mode: 'real' },
  permissionsInfo: NOTHING,
  explainRequest: NOTHING,
  issueToken: { scopes: ['ACCOUNTS_READ'] },
  listKeys: NOTHING,
  createKey: () => ({ name: 'A new key', scopes: [], ...now() }),
  getKey: NOTHING,
  updateKey: () => ({ name: 'Renamed', ...now() }),
  revokeKey: NOTHING,
  rotateKey: now,
  listJobs: NOTHING,
  getJob: NOTHING,
  runJob: NOTHING,
  listWebhooks: NOTHING,
  createWebhook: () => ({ url: 'http://127.0.0.1:9/', event_types: ['*'], ...now() }),
  getWebhook: NOTHING,
  updateWebhook: () => ({ description: 'Changed', ...now() }),
  removeWebhook: NOTHING,
  rotateWebhook: now,
  testWebhook: NOTHING,
  listWebhookDeliveries: NOTHING,
  getWebhookDelivery: NOTHING,
  replayWebhookDelivery: NOTHING,
  replayWebhook: NOTHING,
  listEvents: { after: 0 },
  streamEvents: { after: 0, max_seconds: 0 },
  listPortfolios: NOTHING,
  createPortfolio: { name: 'A new one', weights: { BTC: 100 } },
  getPortfolio: NOTHING,
  replacePortfolio: { name: 'Replaced', weights: { ETH: 100 } },
  removePortfolio: NOTHING,
  getAutobalance: NOTHING,
  getExchangeMarkets: { exchange: 'binance' },
  getExchangeTicker: { exchange: 'binance', symbol: 'BTC/USDT' },
  getTradeRoute: { base: 'BTC', quote: 'USDT' },
  getSupportedExchanges: NOTHING,
  getExchangeInfo: NOTHING,
  getAllExchangeHealth: NOTHING,
  getExchangeHealth: NOTHING,
  getBnbBurn: { exchange: 'binance' },
  setBnbBurn: { exchange: 'binance', spot_bnb_burn: true },
  listDustAssets: { exchange: 'binance' },
  validateExchangeKeys: { exchange: 'binance', api_key: 'no-such-key', api_secret: 'no-such-secret' },
  listCredentials: NOTHING,
  storeCredential: { exchange_name: 'binance', api_key: 'no-such-key', api_secret: 'no-such-secret' },
  getCredential: NOTHING,
  updateCredential: { credential_name: 'Renamed' },
  deleteCredential: NOTHING,
  getExchangeBalance: { exchange: 'binance' },
  syncExchangeBalance: { exchange: 'binance' },
  getExchangeBalanceHistory: { exchange: 'binance', currency: 'BTC' },
  getTrades: { exchange: 'binance' },
  syncTrades: { exchange: 'binance' },
  getTradeStats: NOTHING,
  getDailyVolume: { date: '2026-01-15' },
  getMonthlyVolume: { month: '2026-01' },
  getTotalVolume: NOTHING,
  replaceAutobalance: { enabled: true, method: 'time' },
};
