/** Kraken: deposit methods and addresses, and what became of deposits and withdrawals. */
import type { Transfer } from '../account-activity.ts';
import { type AssetNetwork, depositAddress, networksOf } from '../asset-networks.ts';
import type { Asset } from '../asset-universe.ts';
import { padDecimals } from '../fixed-point.ts';
import type { SandboxAccount } from '../ledger.ts';
import type { MarketFeed } from '../market-feed.ts';
import { listTransfers } from '../transfers.ts';
import { type Answer, type VenueRequest, type VenueRoute, parameters, signedRoute } from '../venue.ts';
import { altname, assetId } from './kraken-names.ts';
import { reference } from './kraken-reference.ts';
import { krakenRefusal, krakenResult } from './kraken-signature.ts';

const UNKNOWN_ASSET = krakenRefusal('EFunding:Unknown asset');
const NO_METHOD = krakenRefusal('EFunding:No funding method');

/** The venue's names of ways to deposit, where they are not the asset's own name. */
const METHODS: Readonly<Record<string, string>> = {
  'BTC/BTC': 'Bitcoin',
  'ETH/ETH': 'Ether (Hex)',
  'ETH/ARBITRUM': 'ETH - Arbitrum One (Unified)',
  'LTC/LTC': 'Litecoin',
  'XRP/XRP': 'Ripple XRP',
  'XLM/XLM': 'Stellar XLM',
  'DOGE/DOGE': 'Dogecoin',
  'SOL/SOL': 'Solana',
  'DOT/DOT': 'Polkadot',
  'TRX/TRX': 'Tron',
  'USDT/ETH': 'Tether USD (ERC20)',
  'USDT/TRX': 'Tether USD (TRC20)',
  'USDC/ETH': 'USDC',
};

const methodOf = (asset: string, network: string): string =>
  METHODS[`${asset}/${network}`] ?? (network === 'ETH' ? asset : `${asset} (${network})`);

export const krakenFundingRoutes = (feed: MarketFeed): readonly (readonly [string, VenueRoute])[] => {
  const assets = new Map<string, Asset>(
    feed.markets.flatMap(({ base, quote }) =>
      [base, quote].flatMap((asset): [string, Asset][] => [
        [assetId(asset.code), asset],
        [altname(asset.code), asset],
      ]),
    ),
  );
  const assetIn = (request: VenueRequest): Asset | undefined =>
    assets.get(parameters(request.body.toString('utf8')).get('asset') ?? '');

  const methods = (request: VenueRequest): Answer => {
    const asset = assetIn(request);
    return asset === undefined ? UNKNOWN_ASSET : krakenResult(networksOf(asset).map(methodRow(asset)));
  };

  const addresses = (request: VenueRequest, account: SandboxAccount): Answer => {
    const asset = assetIn(request);
    if (asset === undefined) return UNKNOWN_ASSET;
    const wanted = parameters(request.body.toString('utf8')).get('method');
    const networks = networksOf(asset);
    const named = networks.find((network) => methodOf(asset.code, network.id) === wanted);
    // Not all names of the venue are known here: where there is one way only, any name means it.
    const network = named ?? (networks.length === 1 ? networks[0] : undefined);
    if (network === undefined) return NO_METHOD;
    const { address, tag } = depositAddress(account, network);
    return krakenResult([{ address, expiretm: '0', new: true, ...(tag === '' ? {} : { tag, memo: tag }) }]);
  };

  const statuses =
    (type: Transfer['type']) =>
    (request: VenueRequest, account: SandboxAccount): Answer => {
      const given = parameters(request.body.toString('utf8'));
      const asset = assetIn(request);
      if (given.has('asset') && asset === undefined) return UNKNOWN_ASSET;
      const seconds = (name: string): number | undefined =>
        /^\d{1,12}(\.\d+)?$/.test(given.get(name) ?? '') ? Number(given.get(name)) * 1_000 : undefined;
      const query = { type, asset: asset?.code, fromMs: seconds('start'), toMs: seconds('end') };
      return krakenResult([...listTransfers(account, query)].reverse().map(transferRow));
    };

  return [
    ['POST /0/private/DepositMethods', signedRoute('read', methods)],
    ['POST /0/private/DepositAddresses', signedRoute('read', addresses)],
    ['POST /0/private/DepositStatus', signedRoute('read', statuses('deposit'))],
    ['POST /0/private/WithdrawStatus', signedRoute('read', statuses('withdrawal'))],
  ];
};

const methodRow = (asset: Asset) => (network: AssetNetwork) => ({
  method: methodOf(asset.code, network.id),
  limit: false,
  fee: '0.00000000',
  'gen-address': true,
  minimum: network.depositMin,
});

const STATUS = { pending: 'Pending', done: 'Success', failed: 'Failure' } as const;

const transferRow = (transfer: Transfer) => ({
  method: transfer.network === '' ? 'SEPA' : methodOf(transfer.asset, transfer.network),
  aclass: 'currency',
  asset: assetId(transfer.asset),
  refid: reference(transfer.type === 'deposit' ? 'Q' : 'A', transfer.id),
  txid: transfer.txId,
  info: transfer.address,
  amount: padDecimals(transfer.amount, 10),
  fee: padDecimals(transfer.fee, 10),
  time: Math.floor(transfer.timeMs / 1_000),
  status: STATUS[transfer.status],
});
