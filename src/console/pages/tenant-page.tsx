/** One tenant: its state, settings, users and caller keys, and the way to end it. */
import { Anchor, Button } from '@mantine/core';
import { useState } from 'react';
import type { Tenant } from '../api-types.ts';
import { useClient } from '../client-context.ts';
import { formatCount } from '../formats.ts';
import { goTo, linkTo, withQuery } from '../location.ts';
import { ConfirmDialog } from '../parts/dialogs.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { Answer, ErrorNotice } from '../parts/notices.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Time } from '../parts/values.tsx';
import { useAction } from '../use-action.ts';
import { useAnswer } from '../use-answer.ts';
import { TenantKeys } from './tenant-keys.tsx';
import { TenantSettings } from './tenant-settings.tsx';
import { TenantUsers } from './tenant-users.tsx';
import { TenantStatus } from './tenant-words.tsx';

export const TenantPage = ({ tenantId }: { readonly tenantId: string }) => {
  const live = useAnswer('GET /api/admin/tenants/{tenant_id}', { tenant_id: tenantId });
  const tenant = live.answer;
  return (
    <Page
      title={tenant?.name ?? 'Tenant'}
      actions={
        tenant !== undefined &&
        tenant.status !== 'deleted' && <LifeCycle tenant={tenant} onChanged={live.reload} />
      }
    >
      <Answer live={live}>
        {(tenant) => (
          <>
            <Section title="Summary">
              <Facts>
                <Fact name="Status">
                  <TenantStatus status={tenant.status} />
                </Fact>
                <Fact name="Accounts">
                  <Anchor href={withQuery(linkTo('accounts'), { tenant_id: tenant.id })}>
                    {formatCount(tenant.accounts)} connected
                  </Anchor>
                </Fact>
                <Fact name="Webhooks">
                  <Anchor href={withQuery(linkTo('webhooks'), { tenant_id: tenant.id })}>Deliveries</Anchor>
                </Fact>
                <Fact name="Audit">
                  <Anchor href={withQuery(linkTo('audit'), { tenant_id: tenant.id })}>What was done</Anchor>
                </Fact>
                <Fact name="Created">
                  <Time at={tenant.created_at} />
                </Fact>
                <Fact name="Id">
                  <span className="mono">{tenant.id}</span>
                </Fact>
              </Facts>
            </Section>
            {tenant.status !== 'deleted' && (
              <>
                <TenantKeys tenantId={tenant.id} />
                <TenantUsers tenantId={tenant.id} />
                <TenantSettings tenant={tenant} onChanged={live.reload} />
              </>
            )}
          </>
        )}
      </Answer>
    </Page>
  );
};

interface LifeCycleProps {
  readonly tenant: Tenant;
  readonly onChanged: () => void;
}

const LifeCycle = ({ tenant, onChanged }: LifeCycleProps) => {
  const client = useClient();
  const action = useAction();
  const [asked, setAsked] = useState<'suspend' | 'delete'>();
  const setStatus = (status: 'active' | 'suspended'): Promise<boolean> =>
    action.run(async () => {
      await client.ask('PATCH /api/admin/tenants/{tenant_id}', { tenant_id: tenant.id, status });
      onChanged();
      return `${tenant.name} is ${status}`;
    });
  const close = (): void => setAsked(undefined);
  return (
    <>
      {tenant.status === 'active' ? (
        <Button variant="default" onClick={() => setAsked('suspend')}>
          Suspend
        </Button>
      ) : (
        <Button variant="default" loading={action.isPending} onClick={() => setStatus('active')}>
          Resume
        </Button>
      )}
      <Button color="red" onClick={() => setAsked('delete')}>
        Delete
      </Button>
      {asked === undefined && <ErrorNotice error={action.error} />}
      {asked === 'suspend' && (
        <ConfirmDialog
          title={`Suspend ${tenant.name}?`}
          confirmLabel="Suspend"
          action={action}
          onConfirm={() => setStatus('suspended')}
          onClose={close}
        >
          Its callers are refused at once, and its jobs stop. Nothing is lost; resume it at any time.
        </ConfirmDialog>
      )}
      {asked === 'delete' && (
        <ConfirmDialog
          title={`Delete ${tenant.name}?`}
          confirmLabel="Delete for ever"
          isDangerous
          typed={tenant.name}
          action={action}
          onConfirm={() =>
            action.run(async () => {
              await client.ask('DELETE /api/admin/tenants/{tenant_id}', {
                tenant_id: tenant.id,
                confirm: tenant.name,
              });
              goTo(linkTo('tenants'));
              return `${tenant.name} deleted`;
            })
          }
          onClose={close}
        >
          Its sealing key is destroyed: no exchange key of its {formatCount(tenant.accounts)} accounts can be
          opened again, not even from a backup of its rows. Its audit log stays. This cannot be undone.
        </ConfirmDialog>
      )}
    </>
  );
};
