/** How an account's state is told. */
import type { Account } from '../api-types.ts';
import { Status } from '../parts/status.tsx';

export const ACCOUNT_STATUSES = [
  { value: 'active', label: 'Active' },
  { value: 'locked', label: 'Locked' },
  { value: 'keys_invalid', label: 'Keys refused' },
] as const;

export const AccountStatus = ({ account }: { readonly account: Account }) => {
  if (account.api_key_invalid) return <Status tone="bad">Keys refused</Status>;
  return account.is_locked ? <Status tone="warning">Locked</Status> : <Status tone="good">Active</Status>;
};
