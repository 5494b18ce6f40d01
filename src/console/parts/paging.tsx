/** Pages of a list by cursor: the way forward is in the answer, the way back is remembered. */
import { Button, Group } from '@mantine/core';
import { useState } from 'react';

export interface Paging {
  /** Of the page that is looked at; undefined: the first. */
  readonly cursor: string | undefined;
  readonly before: readonly string[];
  readonly goForward: (cursor: string) => void;
  readonly goBack: () => void;
}

/** Begins anew when `filters` change. */
export const usePaging = (filters: string): Paging => {
  const [{ of, cursors }, setState] = useState<{ of: string; cursors: readonly string[] }>({
    of: filters,
    cursors: [],
  });
  const current = of === filters ? cursors : [];
  return {
    cursor: current.at(-1),
    before: current,
    goForward: (cursor) => setState({ of: filters, cursors: [...current, cursor] }),
    goBack: () => setState({ of: filters, cursors: current.slice(0, -1) }),
  };
};

interface PagerProps {
  readonly paging: Paging;
  readonly nextCursor: string | null;
  /** What is paged through. */
  readonly label: string;
}

export const Pager = ({ paging, nextCursor, label }: PagerProps) =>
  paging.before.length === 0 && nextCursor === null ? null : (
    <Group component="nav" aria-label={`Pages of ${label}`} justify="center">
      <Button variant="default" disabled={paging.before.length === 0} onClick={paging.goBack}>
        Previous page
      </Button>
      <Button
        variant="default"
        disabled={nextCursor === null}
        onClick={() => {
          if (nextCursor !== null) paging.goForward(nextCursor);
        }}
      >
        Next page
      </Button>
    </Group>
  );
