/** The keys that exchange secrets are sealed with: which there are, and their rotation as it goes on. */
import { Alert, Button, Group, Progress, Text } from '@mantine/core';
import { useState } from 'react';
import type { AnswerOf } from '../admin-client.ts';
import { useClient } from '../client-context.ts';
import { formatCount } from '../formats.ts';
import { DataTable } from '../parts/data-table.tsx';
import { ConfirmDialog } from '../parts/dialogs.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { Answer, Nothing } from '../parts/notices.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Status } from '../parts/status.tsx';
import { Time } from '../parts/values.tsx';
import { useAction } from '../use-action.ts';
import { FAST_POLL_MS, useAnswer } from '../use-answer.ts';

type SealingKeys = AnswerOf<'GET /api/admin/sealing-keys'>;
type Rotation = NonNullable<SealingKeys['rotation']>;

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
      return 'The rotation has begun';
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
        {({ rotation, tenant_keys, root_keys }) => (
          <>
            <RotationSection rotation={rotation} />
            <Section title="Tenant keys">
              <Facts>
                <Fact name="Active">{formatCount(tenant_keys.active)}</Fact>
                <Fact name="Retiring">{formatCount(tenant_keys.retiring)}</Fact>
                <Fact name="Retired (destroyed)">{formatCount(tenant_keys.retired)}</Fact>
              </Facts>
            </Section>
            <Section title="Root keys">
              <DataTable
                caption="Root keys"
                rows={root_keys}
                keyOf={({ id }) => id}
                columns={[
                  { header: 'Key', cell: ({ id }) => <span className="mono">{id}</span> },
                  {
                    header: 'State',
                    cell: ({ is_primary, tenant_keys: wrapped }) =>
                      is_primary ? (
                        <Status tone="good">Primary</Status>
                      ) : wrapped > 0 ? (
                        <Status tone="warning">In use</Status>
                      ) : (
                        <Status tone="quiet">May be removed</Status>
                      ),
                  },
                  {
                    header: 'Tenant keys under it',
                    isNumeric: true,
                    cell: ({ tenant_keys: wrapped }) => formatCount(wrapped),
                  },
                ]}
                empty={<Nothing title="No root key">Custody has told of none; is it running?</Nothing>}
              />
            </Section>
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
          Every tenant gets a new key pair; custody seals each credential anew to it, and destroys the old
          private halves at the end. Callers notice nothing.
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

const RotationSection = ({ rotation }: { readonly rotation: Rotation | null }) => (
  <Section title="Rotation">
    {rotation === null ? (
      <Nothing title="No rotation yet">
        Rotate from time to time, and at once when a key may have leaked.
      </Nothing>
    ) : (
      <RotationProgress rotation={rotation} />
    )}
  </Section>
);

const RotationProgress = ({ rotation }: { readonly rotation: Rotation }) => {
  const { state, done, total, failed, started_at, finished_at } = rotation;
  const percent = total === 0 ? (state === 'running' ? 0 : 100) : Math.round((done / total) * 100);
  return (
    <>
      <Group justify="space-between">
        <RotationStatus state={state} />
        <Text>
          {formatCount(done)} of {formatCount(total)} sealed anew
        </Text>
      </Group>
      <Progress.Root size="lg">
        <Progress.Section value={percent} aria-label="Progress of the rotation" />
      </Progress.Root>
      {failed > 0 && (
        <Alert color="red" title={`${formatCount(failed)} could not be sealed anew`}>
          They stay under their old key, which is kept for them.
        </Alert>
      )}
      <Facts>
        <Fact name="Begun">
          <Time at={started_at} />
        </Fact>
        <Fact name="Finished">
          <Time at={finished_at} />
        </Fact>
      </Facts>
    </>
  );
};

const RotationStatus = ({ state }: Pick<Rotation, 'state'>) => {
  switch (state) {
    case 'running':
      return <Status tone="busy">Running</Status>;
    case 'done':
      return <Status tone="good">Done</Status>;
    case 'failed':
      return <Status tone="bad">Failed</Status>;
  }
};
