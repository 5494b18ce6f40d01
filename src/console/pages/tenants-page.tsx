/** All tenants, and the way to a new one. */
import { Anchor, Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Tenant } from '../api-types.ts';
import { useClient } from '../client-context.ts';
import { formatCount } from '../formats.ts';
import { goTo, linkTo } from '../location.ts';
import { DataTable } from '../parts/data-table.tsx';
import { FormDialog } from '../parts/dialogs.tsx';
import { Answer, Nothing } from '../parts/notices.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Pager, usePaging } from '../parts/paging.tsx';
import { Time } from '../parts/values.tsx';
import { useAction } from '../use-action.ts';
import { useAnswer } from '../use-answer.ts';
import { POLICIES, TenantStatus } from './tenant-words.tsx';

export const TenantsPage = () => {
  const paging = usePaging('');
  const live = useAnswer('GET /api/admin/tenants', {
    ...(paging.cursor !== undefined && { cursor: paging.cursor }),
  });
  const [isCreating, setCreating] = useState(false);
  return (
    <Page
      title="Tenants"
      intro="Each tenant is a world of its own: its accounts, keys and events are seen by nobody else."
      actions={<Button onClick={() => setCreating(true)}>Create tenant</Button>}
    >
      <Section title="All tenants">
        <Answer live={live}>
          {({ items, next_cursor }) => (
            <>
              <DataTable
                caption="Tenants"
                rows={items}
                keyOf={({ id }) => id}
                columns={[
                  {
                    header: 'Name',
                    cell: ({ id, name }) => <Anchor href={linkTo('tenants', id)}>{name}</Anchor>,
                  },
                  { header: 'Status', cell: ({ status }) => <TenantStatus status={status} /> },
                  { header: 'Accounts', isNumeric: true, cell: ({ accounts }) => formatCount(accounts) },
                  {
                    header: 'Caller keys',
                    isNumeric: true,
                    cell: ({ caller_keys }) => formatCount(caller_keys),
                  },
                  { header: 'Created', cell: ({ created_at }) => <Time at={created_at} /> },
                ]}
                empty={
                  <Nothing title="No tenant yet">
                    Create one, then give it a caller key: with that key its program connects exchange
                    accounts.
                  </Nothing>
                }
              />
              <Pager paging={paging} nextCursor={next_cursor} label="tenants" />
            </>
          )}
        </Answer>
      </Section>
      {isCreating && <CreateTenant onClose={() => setCreating(false)} />}
    </Page>
  );
};

const CreateTenant = ({ onClose }: { readonly onClose: () => void }) => {
  const client = useClient();
  const action = useAction();
  const [name, setName] = useState('');
  const [policy, setPolicy] = useState<Tenant['withdrawal_policy']>('refuse');
  return (
    <FormDialog
      title="Create tenant"
      submitLabel="Create tenant"
      action={action}
      isReady={name.trim() !== ''}
      onSubmit={() =>
        action.run(async () => {
          const created = await client.ask('POST /api/admin/tenants', {
            name: name.trim(),
            withdrawal_policy: policy,
          });
          goTo(linkTo('tenants', created.id));
          return `Tenant ${created.name} created`;
        })
      }
      onClose={onClose}
    >
      <TextInput
        label="Name"
        required
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <NativeSelect
        label="Exchange keys that can withdraw"
        value={policy}
        onChange={(event) => setPolicy(event.currentTarget.value as Tenant['withdrawal_policy'])}
        data={POLICIES}
      />
    </FormDialog>
  );
};
