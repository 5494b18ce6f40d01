/** Small things that rows are made of: times, ids, and texts that can be copied. */
import { Button, Code, CopyButton, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatTime, shortId } from '../formats.ts';

export const Time = ({ at }: { readonly at: string | null }) =>
  at === null ? (
    '—'
  ) : (
    <time dateTime={at} title={`${at} (UTC)`} className="time">
      {formatTime(at)}
    </time>
  );

/** What is said beside the main thing of a cell. */
export const Aside = ({ children }: { readonly children: ReactNode }) => (
  <Text component="div" size="sm" c="dimmed">
    {children}
  </Text>
);

export const Id = ({ id }: { readonly id: string }) => (
  <span className="mono" title={id}>
    {shortId(id)}
  </span>
);

/** The button's name says what is copied. */
export const Copyable = ({ text, label }: { readonly text: string; readonly label: string }) => (
  <Group gap="xs" wrap="nowrap" align="flex-start">
    <Code block className="copyable" data-testid={label}>
      {text}
    </Code>
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Button size="compact-md" variant="default" onClick={copy} aria-label={`Copy ${label}`}>
          {copied ? 'Copied' : 'Copy'}
        </Button>
      )}
    </CopyButton>
  </Group>
);
