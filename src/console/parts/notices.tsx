/** What is wrong, what is missing, and what is still on its way. */
import { Alert, Button, EmptyState, Group, Loader, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Live } from '../use-answer.ts';

export const ErrorNotice = ({
  error,
  title,
}: {
  readonly error: Error | undefined;
  readonly title?: string;
}) =>
  error === undefined ? null : (
    <Alert color="red" title={title ?? 'That did not work'} role="alert">
      {error.message}
    </Alert>
  );

export const Nothing = ({ title, children }: { readonly title: string; readonly children?: ReactNode }) => (
  <EmptyState title={title} description={children} size="sm" className="nothing" />
);

interface AnswerProps<Answer> {
  readonly live: Live<Answer>;
  readonly children: (answer: NonNullable<Answer>) => ReactNode;
}

/** The answer of a route once it is there, and beside it why it could not be brought up to date. */
export const Answer = <Answer,>({ live, children }: AnswerProps<Answer>) => {
  const { answer, error, reload } = live;
  return (
    <>
      {error !== undefined && (
        <Alert
          color="red"
          title={answer == null ? 'This cannot be shown' : 'This is not up to date'}
          role="alert"
        >
          <Group justify="space-between">
            <Text size="sm">{error.message}</Text>
            <Button size="compact-sm" variant="default" onClick={reload}>
              Try again
            </Button>
          </Group>
        </Alert>
      )}
      {answer == null ? error === undefined && <Loading /> : children(answer)}
    </>
  );
};

const Loading = () => (
  <Group className="loading" aria-busy="true">
    <Loader size="sm" aria-hidden="true" />
    <Text c="dimmed">Loading…</Text>
  </Group>
);
