/** Recomputes the chains of the audit log and names the row that does not fit. */
import { Alert, Button } from '@mantine/core';
import { useState } from 'react';
import type { AnswerOf } from '../admin-client.ts';
import { useClient } from '../client-context.ts';
import { formatCount } from '../formats.ts';
import { DataTable } from '../parts/data-table.tsx';
import { ErrorNotice } from '../parts/notices.tsx';
import { Section } from '../parts/page.tsx';
import { Status } from '../parts/status.tsx';
import { useTenantNames } from '../parts/tenant-names.tsx';
import { useAction } from '../use-action.ts';
import { Chain } from './audit-chain.tsx';

type Verification = AnswerOf<'POST /api/admin/audit/verify'>;

export const AuditVerification = ({ tenantId }: { readonly tenantId: string }) => {
  const client = useClient();
  const { run, error, isPending } = useAction();
  const [result, setResult] = useState<Verification>();
  const verify = (): Promise<boolean> =>
    run(async () => {
      const told = await client.ask('POST /api/admin/audit/verify', {
        ...(tenantId !== '' && { tenant_id: tenantId }),
      });
      setResult(told);
      return told.ok ? 'The audit log is whole' : 'The audit log has been tampered with';
    });
  return (
    <Section
      title="Verification"
      actions={
        <Button loading={isPending} onClick={verify}>
          {tenantId === '' ? 'Verify all chains' : 'Verify this chain'}
        </Button>
      }
    >
      <ErrorNotice error={error} title="The log could not be verified" />
      {result === undefined ? (
        <p>Every row's hash is computed anew and compared with the next row and the signed checkpoints.</p>
      ) : (
        <Result result={result} />
      )}
    </Section>
  );
};

const Result = ({ result: { ok, chains, outside } }: { readonly result: Verification }) => {
  const names = useTenantNames();
  return (
    <>
      <Alert
        color={ok ? 'green' : 'red'}
        title={ok ? 'The audit log is whole' : 'The audit log was tampered with'}
      >
        {formatCount(chains.reduce((sum, { rows }) => sum + rows, 0))} rows in {formatCount(chains.length)}{' '}
        chains were verified,{' '}
        {outside === null
          ? 'against the checkpoints in the database alone: those outside of it cannot be read here.'
          : `also against ${formatCount(outside.checkpoints)} checkpoints outside the database.`}
      </Alert>
      <DataTable
        caption="Verified chains"
        // What is wrong comes first.
        rows={chains.toSorted((a, b) => Number(a.ok) - Number(b.ok))}
        keyOf={({ tenant_id }) => tenant_id}
        columns={[
          { header: 'Chain', cell: ({ tenant_id }) => <Chain tenantId={tenant_id} names={names} /> },
          { header: 'Checkpoints', isNumeric: true, cell: ({ checkpoints }) => formatCount(checkpoints) },
          { header: 'Rows', isNumeric: true, cell: ({ rows }) => formatCount(rows) },
          {
            header: 'Result',
            cell: (chain) =>
              chain.ok ? <Status tone="good">Whole</Status> : <Status tone="bad">Tampered</Status>,
          },
          {
            header: 'What is wrong',
            cell: ({ problem }) => (problem === null ? '—' : `Row ${problem.seq}: ${problem.message}`),
          },
        ]}
        empty={null}
      />
    </>
  );
};
