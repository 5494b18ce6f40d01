/** The caller keys of a tenant: what its programs sign with. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { CallerKey, IssuedCallerKey } from '../api-types.ts';
import { useClient } from '../client-context.ts';
import { DataTable } from '../parts/data-table.tsx';
import { ConfirmDialog } from '../parts/dialogs.tsx';
import { Answer, Nothing } from '../parts/notices.tsx';
import { Section } from '../parts/page.tsx';
import { Pager, usePaging } from '../parts/paging.tsx';
import { Status } from '../parts/status.tsx';
import { Time } from '../parts/values.tsx';
import { useAction } from '../use-action.ts';
import { useAnswer } from '../use-answer.ts';
import { CreateKey } from './create-key.tsx';
import { IssuedKeyDialog } from './issued-key-dialog.tsx';
import { RotateKey } from './rotate-key.tsx';

type Asked =
  | { readonly kind: 'create' }
  | { readonly kind: 'rotate' | 'revoke'; readonly key: CallerKey }
  | { readonly kind: 'issued'; readonly key: IssuedCallerKey };

export const TenantKeys = ({ tenantId }: { readonly tenantId: string }) => {
  const paging = usePaging(tenantId);
  const live = useAnswer('GET /api/admin/tenants/{tenant_id}/keys', {
    tenant_id: tenantId,
    ...(paging.cursor !== undefined && { cursor: paging.cursor }),
  });
  const [asked, setAsked] = useState<Asked>();
  const close = (): void => setAsked(undefined);
  // What a dialog has issued is shown in its place.
  const closeUnlessIssued = (): void => setAsked((last) => (last?.kind === 'issued' ? last : undefined));
  const show = (key: IssuedCallerKey): void => {
    setAsked({ kind: 'issued', key });
    live.reload();
  };
  return (
    <Section
      title="Caller keys"
      actions={<Button onClick={() => setAsked({ kind: 'create' })}>Create caller key</Button>}
    >
      <Answer live={live}>
        {({ items, next_cursor }) => (
          <>
            <DataTable
              caption="Caller keys of the tenant"
              rows={items}
              keyOf={({ id }) => id}
              columns={[
                { header: 'Name', cell: ({ name }) => name },
                { header: 'Key', cell: ({ api_key }) => <span className="mono">{api_key}</span> },
                { header: 'Algorithm', cell: ({ algorithm }) => algorithm },
                { header: 'Scopes', cell: ({ scopes }) => scopes.join(', ') },
                { header: 'State', cell: (key) => <KeyStatus callerKey={key} /> },
                { header: 'Last used', cell: ({ last_used_at }) => <Time at={last_used_at} /> },
                {
                  header: 'Actions',
                  cell: (key) => (
                    <div className="row-actions">
                      <Button
                        size="compact-sm"
                        variant="default"
                        aria-label={`Rotate ${key.name}`}
                        onClick={() => setAsked({ kind: 'rotate', key })}
                      >
                        Rotate
                      </Button>
                      <Button
                        size="compact-sm"
                        color="red"
                        aria-label={`Revoke ${key.name}`}
                        onClick={() => setAsked({ kind: 'revoke', key })}
                      >
                        Revoke
                      </Button>
                    </div>
                  ),
                },
              ]}
              empty={
                <Nothing title="No caller key yet">
                  Create one and hand it to the tenant: its program signs every request with it.
                </Nothing>
              }
            />
            <Pager paging={paging} nextCursor={next_cursor} label="caller keys" />
          </>
        )}
      </Answer>
      {asked?.kind === 'create' && (
        <CreateKey tenantId={tenantId} onIssued={show} onClose={closeUnlessIssued} />
      )}
      {asked?.kind === 'rotate' && (
        <RotateKey tenantId={tenantId} callerKey={asked.key} onIssued={show} onClose={closeUnlessIssued} />
      )}
      {asked?.kind === 'revoke' && (
        <RevokeKey tenantId={tenantId} callerKey={asked.key} onRevoked={live.reload} onClose={close} />
      )}
      {asked?.kind === 'issued' && <IssuedKeyDialog issued={asked.key} onClose={close} />}
    </Section>
  );
};

const KeyStatus = ({ callerKey }: { readonly callerKey: CallerKey }) => {
  if (callerKey.revoked_at !== null) return <Status tone="quiet">Revoked</Status>;
  const isExpired = callerKey.expires_at !== null && Date.parse(callerKey.expires_at) < Date.now();
  return isExpired ? <Status tone="warning">Expired</Status> : <Status tone="good">Active</Status>;
};

interface RevokeKeyProps {
  readonly tenantId: string;
  readonly callerKey: CallerKey;
  readonly onRevoked: () => void;
  readonly onClose: () => void;
}

const RevokeKey = ({ tenantId, callerKey, onRevoked, onClose }: RevokeKeyProps) => {
  const client = useClient();
  const action = useAction();
  return (
    <ConfirmDialog
      title={`Revoke ${callerKey.name}?`}
      confirmLabel="Revoke"
      isDangerous
      action={action}
      onConfirm={() =>
        action.run(async () => {
          await client.ask('DELETE /api/admin/tenants/{tenant_id}/keys/{key_id}', {
            tenant_id: tenantId,
            key_id: callerKey.id,
          });
          onRevoked();
          return `${callerKey.name} revoked`;
        })
      }
      onClose={onClose}
    >
      Every request that it signs is refused from now on. This cannot be undone; create another key if the
      tenant needs one.
    </ConfirmDialog>
  );
};
