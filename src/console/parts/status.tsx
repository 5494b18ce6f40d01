/** A state in a word, coloured; the word alone says it too. */
import { Badge } from '@mantine/core';

export type Tone = 'good' | 'busy' | 'warning' | 'bad' | 'quiet';

export const Status = ({ tone, children }: { readonly tone: Tone; readonly children: string }) => (
  <Badge variant="default" className={`status status-${tone}`}>
    {children}
  </Badge>
);
