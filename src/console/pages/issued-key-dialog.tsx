/** Shows a caller key with its secret, this once. */
import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { IssuedCallerKey } from '../api-types.ts';
import { useReturnFocus } from '../parts/use-return-focus.ts';
import { Copyable } from '../parts/values.tsx';

interface IssuedKeyDialogProps {
  readonly issued: IssuedCallerKey;
  readonly onClose: () => void;
}

/** Closes by its button alone: a click beside it must not lose the secret. */
export const IssuedKeyDialog = ({ issued, onClose }: IssuedKeyDialogProps) => {
  useReturnFocus();
  return (
    <Modal opened onClose={onClose} title="The caller key" closeOnClickOutside={false} closeOnEscape={false}>
      <Stack>
        <div>
          <Text fw={600}>API key</Text>
          <Copyable text={issued.api_key} label="API key" />
        </div>
        {issued.api_secret !== null && (
          <>
            <div>
              <Text fw={600}>API secret</Text>
              <Copyable text={issued.api_secret} label="API secret" />
            </div>
            <Alert color="yellow" title="Copy the secret now">
              It is shown this once. Nobody can look it up later, not even here; a lost secret is replaced by
              rotating the key.
            </Alert>
          </>
        )}
        <Group justify="flex-end">
          <Button onClick={onClose}>I have stored it</Button>
        </Group>
      </Stack>
    </Modal>
  );
};
