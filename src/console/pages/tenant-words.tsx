/** How tenants' states and policies are told. */
import type { Tenant } from '../api-types.ts';
import { Status } from '../parts/status.tsx';

export const POLICIES: { readonly value: Tenant['withdrawal_policy']; readonly label: string }[] = [
  { value: 'refuse', label: 'Refuse them' },
  { value: 'warn', label: 'Take them, with a warning' },
  { value: 'allow', label: 'Take them' },
];

export const TenantStatus = ({ status }: Pick<Tenant, 'status'>) => {
  switch (status) {
    case 'active':
      return <Status tone="good">Active</Status>;
    case 'suspended':
      return <Status tone="warning">Suspended</Status>;
    case 'deleted':
      return <Status tone="quiet">Deleted</Status>;
  }
};
