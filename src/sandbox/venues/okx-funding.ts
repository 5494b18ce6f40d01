/** OKX: currencies with their chains, deposit addresses, histories of deposits and withdrawals. */
import type { Transfer } from '../account-activity.ts';
import { type AssetNetwork, depositAddress, networksOf } from '../asset-networks.ts';
import type { Asset } from '../asset-universe.ts';
import type { SandboxAccount } from '../ledger.ts';
import type { MarketFeed } from '../market-feed.ts';
import { listTransfers } from '../transfers.ts';
import { type Answer, type VenueRequest, type VenueRoute, parameters, signedRoute } from '../venue.ts';
import { okxData } from './okx-names.ts';
import { okxRefusal } from './okx-signature.ts';

const MOST_ROWS = 100;
const UNKNOWN_CURRENCY = okxRefusal(200, '58350', 'Insufficient balance or unknown currency');

/** The venue's names of chains; they stand behind the currency, as in `USDT-TRC20`. */
const CHAINS: Readonly<Record<string, string>> = {
  BTC: 'Bitcoin',
  ETH: 'ERC20',
  TRX: 'TRC20',
  BSC: 'BSC',
  SOL: 'Solana',
  ARBITRUM: 'Arbitrum One',
  LTC: 'Litecoin',
  XRP: 'Ripple',
  XLM: 'Stellar Lumens',
  DOGE: 'Dogecoin',
  ADA: 'Cardano',
  DOT: 'Polkadot',
};

const chainOf = (asset: string, network: string): string =>
  network === '' ? '' : `${asset}-${CHAINS[network] ?? network}`;

export const okxFundingRoutes = (feed: MarketFeed): readonly (readonly [string, VenueRoute])[] => {
  const assets = new Map<string, Asset>(
    feed.markets.flatMap(({ base, quote }): [string, Asset][] => [
      [base.code, base],
      [quote.code, quote],
    ]),
  );
  const rows = [...assets.values()].flatMap((asset) => {
    const networks = networksOf(asset);
    return networks.length === 0
      ? [currencyRow(asset, undefined)]
      : networks.map((network) => currencyRow(asset, network));
  });

  const currencies = (request: VenueRequest): Answer => {
    const wanted = parameters(request.query).get('ccy')?.split(',');
    return okxData(wanted === undefined ? rows : rows.filter(({ ccy }) => wanted.includes(ccy)));
  };

  const addresses = (request: VenueRequest, account: SandboxAccount): Answer => {
    const asset = assets.get(parameters(request.query).get('ccy') ?? '');
    if (asset === undefined) return UNKNOWN_CURRENCY;
    return okxData(
      networksOf(asset).map((network) => {
        const { address, tag } = depositAddress(account, network);
        return {
          addr: address,
          ...(tag === '' ? {} : { tag }),
          ccy: asset.code,
          chain: chainOf(asset.code, network.id),
          ctAddr: '',
          // 6: the funding account.
          to: '6',
          selected: true,
        };
      }),
    );
  };

  return [
    ['GET /api/v5/asset/currencies', signedRoute('read', currencies)],
    ['GET /api/v5/asset/deposit-address', signedRoute('read', addresses)],
    ['GET /api/v5/asset/deposit-history', signedRoute('read', history('deposit'))],
    ['GET /api/v5/asset/withdrawal-history', signedRoute('read', history('withdrawal'))],
  ];
};

/** Newest first; `after` a moment pages towards the past, `before` towards now, both exclusive. */
const history =
  (type: Transfer['type']) =>
  (request: VenueRequest, account: SandboxAccount): Answer => {
    const given = parameters(request.query);
    const number = (name: string): number | undefined =>
      /^\d{1,15}$/.test(given.get(name) ?? '') ? Number(given.get(name)) : undefined;
    const after = number('after');
    const before = number('before');
    const found = listTransfers(account, {
      type,
      asset: given.get('ccy'),
      fromMs: before === undefined ? undefined : before + 1,
      toMs: after === undefined ? undefined : after - 1,
    });
    const row = type === 'deposit' ? depositRow : withdrawalRow;
    return okxData(
      [...found]
        .reverse()
        .slice(0, Math.min(number('limit') ?? MOST_ROWS, MOST_ROWS))
        .map((transfer) => row(transfer)),
    );
  };

const DEPOSIT_STATE = { pending: '0', done: '2', failed: '13' } as const;
const WITHDRAWAL_STATE = { pending: '0', done: '2', failed: '-1' } as const;

const depositRow = (transfer: Transfer): object => ({
  actualDepBlkConfirm: transfer.status === 'done' ? '12' : '1',
  amt: transfer.amount,
  ccy: transfer.asset,
  chain: chainOf(transfer.asset, transfer.network),
  depId: transfer.id.toString(),
  areaCodeFrom: '',
  from: '',
  fromWdId: '',
  state: DEPOSIT_STATE[transfer.status],
  to: transfer.address,
  ts: transfer.timeMs.toString(),
  txId: transfer.txId,
});

const withdrawalRow = (transfer: Transfer): object => ({
  amt: transfer.amount,
  ccy: transfer.asset,
  chain: chainOf(transfer.asset, transfer.network),
  clientId: '',
  fee: transfer.fee,
  feeCcy: transfer.asset,
  areaCodeFrom: '',
  from: '',
  areaCodeTo: '',
  to: transfer.address,
  ...(transfer.tag === '' ? {} : { tag: transfer.tag }),
  state: WITHDRAWAL_STATE[transfer.status],
  ts: transfer.timeMs.toString(),
  txId: transfer.txId,
  wdId: transfer.id.toString(),
});

const currencyRow = (asset: Asset, network: AssetNetwork | undefined) => ({
  ccy: asset.code,
  name: asset.code,
  chain: network === undefined ? '' : chainOf(asset.code, network.id),
  canDep: true,
  canWd: true,
  canInternal: true,
  mainNet: network?.isDefault ?? true,
  needTag: network?.needsTag ?? false,
  fee: network?.withdrawFee ?? '0',
  minFee: network?.withdrawFee ?? '0',
  maxFee: network?.withdrawFee ?? '0',
  minWd: network?.withdrawMin ?? '1',
  maxWd: '1000000',
  minDep: network?.depositMin ?? '1',
  minDepArrivalConfirm: network?.confirmations.toString() ?? '0',
  wdTickSz: '8',
});
