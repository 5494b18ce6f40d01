/** Deposits and withdrawals: put on an account by the admin API, listed by the venues. */
import { createHash } from 'node:crypto';
import { type DecimalString, add } from '../shared/money.ts';
import type { Transfer } from './account-activity.ts';
import { depositAddress, networksOf } from './asset-networks.ts';
import type { Asset } from './asset-universe.ts';
import { credit, debit } from './holdings.ts';
import type { SandboxAccount } from './ledger.ts';
import type { Wallet } from './wallets.ts';

export interface NewTransfer {
  readonly type: Transfer['type'];
  readonly asset: Asset;
  readonly amount: DecimalString;
  /** Of a withdrawal, taken besides its amount. */
  readonly fee?: DecimalString | undefined;
  /** The asset's default network when not given. */
  readonly network?: string | undefined;
  /** A deposit's is the account's own when not given. */
  readonly address?: string | undefined;
  readonly status?: Transfer['status'] | undefined;
  readonly timeMs: number;
  /** Where the money arrives or is taken; null: only the history tells of it. */
  readonly wallet: Wallet | null;
}

export interface TransferQuery {
  readonly type: Transfer['type'];
  /** Asset codes. */
  readonly asset?: string | undefined;
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

const MOST_TRANSFERS = 1_000;

/** Throws RangeError for an unknown network, too many transfers, or a withdrawal of more than is free. */
export const addTransfer = (account: SandboxAccount, input: NewTransfer): Transfer => {
  const { transfers } = account.activity;
  if (transfers.length >= MOST_TRANSFERS) throw new RangeError(`at most ${MOST_TRANSFERS} transfers`);
  const networks = networksOf(input.asset);
  const network = input.network === undefined ? networks[0] : networks.find(({ id }) => id === input.network);
  if (input.network !== undefined && network === undefined)
    throw new RangeError(`${input.asset.code} has no network ${input.network}`);
  const { status = 'done', fee = '0' } = input;
  if (input.wallet !== null) move(account, input, input.wallet, status, fee);

  const own = network === undefined ? { address: '', tag: '' } : depositAddress(account, network);
  // Accounts number theirs apart, as trades are (trade-history.ts).
  const id = account.uid * MOST_TRANSFERS + transfers.length;
  const transfer: Transfer = {
    id,
    type: input.type,
    asset: input.asset.code,
    amount: input.amount,
    fee,
    network: network?.id ?? '',
    address: input.address ?? own.address,
    tag: input.address === undefined ? own.tag : '',
    txId: txIdOf(account, id, network?.kind === 'hex'),
    status,
    timeMs: input.timeMs,
  };
  transfers.push(transfer);
  transfers.sort((a, b) => a.timeMs - b.timeMs || a.id - b.id);
  return transfer;
};

/** A deposit counts once it is done, a withdrawal from its beginning unless it failed. */
const move = (
  account: SandboxAccount,
  input: NewTransfer,
  wallet: Wallet,
  status: Transfer['status'],
  fee: DecimalString,
): void => {
  if (input.type === 'deposit') {
    if (status === 'done') credit(account, wallet, input.asset.code, input.amount);
    return;
  }
  if (status !== 'failed' && !debit(account, wallet, input.asset.code, add(input.amount, fee)))
    throw new RangeError(`less ${input.asset.code} is free than to be withdrawn`);
};

/** Oldest first. */
export const listTransfers = (account: SandboxAccount, query: TransferQuery): readonly Transfer[] =>
  account.activity.transfers.filter(
    (transfer) =>
      transfer.type === query.type &&
      (query.asset === undefined || transfer.asset === query.asset) &&
      transfer.timeMs >= (query.fromMs ?? 0) &&
      transfer.timeMs <= (query.toMs ?? Number.MAX_SAFE_INTEGER),
  );

const txIdOf = (account: SandboxAccount, id: number, ethereum: boolean): string => {
  const hash = createHash('sha256').update(`transfer\n${account.keys.api_key}\n${id}`).digest('hex');
  return ethereum ? `0x${hash}` : hash;
};
