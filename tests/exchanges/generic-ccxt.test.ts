// Venues without a twin, over real ccxt and HTTP against scripted answers in the form of their references.
import { expect, test } from '@jest/globals';
import { aCall } from './adapter-fixture.ts';
import { refused, type Script, startScriptedVenue } from './scripted-venue.ts';

const KEYS = { apiKey: 'key-of-the-test', secret: 'secret-of-the-test', passphrase: 'passphrase' };

const bitgetOk = (data: unknown) => ({ code: '00000', msg: 'success', requestTime: 1, data });
const BITGET: Script = {
  'GET /api/v2/spot/public/symbols': bitgetOk([
    { symbol: 'BTCUSDT', baseCoin: 'BTC', quoteCoin: 'USDT', status: 'online', pricePrecision: '2' },
  ]),
  'GET /api/v2/margin/currencies': bitgetOk([]),
  'GET /api/v3/account/settings': refused(400, {
    code: '40084',
    msg: 'You are in Classic Account mode, and the Unified Account API is not supported at this time',
  }),
  'GET /api/v2/spot/account/info': bitgetOk({ authorities: ['stow', 'coor'], ips: '203.0.113.7' }),
  'GET /api/v2/spot/account/assets': bitgetOk([
    { coin: 'BTC', available: '0.123456789012345678', frozen: '0.1', locked: '0', uTime: '1' },
  ]),
  'GET /api/v2/mix/account/accounts': bitgetOk([
    { marginCoin: 'USDT', available: '90', maxTransferOut: '80', accountEquity: '100', locked: '0' },
  ]),
  'GET /api/v2/mix/position/all-position': bitgetOk([
    { symbol: 'BTCUSDT', total: '0.5' },
    { symbol: 'ETHUSDT', total: '0' },
  ]),
  'GET /api/v2/mix/account/account': bitgetOk({ posMode: 'hedge_mode' }),
};
const UNIFIED: Script = {
  ...BITGET,
  'GET /api/v3/account/settings': bitgetOk({ accountMode: 'unified', holdMode: 'one_way_mode' }),
  'GET /api/v3/account/info': bitgetOk({
    permType: 'read-and-write',
    permissions: ['uta_mgt', 'uta_trade', 'withdraw'],
    ips: '',
  }),
  'GET /api/v3/account/assets': bitgetOk({
    assets: [{ coin: 'USDT', equity: '12', available: '10', locked: '2', debt: '0' }],
  }),
  'GET /api/v3/position/current-position': bitgetOk({ list: null }),
};

const CODES = ['bitget', 'bitget_usdt_futures'];

test('a classic bitget account tells rights, both wallets, positions and hedge mode', async () => {
  await using venue = await startScriptedVenue(BITGET);
  const { rights, accounts } = await venue.adapter.connect(aCall(KEYS), CODES);
  expect(rights).toMatchObject({
    canRead: true,
    canTrade: true,
    canWithdraw: false,
    ipRestricted: true,
    source: 'exchange',
  });
  expect(accounts).toMatchObject([
    { balances: [{ asset: 'BTC', free: '0.123456789012345678', locked: '0.1' }], openPositions: 0 },
    {
      balances: [{ asset: 'USDT', free: '80', locked: '20', total: '100' }],
      openPositions: 1,
      hedgeModeEnabled: true,
    },
  ]);
});

test('a bitget key that can withdraw is told by its code', async () => {
  const info = bitgetOk({ authorities: ['stor', 'wwow'], ips: '' });
  await using venue = await startScriptedVenue({ ...BITGET, 'GET /api/v2/spot/account/info': info });
  const { rights } = await venue.adapter.connect(aCall(KEYS), ['bitget']);
  expect(rights).toMatchObject({ canTrade: false, canWithdraw: true, ipRestricted: false });
});

test('a unified bitget account is asked where its funds are', async () => {
  await using venue = await startScriptedVenue(UNIFIED);
  const { rights, accounts } = await venue.adapter.connect(aCall(KEYS), CODES);
  expect(rights).toMatchObject({ canTrade: true, canWithdraw: true, ipRestricted: false });
  const held = [{ asset: 'USDT', free: '10', locked: '2', total: '12' }];
  expect(accounts).toMatchObject([
    { balances: held },
    { balances: held, openPositions: 0, hedgeModeEnabled: false },
  ]);
});

