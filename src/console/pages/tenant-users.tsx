/** The users of a tenant, by the tenant's own ids. */
import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useClient } from '../client-context.ts';
import { DataTable } from '../parts/data-table.tsx';
import { FormDialog } from '../parts/dialogs.tsx';
import { Answer, Nothing } from '../parts/notices.tsx';
import { Section } from '../parts/page.tsx';
import { Pager, usePaging } from '../parts/paging.tsx';
import { Time } from '../parts/values.tsx';
import { useAction } from '../use-action.ts';
import { useAnswer } from '../use-answer.ts';

export const TenantUsers = ({ tenantId }: { readonly tenantId: string }) => {
  const paging = usePaging(tenantId);
  const live = useAnswer('GET /api/admin/tenants/{tenant_id}/users', {
    tenant_id: tenantId,
    ...(paging.cursor !== undefined && { cursor: paging.cursor }),
  });
  const [isAdding, setAdding] = useState(false);
  return (
    <Section
      title="Users"
      actions={
        <Button variant="default" onClick={() => setAdding(true)}>
          Add user
        </Button>
      }
    >
      <Answer live={live}>
        {({ items, next_cursor }) => (
          <>
            <DataTable
              caption="Users of the tenant"
              rows={items}
              keyOf={({ id }) => id}
              columns={[
                { header: 'User', cell: ({ external_id }) => external_id },
                { header: 'Name', cell: ({ name }) => name ?? '—' },
                { header: 'Added', cell: ({ created_at }) => <Time at={created_at} /> },
              ]}
              empty={
                <Nothing title="No user yet">
                  Users are labels for the tenant's own customers. They appear when a caller key names one, or
                  when you add one.
                </Nothing>
              }
            />
            <Pager paging={paging} nextCursor={next_cursor} label="users" />
          </>
        )}
      </Answer>
      {isAdding && <AddUser tenantId={tenantId} onAdded={live.reload} onClose={() => setAdding(false)} />}
    </Section>
  );
};

interface AddUserProps {
  readonly tenantId: string;
  readonly onAdded: () => void;
  readonly onClose: () => void;
}

const AddUser = ({ tenantId, onAdded, onClose }: AddUserProps) => {
  const client = useClient();
  const action = useAction();
  const [externalId, setExternalId] = useState('');
  const [name, setName] = useState('');
  return (
    <FormDialog
      title="Add user"
      submitLabel="Add user"
      action={action}
      isReady={externalId.trim() !== ''}
      onSubmit={() =>
        action.run(async () => {
          await client.ask('POST /api/admin/tenants/{tenant_id}/users', {
            tenant_id: tenantId,
            external_id: externalId.trim(),
            ...(name.trim() !== '' && { name: name.trim() }),
          });
          onAdded();
          return `User ${externalId.trim()} added`;
        })
      }
      onClose={onClose}
    >
      <TextInput
        label="The tenant's id of the user"
        required
        maxLength={255}
        value={externalId}
        onChange={(event) => setExternalId(event.currentTarget.value)}
        data-autofocus
      />
      <TextInput
        label="Name"
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
    </FormDialog>
  );
};
