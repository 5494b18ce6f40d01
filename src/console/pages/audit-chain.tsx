/** Whose chain an audit row stands in. */

const OPERATORS = '00000000-0000-0000-0000-000000000000';

export const Chain = ({ tenantId }: { readonly tenantId: string }) =>
  tenantId === OPERATORS ? 'Operators' : <span className="mono">{tenantId}</span>;