test('a bitget account whose kind cannot be learned is not read as a classic one', async () => {
  const away = refused(503, { code: '40015', msg: 'System is abnormal, please try again later' });
  await using venue = await startScriptedVenue({ ...BITGET, 'GET /api/v3/account/settings': away });
  await expect(venue.adapter.fetchAccount(aCall(KEYS), 'bitget')).rejects.toMatchObject({
    code: 'exchange_unavailable',
  });
  expect(venue.asked).not.toContain('GET /api/v2/spot/account/assets');
});

test.each([
  ['no data', { code: '00000', msg: 'success' }],
  ['data of another type', bitgetOk('none')],
  [
    'amounts of another type',
    bitgetOk([{ coin: 'BTC', available: { amount: '1' }, frozen: '0', locked: '0' }]),
  ],
])('a bitget balance with %s is a bad response', async (_what, answer) => {
  await using venue = await startScriptedVenue({ ...BITGET, 'GET /api/v2/spot/account/assets': answer });
  await expect(venue.adapter.fetchAccount(aCall(KEYS), 'bitget')).rejects.toMatchObject({
    code: 'bad_response',
  });
});

test('a bitget key that is used from elsewhere is told apart from a wrong one', async () => {
  for (const [code, ours] of [
    ['40018', 'ip_not_whitelisted'],
    ['40006', 'invalid_credentials'],
    ['40009', 'invalid_credentials'],
    ['40012', 'invalid_credentials'],
  ]) {
    const settings = refused(400, { code, msg: 'refused' });
    await using venue = await startScriptedVenue({ ...BITGET, 'GET /api/v3/account/settings': settings });
    await expect(venue.adapter.connect(aCall(KEYS), ['bitget'])).rejects.toMatchObject({ code: ours });
  }
});

const HUOBI: Script = {
  'GET /v1/common/symbols': {
    status: 'ok',
    data: [{ symbol: 'btcusdt', 'base-currency': 'btc', 'quote-currency': 'usdt', state: 'online' }],
  },
  'GET /v2/user/uid': { code: 200, data: 63628520 },
  'GET /v2/user/api-key': {
    code: 200,
    data: [
      { accessKey: KEYS.apiKey, permission: 'readOnly,trade', ipAddresses: '203.0.113.7', validDays: -1 },
    ],
  },
  'GET /v1/account/accounts': {
    status: 'ok',
    data: [{ id: 7, type: 'spot', subtype: '', state: 'working' }],
  },
  'GET /v1/account/accounts/7/balance': {
    status: 'ok',
    data: {
      id: 7,
      type: 'spot',
      state: 'working',
      list: [
        { currency: 'btc', type: 'trade', balance: '1.5' },
        { currency: 'btc', type: 'frozen', balance: '0.000000000000000001' },
      ],
    },
  },
};

test('an htx account tells rights and exact balances', async () => {
  await using venue = await startScriptedVenue(HUOBI);
  const { rights, accounts } = await venue.adapter.connect(aCall(KEYS), ['huobi']);
  expect(rights).toEqual({
    canRead: true,
    canTrade: true,
    canWithdraw: false,
    ipRestricted: true,
    expiresAt: null,
    source: 'exchange',
  });
  expect(accounts).toMatchObject([
    { balances: [{ asset: 'BTC', free: '1.5', locked: '0.000000000000000001' }] },
  ]);
});

test('an htx key tells withdrawals and the days that are left; a refused one is invalid', async () => {
  const key = { permission: 'readOnly,withdraw', ipAddresses: '', validDays: 30 };
  const keys = { code: 200, data: [key] };
  await using venue = await startScriptedVenue({ ...HUOBI, 'GET /v2/user/api-key': keys });
  const { rights } = await venue.adapter.connect(aCall(KEYS), ['huobi']);
  expect(rights).toMatchObject({ canTrade: false, canWithdraw: true, ipRestricted: false });
  expect(Date.parse(rights.expiresAt ?? '')).toBeGreaterThan(Date.now() + 29 * 86_400_000);
  const wrong = { code: 1003, message: 'invalid signature' };
  await using refusing = await startScriptedVenue({ ...HUOBI, 'GET /v2/user/uid': wrong });
  await expect(refusing.adapter.connect(aCall(KEYS), ['huobi'])).rejects.toMatchObject({
    code: 'invalid_credentials',
  });
});

