/** The keys that exchange secrets are sealed with: which there are, and how they are turned over. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { SealingKeys } from '../api-types.ts';
import { useClient } from '../client-context.ts';
import { formatCount } from '../formats.ts';
import { DataTable } from '../parts/data-table.tsx';
import { ConfirmDialog } from '../parts/dialogs.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { Answer, Nothing } from '../parts/notices.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Status } from '../parts/status.tsx';
import { useAction } from '../use-action.ts';
import { FAST_POLL_MS, useAnswer } from '../use-answer.ts';
import { RetiringKeys } from './retiring-keys.tsx';
import { RotationSection } from './rotation-section.tsx';

export const SealingKeysPage = () => {
  const client = useClient();
  const action = useAction();
  const live = useAnswer('GET /api/admin/sealing-keys', {}, FAST_POLL_MS);
  const [asked, setAsked] = useState<'rotate' | 'rewrap'>();
  const isRunning = live.answer?.rotation?.state === 'running';
  const close = (): void => setAsked(undefined);
  const begin = (name: 'POST /api/admin/sealing-keys/rotate' | 'POST /api/admin/sealing-keys/root/rewrap') =>
    action.run(async () => {
      await client.ask(name, {});
      live.reload();
      return 'It has begun';
    });
  return (
    <Page
      title="Sealing keys"
      intro="Each tenant has a key pair that its exchange keys are sealed to; the root key wraps the private halves. Only custody opens them."
      actions={
        <>
          <Button disabled={isRunning} onClick={() => setAsked('rotate')}>
            Rotate tenant keys
          </Button>
          <Button variant="default" disabled={isRunning} onClick={() => setAsked('rewrap')}>
            Rewrap under the root key
          </Button>
        </>
      }
    >
      <Answer live={live}>
        {({ rotation, tenant_keys, root_keys, retiring }) => (
          <>
            <RotationSection rotation={rotation} />
            <Section title="Tenant keys">
              <Facts>
                <Fact name="Active">{formatCount(tenant_keys.active)}</Fact>
                <Fact name="Retiring">{formatCount(tenant_keys.retiring)}</Fact>
                <Fact name="Retired (destroyed)">{formatCount(tenant_keys.retired)}</Fact>
              </Facts>
              {retiring.length > 0 && <RetiringKeys keys={retiring} onRetired={live.reload} />}
            </Section>
            <RootKeys keys={root_keys} />
          </>
        )}
      </Answer>
      {asked === 'rotate' && (
        <ConfirmDialog
          title="Rotate the tenants' sealing keys?"
          confirmLabel="Rotate"
          action={action}
          onConfirm={() => begin('POST /api/admin/sealing-keys/rotate')}
          onClose={close}
        >
          Every tenant gets a new key pair, and custody seals each exchange key anew to it. Callers notice
          nothing.
        </ConfirmDialog>
      )}
      {asked === 'rewrap' && (
        <ConfirmDialog
          title="Rewrap under the primary root key?"
          confirmLabel="Rewrap"
          action={action}
          onConfirm={() => begin('POST /api/admin/sealing-keys/root/rewrap')}
          onClose={close}
        >
          The private half of every tenant key is wrapped under the primary root key. Afterwards older root
          keys can be taken out of the configuration.
        </ConfirmDialog>
      )}
    </Page>
  );
};

const RootKeys = ({ keys }: { readonly keys: SealingKeys['root_keys'] }) => (
  <Section title="Root keys">
    <DataTable
      caption="Root keys"
      rows={keys}
      keyOf={({ id }) => id}
      columns={[
        { header: 'Key', cell: ({ id }) => <span className="mono">{id}</span> },
        { header: 'State', cell: (key) => <RootKeyStatus rootKey={key} /> },
        {
          header: 'Tenant keys under it',
          isNumeric: true,
          cell: ({ tenant_keys }) => formatCount(tenant_keys),
        },
      ]}
      empty={<Nothing title="No root key yet">Custody tells of them when it starts.</Nothing>}
    />
  </Section>
);

const RootKeyStatus = ({ rootKey }: { readonly rootKey: SealingKeys['root_keys'][number] }) => {
  const { is_primary, is_held, tenant_keys } = rootKey;
  if (tenant_keys > 0 && !is_held) return <Status tone="bad">Missing in custody</Status>;
  if (is_primary) return <Status tone="good">Primary</Status>;
  return tenant_keys > 0 ? (
    <Status tone="warning">In use</Status>
  ) : (
    <Status tone="quiet">May be removed</Status>
  );
};
