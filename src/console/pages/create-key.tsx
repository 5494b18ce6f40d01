/** The dialog that creates a caller key. */
import { Checkbox, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { IssuedCallerKey } from '../api-types.ts';
import { useClient } from '../client-context.ts';
import { FormDialog } from '../parts/dialogs.tsx';
import { useAction } from '../use-action.ts';

interface CreateKeyProps {
  readonly tenantId: string;
  readonly onIssued: (key: IssuedCallerKey) => void;
  readonly onClose: () => void;
}

const SCOPES = [
  { value: 'ACCOUNTS_READ', label: 'Read accounts, balances and trades' },
  { value: 'ACCOUNTS_WRITE', label: 'Connect, change and remove accounts' },
  { value: 'KEYS_WRITE', label: 'Manage the caller keys of the tenant' },
  { value: 'WEBHOOKS_WRITE', label: 'Manage the webhooks of the tenant' },
] as const;

type Scope = (typeof SCOPES)[number]['value'];

const ALGORITHMS = [
  { value: 'hmac-sha256', label: 'HMAC-SHA256 (a shared secret)' },
  { value: 'ed25519', label: 'Ed25519 (only the public key is stored)' },
  { value: 'rsa-pss-sha512', label: 'RSA-PSS (only the public key is stored)' },
  { value: 'rsa-v1_5-sha256', label: 'RSA PKCS#1 v1.5 (only the public key is stored)' },
] as const;

type Algorithm = (typeof ALGORITHMS)[number]['value'];

const PROFILES = [
  { value: 'legacy', label: 'legacy: as 3Commas clients sign' },
  { value: 'strict', label: 'strict: with time and nonce' },
  { value: 'rfc9421', label: 'rfc9421: HTTP Message Signatures' },
] as const;

type Profile = (typeof PROFILES)[number]['value'];

export const CreateKey = ({ tenantId, onIssued, onClose }: CreateKeyProps) => {
  const client = useClient();
  const action = useAction();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly Scope[]>(['ACCOUNTS_READ', 'ACCOUNTS_WRITE']);
  const [algorithm, setAlgorithm] = useState<Algorithm>('hmac-sha256');
  const [publicKey, setPublicKey] = useState('');
  const [profile, setProfile] = useState<Profile>('legacy');
  const [addresses, setAddresses] = useState('');
  const needsPublicKey = algorithm !== 'hmac-sha256';
  const create = (): Promise<boolean> =>
    action.run(async () => {
      const issued = await client.ask('POST /api/admin/tenants/{tenant_id}/keys', {
        tenant_id: tenantId,
        name: name.trim(),
        scopes,
        algorithm,
        profile_floor: profile,
        ...(needsPublicKey && { public_key: publicKey.trim() }),
        ip_allowlist: addresses.split(/[\s,]+/).filter((entry) => entry !== ''),
      });
      onIssued(issued);
      return `Caller key ${issued.name} created`;
    });
  return (
    <FormDialog
      title="Create caller key"
      submitLabel="Create caller key"
      action={action}
      isReady={name.trim() !== '' && scopes.length > 0 && (!needsPublicKey || publicKey.trim() !== '')}
      onSubmit={create}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        required
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <Checkbox.Group
        label="What it may do"
        required
        value={[...scopes]}
        onChange={(values) => setScopes(values)}
      >
        <Stack gap="xs" mt="xs">
          {SCOPES.map(({ value, label }) => (
            <Checkbox key={value} value={value} label={label} />
          ))}
        </Stack>
      </Checkbox.Group>
      <NativeSelect
        label="How it signs"
        value={algorithm}
        onChange={(event) => setAlgorithm(event.currentTarget.value as Algorithm)}
        data={ALGORITHMS}
      />
      {needsPublicKey && (
        <Textarea
          label="Public key (PEM)"
          required
          rows={4}
          autosize={false}
          value={publicKey}
          onChange={(event) => setPublicKey(event.currentTarget.value)}
        />
      )}
      <NativeSelect
        label="Least signature profile"
        value={profile}
        onChange={(event) => setProfile(event.currentTarget.value as Profile)}
        data={PROFILES}
      />
      <Textarea
        label="Addresses that may use it"
        description="One address or CIDR per line; none: any"
        rows={2}
        autosize={false}
        value={addresses}
        onChange={(event) => setAddresses(event.currentTarget.value)}
      />
    </FormDialog>
  );
};