const CANCEL = 'POST /exchange/v1/private/cancel-order';
const BALANCE = 'POST /exchange/v1/private/user-balance';
const CRYPTO_COM: Script = {
  'GET /exchange/v1/public/get-instruments': {
    code: 0,
    result: {
      data: [
        {
          symbol: 'BTC_USDT',
          inst_type: 'CCY_PAIR',
          base_ccy: 'BTC',
          quote_ccy: 'USDT',
          tradable: true,
          price_tick_size: '0.01',
          qty_tick_size: '0.00001',
        },
      ],
    },
  },
  'GET /exchange/v1/public/get-tickers': { code: 0, result: { data: [{ i: 'BTC_USDT', a: '60000.5' }] } },
  [BALANCE]: {
    code: 0,
    result: {
      data: [
        { position_balances: [{ instrument_name: 'BTC', quantity: '0.0002119875', reserved_qty: '0.0001' }] },
      ],
    },
  },
};

test.each([
  ['that the order is not there', { code: 212, message: 'INVALID_ORDERID' }, true],
  ['that the order was not found', { code: 40401, message: 'NOT_FOUND' }, true],
  ['that the key lacks the right', { code: 10005, message: 'USER_TIER_INVALID' }, false],
  ['that the key is not authorised, though it reads', { code: 40101, message: 'UNAUTHORIZED' }, false],
])('a crypto.com key is probed: the venue says %s', async (_what, answer, canTrade) => {
  await using venue = await startScriptedVenue({ ...CRYPTO_COM, [CANCEL]: refused(400, answer) });
  const { rights, accounts } = await venue.adapter.connect(aCall(KEYS), ['crypto_com']);
  expect(rights).toMatchObject({ canTrade, canWithdraw: null, ipRestricted: null, source: 'probe' });
  expect(accounts).toMatchObject([
    { balances: [{ asset: 'BTC', free: '0.0001119875', locked: '0.0001', total: '0.0002119875' }] },
  ]);
});

test('a probe that is answered with something else leaves the rights unknown', async () => {
  const answer = refused(400, { code: 40004, message: 'MISSING_OR_INVALID_ARGUMENT' });
  await using venue = await startScriptedVenue({ ...CRYPTO_COM, [CANCEL]: answer });
  const { rights } = await venue.adapter.connect(aCall(KEYS), ['crypto_com']);
  expect(rights).toMatchObject({ canTrade: null, source: 'unknown' });
});

test.each([
  ['a wrong key', { code: 40101, message: 'UNAUTHORIZED' }, 'invalid_credentials'],
  ['an address that is not listed', { code: 40103, message: 'IP_ILLEGAL' }, 'ip_not_whitelisted'],
  ['maintenance', { code: 9010001, message: 'SYSTEM_MAINTENANCE' }, 'exchange_unavailable'],
])('the probe does not hide %s', async (_what, answer, code) => {
  const script = { ...CRYPTO_COM, [CANCEL]: refused(400, answer), [BALANCE]: refused(400, answer) };
  await using venue = await startScriptedVenue(script);
  await expect(venue.adapter.connect(aCall(KEYS), ['crypto_com'])).rejects.toMatchObject({ code });
});

test('a crypto.com clock that is off is named, as there is no call that tells its time', async () => {
  const answer = refused(400, { code: 40102, message: 'INVALID_NONCE' });
  await using venue = await startScriptedVenue({ ...CRYPTO_COM, [CANCEL]: answer });
  await expect(venue.adapter.connect(aCall(KEYS), ['crypto_com'])).rejects.toMatchObject({
    code: 'clock_skew',
  });
});

test('crypto.com prices come without a type', async () => {
  await using venue = await startScriptedVenue(CRYPTO_COM);
  const { prices } = await venue.adapter.fetchPrices('crypto_com', 5_000);
  expect(prices).toEqual([{ base: 'BTC', quote: 'USDT', last: '60000.5' }]);
});
