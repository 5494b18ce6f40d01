/** Coinbase Advanced: what came and went (v2 transactions, bank transfers) and addresses to pay in at. */
import type { Transfer } from '../account-activity.ts';
import { depositAddress, networksOf } from '../asset-networks.ts';
import type { SandboxAccount } from '../ledger.ts';
import { stableUuid } from '../stable-uuid.ts';
import { listTransfers } from '../transfers.ts';
import { type CoinbaseWallet, chainName, chainOf, isoTime } from './coinbase-names.ts';

/** Of one wallet, oldest first. */
export const bothWays = (account: SandboxAccount, asset: string): readonly Transfer[] =>
  [
    ...listTransfers(account, { type: 'deposit', asset }),
    ...listTransfers(account, { type: 'withdrawal', asset }),
  ].sort((a, b) => a.timeMs - b.timeMs);

const STATUS = { pending: 'pending', done: 'completed', failed: 'canceled' } as const;

/** What left has a minus before it. */
export const transactionRow = (
  account: SandboxAccount,
  { id, asset }: CoinbaseWallet,
  transfer: Transfer,
) => {
  const away = transfer.type === 'withdrawal';
  const fiat = asset.kind === 'fiat';
  const own = stableUuid(`transfer\n${transfer.id}`);
  return {
    id: own,
    type: fiat ? (away ? 'fiat_withdrawal' : 'fiat_deposit') : 'send',
    status: STATUS[transfer.status],
    amount: { amount: `${away ? '-' : ''}${transfer.amount}`, currency: asset.code },
    created_at: `${isoTime(transfer.timeMs).slice(0, 19)}Z`,
    resource: 'transaction',
    resource_path: `/v2/accounts/${id}/transactions/${own}`,
    ...(!fiat && {
      network: {
        status: transfer.status === 'pending' ? 'pending' : 'confirmed',
        hash: transfer.txId,
        network_name: chainName(transfer.network),
        transaction_fee: { amount: transfer.fee, currency: asset.code },
      },
    }),
    ...(away && !fiat
      ? { to: { address: transfer.address, resource: 'address' } }
      : { from: { id: stableUuid(`user\n${account.uid}`), name: 'Coinbase', resource: 'user' } }),
  };
};

export const bankTransferRow = (_: SandboxAccount, { id, asset }: CoinbaseWallet, transfer: Transfer) => {
  const own = stableUuid(`transfer\n${transfer.id}`);
  const money = (amount: string) => ({ amount, currency: asset.code });
  const at = `${isoTime(transfer.timeMs).slice(0, 19)}Z`;
  return {
    id: own,
    status: STATUS[transfer.status],
    created_at: at,
    updated_at: at,
    resource: transfer.type,
    resource_path: `/v2/accounts/${id}/${transfer.type}s/${own}`,
    committed: transfer.status !== 'failed',
    payout_at: at,
    instant: false,
    fee: money(transfer.fee),
    amount: money(transfer.amount),
    subtotal: money(transfer.amount),
  };
};

export const addressRows = ({ id, asset }: CoinbaseWallet, account: SandboxAccount) =>
  networksOf(asset).map((network) => {
    const { address, tag } = depositAddress(account, network);
    const own = stableUuid(`address\n${account.keys.api_key}\n${asset.code}\n${network.id}`);
    return {
      id: own,
      address,
      address_info: { address, ...(tag !== '' && { destination_tag: tag }) },
      name: null,
      created_at: isoTime(account.openedAtMs),
      updated_at: isoTime(account.openedAtMs),
      network: chainOf(network),
      uri_scheme: chainOf(network),
      resource: 'address',
      resource_path: `/v2/accounts/${id}/addresses/${own}`,
      address_label: `${asset.code} address (${network.name})`,
      default_receive: network.isDefault,
      ...(tag !== '' && { destination_tag: tag }),
    };
  });
