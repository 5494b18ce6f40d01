/** The keys that operators' programs sign with: which there are, and how to end one. */
import { Button, Code } from '@mantine/core';
import { useState } from 'react';
import type { AdminKey } from '../api-types.ts';
import { useClient } from '../client-context.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { ConfirmDialog } from '../parts/dialogs.tsx';
import { Answer, Nothing } from '../parts/notices.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Status } from '../parts/status.tsx';
import { Time } from '../parts/values.tsx';
import { useAction } from '../use-action.ts';
import { useAnswer } from '../use-answer.ts';

export const AdminKeysPage = () => {
  const client = useClient();
  const action = useAction();
  const live = useAnswer('GET /api/admin/admin-keys', {});
  const [revoking, setRevoking] = useState<AdminKey>();
  const actions: Column<AdminKey> = {
    header: 'Actions',
    cell: (key) =>
      key.revoked_at === null && (
        <Button
          size="compact-sm"
          color="red"
          aria-label={`Revoke ${key.name}`}
          onClick={() => setRevoking(key)}
        >
          Revoke
        </Button>
      ),
  };
  return (
    <Page
      title="Admin keys"
      intro="Public keys whose signatures the admin API takes: the command line's and those of operators' programs."
    >
      <Section title="All admin keys">
        <Answer live={live}>
          {({ items }) => (
            <DataTable
              caption="Admin keys"
              rows={items}
              keyOf={({ id }) => id}
              columns={[...COLUMNS, actions]}
              empty={
                <Nothing title="No admin key">
                  Add one on the gateway's machine: <Code>countersign admin key add</Code>
                </Nothing>
              }
            />
          )}
        </Answer>
      </Section>
      {revoking !== undefined && (
        <ConfirmDialog
          title={`Revoke ${revoking.name}?`}
          confirmLabel="Revoke"
          isDangerous
          action={action}
          onConfirm={() =>
            action.run(async () => {
              await client.ask('DELETE /api/admin/admin-keys/{key_id}', { key_id: revoking.id });
              live.reload();
              return `${revoking.name} revoked`;
            })
          }
          onClose={() => setRevoking(undefined)}
        >
          Whatever signs with it is refused from now on. This cannot be undone.
        </ConfirmDialog>
      )}
    </Page>
  );
};

const COLUMNS: readonly Column<AdminKey>[] = [
  { header: 'Name', cell: ({ name }) => name },
  { header: 'Key', cell: ({ key_id }) => <span className="mono">{key_id}</span> },
  {
    header: 'State',
    cell: ({ revoked_at }) =>
      revoked_at === null ? <Status tone="good">Active</Status> : <Status tone="quiet">Revoked</Status>,
  },
  { header: 'Last used', cell: ({ last_used_at }) => <Time at={last_used_at} /> },
  { header: 'Added by', cell: ({ created_by }) => created_by },
  { header: 'Added', cell: ({ created_at }) => <Time at={created_at} /> },
];
