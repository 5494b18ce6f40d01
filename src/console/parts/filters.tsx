/** Filters of a list, kept in the address, so that a filtered list can be linked to and survives a reload. */
import { Group, NativeSelect, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { linkTo, replaceWith, useLocation, withQuery } from '../location.ts';
import { useAnswer } from '../use-answer.ts';
import { useTenants } from './tenant-names.tsx';

/** Of each filter the values that it may have; null: any text. */
type Spec = Readonly<Record<string, readonly string[] | null>>;

type ValueOf<Values extends readonly string[] | null> = Values extends readonly string[]
  ? Values[number]
  : string;

export interface Filters<S extends Spec> {
  /** An empty text for each that is not set. */
  readonly values: Readonly<Record<keyof S, string>>;
  /** Those that are set, as parameters of a route. */
  readonly chosen: { readonly [Name in keyof S]?: ValueOf<S[Name]> };
  readonly isAny: boolean;
  readonly set: (name: keyof S & string, value: string) => void;
  /** Another text for other values. */
  readonly key: string;
}

export const useFilters = <S extends Spec>(spec: S): Filters<S> => {
  const { segments, query } = useLocation();
  const read = (name: string): string => {
    const value = query.get(name) ?? '';
    return spec[name]?.includes(value) === false ? '' : value;
  };
  const values = Object.fromEntries(Object.keys(spec).map((name) => [name, read(name)])) as Record<
    keyof S,
    string
  >;
  const chosen = Object.fromEntries(
    Object.entries<string>(values).filter(([, value]) => value !== ''),
  ) as Filters<S>['chosen'];
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

const NAMES_EVERY_MS = 60_000;

export const TenantFilter = ({ value, onChange }: Pick<FilterProps, 'value' | 'onChange'>) => {
  const tenants = useTenants().map(({ id, name }) => ({ value: id, label: name }));
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

export const ExchangeFilter = ({ value, onChange }: Pick<FilterProps, 'value' | 'onChange'>) => {
  const { answer } = useAnswer('GET /api/admin/venues', {}, NAMES_EVERY_MS);
  return (
    <ChoiceFilter
      label="Exchange"
      value={value}
      onChange={onChange}
      choices={(answer?.items ?? []).map(({ venue, name }) => ({ value: venue, label: name }))}
    />
  );
};
