/** A tenant's name, withdrawal policy and limits. */
import { Button, Group, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Tenant } from '../api-types.ts';
import { useClient } from '../client-context.ts';
import { ErrorNotice } from '../parts/notices.tsx';
import { Section } from '../parts/page.tsx';
import { useAction } from '../use-action.ts';
import { POLICIES } from './tenant-words.tsx';

interface TenantSettingsProps {
  readonly tenant: Tenant;
  readonly onChanged: () => void;
}

/** What is typed stays while the page is kept up to date: it is the operator's until it is saved. */
export const TenantSettings = ({ tenant, onChanged }: TenantSettingsProps) => {
  const client = useClient();
  const { run, error, isPending } = useAction();
  const [name, setName] = useState(tenant.name);
  const [policy, setPolicy] = useState(tenant.withdrawal_policy);
  const [requests, setRequests] = useState(toField(tenant.limits.requests_per_minute));
  const [openings, setOpenings] = useState(toField(tenant.limits.openings_per_minute));
  const save = (): Promise<boolean> =>
    run(async () => {
      await client.ask('PATCH /api/admin/tenants/{tenant_id}', {
        tenant_id: tenant.id,
        name: name.trim(),
        withdrawal_policy: policy,
        limits: { requests_per_minute: toLimit(requests), openings_per_minute: toLimit(openings) },
      });
      onChanged();
      return 'Settings saved';
    });
  return (
    <Section title="Settings">
      <form
        onSubmit={async (event) => {
          event.preventDefault();
          await save();
        }}
      >
        <Group className="filters" align="flex-end">
          <TextInput
            label="Name"
            required
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <NativeSelect
            label="Keys that can withdraw"
            value={policy}
            onChange={(event) => setPolicy(event.currentTarget.value as Tenant['withdrawal_policy'])}
            data={POLICIES}
          />
          <LimitInput label="Requests per minute" value={requests} onChange={setRequests} />
          <LimitInput label="Key openings per minute" value={openings} onChange={setOpenings} />
          <Button type="submit" loading={isPending}>
            Save settings
          </Button>
        </Group>
      </form>
      <ErrorNotice error={error} title="The settings were not saved" />
    </Section>
  );
};

interface LimitInputProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

const LimitInput = ({ label, value, onChange }: LimitInputProps) => (
  <TextInput
    label={label}
    type="number"
    min={1}
    step={1}
    placeholder="As configured"
    value={value}
    onChange={(event) => onChange(event.currentTarget.value)}
  />
);

const toField = (limit: number | null): string => (limit === null ? '' : String(limit));

const toLimit = (field: string): number | null => (field.trim() === '' ? null : Number(field));
