/** One account on each venue for demonstrations: the same keys, balances and history at every start of a seed. */
import type { Transfer } from './account-activity.ts';
import { type SandboxAccount, setHolding } from './ledger.ts';
import { addTransfer } from './transfers.ts';
import { type SandboxKeys, VENUE_IDS, type VenueId, deriveKeys } from './venue-keys.ts';
import type { World } from './world.ts';

type Balances = Readonly<Record<string, readonly [free: string, locked: string]>>;

// A long-term holding, something in orders, an amount of 18 decimals, dust, and an asset priced in BTC or ETH only.
const BALANCES: Readonly<Partial<Record<VenueId, Balances>>> = {
  binance: {
    BTC: ['0.48210000', '0.05000000'],
    ETH: ['3.141592653589793238', '0'],
    USDT: ['12480.55', '1500.00'],
    BNB: ['4.21', '0'],
    LPT: ['38.5', '0'],
    NMR: ['11.25', '0'],
    SHIB: ['0.01', '0'],
  },
  kraken: {
    BTC: ['0.2750000000', '0.0250000000'],
    ETH: ['1.2345678901', '0'],
    USD: ['8200.4155', '320.1000'],
    EUR: ['1450.2200', '0'],
    DOGE: ['15230.5', '0'],
    GNO: ['1.75', '0'],
    ADA: ['0.00000123', '0'],
  },
  okx: {
    BTC: ['0.105', '0.01'],
    ETH: ['0.123456789012345678', '0'],
    USDT: ['5310.02', '250'],
    SOL: ['22.4', '0'],
    RAD: ['140.9', '0'],
    PEPE: ['0.5', '0'],
  },
  ethereumwallet: {
    ETH: ['3.141592653589793238', '0'],
    USDT: ['1250.5', '0'],
    LINK: ['42.000000000000000001', '0'],
    WBTC: ['0.05', '0'],
  },
  trx: {
    TRX: ['15000.123456', '4000'],
    USDT: ['980.25', '0'],
    SUN: ['120', '0'],
  },
};

/** Of every venue that is not named above. */
const USUAL: Balances = {
  BTC: ['0.125', '0.025'],
  ETH: ['2.718281828459045235', '0'],
  USDT: ['4200.75', '0'],
  SOL: ['12.5', '0'],
  LPT: ['15.25', '0'],
  SHIB: ['0.01', '0'],
};

const TRADES = 40;
/** 2025-06-01T00:00:00Z, the day before the first trade. */
const OPENED_AT_MS = 1_748_736_000_000;
const DAY_MS = 86_400_000;

/** Days after the opening. */
const TRANSFERS: readonly (readonly [Transfer['type'], asset: string, amount: string, day: number])[] = [
  ['deposit', 'BTC', '0.5', 0],
  ['deposit', 'USDT', '15000', 0],
  ['withdrawal', 'USDT', '1000', 30],
];

export const openDemoAccounts = (
  seed: string,
  { ledger, assetByCode }: Pick<World, 'ledger' | 'assetByCode'>,
): Record<string, SandboxKeys> => {
  /** Told by the histories only: the balances above are what is left today. */
  const recordTransfers = (account: SandboxAccount): void => {
    for (const [type, code, amount, day] of TRANSFERS) {
      const asset = assetByCode.get(code);
      if (asset === undefined) continue;
      const timeMs = OPENED_AT_MS + day * DAY_MS;
      addTransfer(account, { type, asset, amount, wallet: null, timeMs });
    }
  };

  const open = (venue: VenueId): SandboxKeys => {
    const account = ledger.open({
      venue,
      keys: deriveKeys(seed, venue, 'demo'),
      permissions: new Set(['read', 'trade']),
      ipRestricted: true,
      openedAtMs: OPENED_AT_MS,
      tradeCount: TRADES,
    });
    for (const [asset, [free, locked]] of Object.entries(BALANCES[venue] ?? USUAL)) {
      setHolding(account, 'spot', asset, { free, locked });
    }
    recordTransfers(account);
    return account.keys;
  };
  return Object.fromEntries(VENUE_IDS.map((venue) => [venue, open(venue)]));
};
