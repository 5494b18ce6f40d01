/** The named methods of a client: a name for each route. */
import type { Operations } from './api-types.ts';
import type { CallOptions } from './sender.ts';

export type OperationName = keyof Operations;
export type ParametersOf<Name extends OperationName> = Operations[Name]['parameters'];
/** undefined where there is nothing to tell. */
export type AnswerOf<Name extends OperationName> = Operations[Name] extends { readonly answer: infer Answer }
  ? Answer
  : undefined;

/** Parameters may be left out where none is required. */
export type ArgumentsOf<Name extends OperationName> =
  Partial<ParametersOf<Name>> extends ParametersOf<Name>
    ? readonly [parameters?: ParametersOf<Name>, options?: CallOptions]
    : readonly [parameters: ParametersOf<Name>, options?: CallOptions];

export type Method<Name extends OperationName> = (...args: ArgumentsOf<Name>) => Promise<AnswerOf<Name>>;

export const METHODS = {
  accounts: {
    connect: 'POST /ver1/accounts/new',
    list: 'GET /ver1/accounts',
    get: 'GET /ver1/accounts/{account_id}',
    summary: 'GET /ver1/accounts/summary',
    loadBalances: 'POST /ver1/accounts/{account_id}/load_balances',
    update: 'POST /ver1/accounts/update',
    rename: 'POST /ver1/accounts/{account_id}/rename',
    remove: 'POST /ver1/accounts/{account_id}/remove',
    typesToConnect: 'POST /ver1/accounts/types_to_connect',
    pieChart: 'POST /ver1/accounts/{account_id}/pie_chart_data',
    table: 'POST /ver1/accounts/{account_id}/account_table_data',
    balanceChart: 'GET /ver1/accounts/{account_id}/balance_chart_data',
    dailyVolume: 'GET /ver1/accounts/{account_id}/volume/daily',
    monthlyVolume: 'GET /ver1/accounts/{account_id}/volume/monthly',
    totalVolume: 'GET /ver1/accounts/{account_id}/volume/total',
    depositData: 'GET /ver1/accounts/{account_id}/deposit_data',
    networks: 'GET /ver1/accounts/{account_id}/networks_info',
    leverage: 'GET /ver1/accounts/{account_id}/leverage_data',
    tradingEntities: 'GET /ver1/accounts/{account_id}/active_trading_entities',
    autobalance: 'GET /api/accounts/{account_id}/autobalance',
    setAutobalance: 'PUT /api/accounts/{account_id}/autobalance',
  },
  markets: {
    list: 'GET /ver1/accounts/market_list',
    pairs: 'GET /ver1/accounts/market_pairs',
    rates: 'GET /ver1/accounts/currency_rates',
    ratesWithLeverage: 'GET /ver1/accounts/currency_rates_with_leverage_data',
  },
  user: {
    mode: 'GET /ver1/users/current_mode',
    changeMode: 'POST /ver1/users/change_mode',
    permissions: 'GET /ver1/users/permissions_info',
  },
  jobs: {
    list: 'GET /api/jobs',
    get: 'GET /api/jobs/{job_id}',
    run: 'POST /api/jobs/{job_id}/run',
  },
  portfolios: {
    list: 'GET /api/portfolios',
    create: 'POST /api/portfolios',
    get: 'GET /api/portfolios/{portfolio_id}',
    replace: 'PUT /api/portfolios/{portfolio_id}',
    remove: 'DELETE /api/portfolios/{portfolio_id}',
  },
  keys: {
    list: 'GET /api/keys',
    create: 'POST /api/keys',
    get: 'GET /api/keys/{key_id}',
    update: 'PATCH /api/keys/{key_id}',
    revoke: 'DELETE /api/keys/{key_id}',
    rotate: 'POST /api/keys/{key_id}/rotate',
  },
  webhooks: {
    list: 'GET /api/webhooks',
    create: 'POST /api/webhooks',
    get: 'GET /api/webhooks/{endpoint_id}',
    update: 'PATCH /api/webhooks/{endpoint_id}',
    remove: 'DELETE /api/webhooks/{endpoint_id}',
    rotate: 'POST /api/webhooks/{endpoint_id}/rotate',
    test: 'POST /api/webhooks/{endpoint_id}/test',
    deliveries: 'GET /api/webhooks/{endpoint_id}/deliveries',
    delivery: 'GET /api/webhooks/{endpoint_id}/deliveries/{delivery_id}',
    replayDelivery: 'POST /api/webhooks/{endpoint_id}/deliveries/{delivery_id}/replay',
    replay: 'POST /api/webhooks/{endpoint_id}/replay',
  },
  events: {
    list: 'GET /api/events',
  },
  credentials: {
    validate: 'POST /api/exchange/validate',
    list: 'GET /api/exchange/credentials',
    store: 'POST /api/exchange/credentials',
    get: 'GET /api/exchange/credentials/{credential_id}',
    update: 'PUT /api/exchange/credentials/{credential_id}',
    remove: 'DELETE /api/exchange/credentials/{credential_id}',
  },
  exchange: {
    balance: 'GET /api/exchange/balance',
    syncBalance: 'POST /api/exchange/balance/sync',
    balanceHistory: 'GET /api/exchange/balance/history',
    trades: 'GET /api/exchange/trades',
    syncTrades: 'POST /api/exchange/trades/sync',
    tradeStats: 'GET /api/exchange/trades/stats',
    markets: 'GET /api/exchange/markets',
    ticker: 'GET /api/exchange/ticker',
    route: 'GET /api/exchange/route',
    supported: 'GET /api/exchange/supported',
    info: 'GET /api/exchange/{exchange_name}/info',
    health: 'GET /api/exchange/{exchange_name}/health',
    healthOfAll: 'GET /api/exchange/health',
    bnbBurn: 'GET /api/exchange/bnb-burn',
    setBnbBurn: 'POST /api/exchange/bnb-burn',
    dustAssets: 'GET /api/exchange/dust-assets',
  },
  system: {
    ping: 'GET /ver1/ping',
    time: 'GET /ver1/time',
    validate: 'GET /ver1/validate',
    issueToken: 'POST /api/auth/token',
    explain: 'POST /api/auth/explain',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, OperationName>>>>;

type MethodTable = typeof METHODS;

export type NamedMethods = {
  readonly [Group in keyof MethodTable]: {
    readonly [Verb in keyof MethodTable[Group]]: MethodTable[Group][Verb] extends infer Name extends
      OperationName
      ? Method<Name>
      : never;
  };
};

export type RequestOperation = <Name extends OperationName>(
  operation: Name,
  ...args: ArgumentsOf<Name>
) => Promise<AnswerOf<Name>>;

export const nameMethods = (request: RequestOperation): NamedMethods =>
  Object.fromEntries(
    Object.entries(METHODS).map(([group, verbs]) => [
      group,
      Object.fromEntries(
        Object.entries(verbs).map(([verb, operation]) => [
          verb,
          (...args: ArgumentsOf<typeof operation>) => request(operation, ...args),
        ]),
      ),
    ]),
  ) as unknown as NamedMethods;
