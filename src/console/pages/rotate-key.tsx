/** The dialog that gives a caller key another secret or public key. */
import { NativeSelect, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { CallerKey, IssuedCallerKey } from '../api-types.ts';
import { useClient } from '../client-context.ts';
import { FormDialog } from '../parts/dialogs.tsx';
import { useAction } from '../use-action.ts';

interface RotateKeyProps {
  readonly tenantId: string;
  readonly callerKey: CallerKey;
  readonly onIssued: (key: IssuedCallerKey) => void;
  readonly onClose: () => void;
}

const DAY_S = 86_400;

const OVERLAPS = [
  { value: '0', label: 'Not at all: it has leaked' },
  { value: '3600', label: 'One hour' },
  { value: String(DAY_S), label: 'One day' },
  { value: String(7 * DAY_S), label: 'One week' },
];

export const RotateKey = ({ tenantId, callerKey, onIssued, onClose }: RotateKeyProps) => {
  const client = useClient();
  const action = useAction();
  const [overlap, setOverlap] = useState(String(DAY_S));
  const [publicKey, setPublicKey] = useState('');
  const needsPublicKey = callerKey.algorithm !== 'hmac-sha256';
  const rotate = (): Promise<boolean> =>
    action.run(async () => {
      const issued = await client.ask('POST /api/admin/tenants/{tenant_id}/keys/{key_id}/rotate', {
        tenant_id: tenantId,
        key_id: callerKey.id,
        overlap_seconds: Number(overlap),
        ...(needsPublicKey && { public_key: publicKey.trim() }),
      });
      onIssued(issued);
      return `${issued.name} rotated`;
    });
  return (
    <FormDialog
      title={`Rotate ${callerKey.name}`}
      submitLabel="Rotate"
      action={action}
      isReady={!needsPublicKey || publicKey.trim() !== ''}
      onSubmit={rotate}
      onClose={onClose}
    >
      <Text>
        The key keeps its id and rights, and gets {needsPublicKey ? 'another public key' : 'another secret'}.
      </Text>
      <NativeSelect
        label="How long the old one works on"
        value={overlap}
        onChange={(event) => setOverlap(event.currentTarget.value)}
        data={OVERLAPS}
        data-autofocus
      />
      {needsPublicKey && (
        <Textarea
          label="New public key (PEM)"
          required
          rows={4}
          autosize={false}
          value={publicKey}
          onChange={(event) => setPublicKey(event.currentTarget.value)}
        />
      )}
    </FormDialog>
  );
};
