/** The rotation that runs, as it goes on, or else the last one. */
import { Alert, Group, Progress, Text } from '@mantine/core';
import type { KeyRotation } from '../api-types.ts';
import { formatCount } from '../formats.ts';
import { Fact, Facts } from '../parts/facts.tsx';
import { Nothing } from '../parts/notices.tsx';
import { Section } from '../parts/page.tsx';
import { Status } from '../parts/status.tsx';
import { Time } from '../parts/values.tsx';

export const RotationSection = ({ rotation }: { readonly rotation: KeyRotation | null }) => (
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

const KINDS = {
  rotate: 'New tenant keys',
  rewrap: 'Rewrapping under the root key',
  retire: 'Destruction of an old key',
} as const;

const RotationProgress = ({ rotation }: { readonly rotation: KeyRotation }) => {
  const { kind, state, done, total, failed, problem, is_worked_on, started_by, started_at, finished_at } =
    rotation;
  const percent = total === 0 ? (state === 'running' ? 0 : 100) : Math.round((done / total) * 100);
  return (
    <>
      <Group justify="space-between">
        <RotationStatus state={state} />
        <Text>
          {formatCount(done)} of {formatCount(total)} done
        </Text>
      </Group>
      <Progress.Root size="lg">
        <Progress.Section value={percent} aria-label="Progress of the rotation" />
      </Progress.Root>
      {state === 'running' && !is_worked_on && (
        <Alert color="yellow" title="Nobody works on it">
          Custody goes on with it as soon as it runs again.
        </Alert>
      )}
      {(failed > 0 || problem !== null) && (
        <Alert
          color="red"
          title={failed > 0 ? `${formatCount(failed)} could not be done` : 'It did not work'}
        >
          {problem ?? 'They stay under their old key, which is kept for them.'}
        </Alert>
      )}
      <Facts>
        <Fact name="What">{KINDS[kind]}</Fact>
        <Fact name="By">{started_by}</Fact>
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

const RotationStatus = ({ state }: Pick<KeyRotation, 'state'>) => {
  switch (state) {
    case 'running':
      return <Status tone="busy">Running</Status>;
    case 'done':
      return <Status tone="good">Done</Status>;
    case 'failed':
      return <Status tone="bad">Failed</Status>;
  }
};
