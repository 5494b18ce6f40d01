/** Whose chain an audit row stands in. */
import { TenantName } from '../parts/tenant-names.tsx';

const OPERATORS = '00000000-0000-0000-0000-000000000000';

interface ChainProps {
  readonly tenantId: string;
  readonly names: ReadonlyMap<string, string>;
}

export const Chain = ({ tenantId, names }: ChainProps) =>
  tenantId === OPERATORS ? 'Operators' : <TenantName id={tenantId} names={names} />;
