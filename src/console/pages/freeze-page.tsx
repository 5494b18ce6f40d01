/** The switch that stops custody from opening any exchange key. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useClient } from '../client-context.ts';
import { ConfirmDialog } from '../parts/dialogs.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { Answer } from '../parts/notices.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Status } from '../parts/status.tsx';
import { Time } from '../parts/values.tsx';
import { useAction } from '../use-action.ts';
import { useFreeze } from '../freeze-context.ts';

const TYPED = 'freeze';

export const FreezePage = () => {
  const client = useClient();
  const action = useAction();
  const live = useFreeze();
  const [asked, setAsked] = useState<'freeze' | 'unfreeze'>();
  const close = (): void => setAsked(undefined);
  return (
    <Page
      title="Freeze"
      intro="When keys may be misused: one switch that stops custody from opening any of them."
    >
      <Answer live={live}>
        {({ frozen, since, by, reason }) => (
          <Section
            title="State"
            actions={
              frozen ? (
                <Button onClick={() => setAsked('unfreeze')}>Unfreeze</Button>
              ) : (
                <Button color="red" onClick={() => setAsked('freeze')}>
                  Freeze everything
                </Button>
              )
            }
          >
            <Facts>
              <Fact name="Custody">
                {frozen ? <Status tone="bad">Frozen</Status> : <Status tone="good">Works</Status>}
              </Fact>
              {frozen && (
                <>
                  <Fact name="Since">
                    <Time at={since} />
                  </Fact>
                  <Fact name="By">{by ?? '—'}</Fact>
                  <Fact name="Reason">{reason ?? '—'}</Fact>
                </>
              )}
            </Facts>
          </Section>
        )}
      </Answer>
      {asked === 'freeze' && (
        <ConfirmDialog
          title="Freeze everything?"
          confirmLabel="Freeze"
          isDangerous
          typed={TYPED}
          reasonLabel="Reason"
          action={action}
          onConfirm={(reason) =>
            action.run(async () => {
              await client.ask('POST /api/admin/freeze', { reason });
              live.reload();
              return 'Everything is frozen';
            })
          }
          onClose={close}
        >
          Calls that need an exchange key are refused at every gateway until you unfreeze: connecting,
          syncing, trading. What is stored can still be read.
        </ConfirmDialog>
      )}
      {asked === 'unfreeze' && (
        <ConfirmDialog
          title="Unfreeze?"
          confirmLabel="Unfreeze"
          action={action}
          onConfirm={() =>
            action.run(async () => {
              await client.ask('DELETE /api/admin/freeze', {});
              live.reload();
              return 'Custody works again';
            })
          }
          onClose={close}
        >
          Custody opens keys again at once. Make sure that the reason for the freeze is gone.
        </ConfirmDialog>
      )}
    </Page>
  );
};
