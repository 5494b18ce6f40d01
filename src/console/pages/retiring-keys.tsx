/** Sealing keys that only open any more: each can be destroyed once nothing is sealed to it. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { SealingKeys } from '../api-types.ts';
import { useClient } from '../client-context.ts';
import { DataTable } from '../parts/data-table.tsx';
import { ConfirmDialog } from '../parts/dialogs.tsx';
import { TenantName, useTenantNames } from '../parts/tenant-names.tsx';
import { Id, Time } from '../parts/values.tsx';
import { shortId } from '../formats.ts';
import { useAction } from '../use-action.ts';

interface RetiringKeysProps {
  readonly keys: SealingKeys['retiring'];
  readonly onRetired: () => void;
}

export const RetiringKeys = ({ keys, onRetired }: RetiringKeysProps) => {
  const client = useClient();
  const action = useAction();
  const names = useTenantNames();
  const [asked, setAsked] = useState<string>();
  return (
    <>
      <DataTable
        caption="Retiring keys"
        rows={keys}
        keyOf={({ key_id }) => key_id}
        columns={[
          { header: 'Key', cell: ({ key_id }) => <Id id={key_id} /> },
          { header: 'Tenant', cell: ({ tenant_id }) => <TenantName id={tenant_id} names={names} /> },
          { header: 'Replaced', cell: ({ retired_at }) => <Time at={retired_at} /> },
          {
            header: 'Actions',
            cell: ({ key_id }) => (
              <Button
                size="compact-sm"
                color="red"
                aria-label={`Retire ${shortId(key_id)}`}
                onClick={() => setAsked(key_id)}
              >
                Retire
              </Button>
            ),
          },
        ]}
        empty={null}
      />
      {asked !== undefined && (
        <ConfirmDialog
          title={`Destroy key ${shortId(asked)}?`}
          confirmLabel="Retire"
          isDangerous
          action={action}
          onConfirm={() =>
            action.run(async () => {
              await client.ask('POST /api/admin/sealing-keys/{key_id}/retire', { key_id: asked });
              onRetired();
              return `Key ${shortId(asked)} is being destroyed`;
            })
          }
          onClose={() => setAsked(undefined)}
        >
          Its private half is destroyed: rows that were sealed to it, in backups too, can never be opened
          again.
        </ConfirmDialog>
      )}
    </>
  );
};
