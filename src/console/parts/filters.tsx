/** Filters of a list, kept in the address, so that a filtered list can be linked to and survives a reload. */
import { Group, NativeSelect, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { linkTo, replaceWith, useLocation, withQuery } from '../location.ts';
import { useAnswer } from '../use-answer.ts';

export interface Filters<Name extends string> {
  readonly values: Readonly<Record<Name, string>>;
  readonly set: (name: Name, value: string) => void;
  /** Those that are set, as parameters of a route. */
  readonly chosen: Readonly<Partial<Record<Name, string>>>;
  readonly isAny: boolean;
  /** Another text for other values. */
  readonly key: string;
}

export const useFilters = <Name extends string>(names: readonly Name[]): Filters<Name> => {
  const { segments, query } = useLocation();
  const values = Object.fromEntries(names.map((name) => [name, query.get(name) ?? ''])) as Record<
    Name,
    string
  >;
  const chosen = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '')) as Partial<
    Record<Name, string>
  >;
  return {
    values,
    chosen,
    isAny: Object.keys(chosen).length > 0,
    set: (name, value) => replaceWith(withQuery(linkTo(...segments), { ...values, [name]: value })),
    key: JSON.stringify(values),
  };
};

export const FilterBar = ({ children }: { readonly children: ReactNode }) => (
  <Group component="search" className="filters" align="flex-end">
    {children}
  </Group>
);

interface FilterProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

interface ChoiceProps extends FilterProps {
  readonly choices: readonly (string | { readonly value: string; readonly label: string })[];
  readonly anyLabel?: string;
}

export const ChoiceFilter = ({ label, value, onChange, choices, anyLabel = 'Any' }: ChoiceProps) => (
  <NativeSelect
    label={label}
    value={value}
    onChange={(event) => onChange(event.currentTarget.value)}
    data={[{ value: '', label: anyLabel }, ...choices]}
  />
);

/** Takes effect when one leaves the field or presses Enter. */
export const TextFilter = ({
  label,
  value,
  onChange,
  type = 'text',
  placeholder,
}: FilterProps & { readonly type?: string; readonly placeholder?: string }) => (
  <TextInput
    key={value}
    label={label}
    type={type}
    defaultValue={value}
    {...(placeholder !== undefined && { placeholder })}
    onBlur={(event) => {
      if (event.currentTarget.value !== value) onChange(event.currentTarget.value);
    }}
    onKeyDown={(event) => {
      if (event.key === 'Enter') onChange(event.currentTarget.value);
    }}
  />
);

const MOST_TENANTS = 200;
const TENANTS_EVERY_MS = 60_000;

export const TenantFilter = ({ value, onChange }: Pick<FilterProps, 'value' | 'onChange'>) => {
  const { answer } = useAnswer('GET /api/admin/tenants', { limit: MOST_TENANTS }, TENANTS_EVERY_MS);
  const tenants = (answer?.items ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const isListed = value === '' || tenants.some((tenant) => tenant.value === value);
  return (
    <ChoiceFilter
      label="Tenant"
      value={value}
      onChange={onChange}
      choices={isListed ? tenants : [...tenants, { value, label: value }]}
    />
  );
};
