/** How an account's state is told. */
import type { AdminAccount } from '../api-types.ts';
import { Status } from '../parts/status.tsx';

export const ACCOUNT_STATUSES = [
  { value: 'ok', label: 'Active' },
  { value: 'locked', label: 'Locked' },
  { value: 'keys_invalid', label: 'Keys refused' },
] as const;

export const AccountStatus = ({ account }: { readonly account: AdminAccount }) => {
  if (account.api_key_invalid) return <Status tone="bad">Keys refused</Status>;
  return account.is_locked ? <Status tone="warning">Locked</Status> : <Status tone="good">Active</Status>;
};
