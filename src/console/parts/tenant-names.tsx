/** Tenants by name where an answer has their ids alone. */
import { Anchor } from '@mantine/core';
import { linkTo } from '../location.ts';
import { useAnswer } from '../use-answer.ts';
import { Id } from './values.tsx';

const MOST_TENANTS = 200;
const NAMES_EVERY_MS = 60_000;

/** Those that a filter offers, and whose names stand in place of their ids; of more, the ids do. */
export const useTenants = () =>
  useAnswer('GET /api/admin/tenants', { limit: MOST_TENANTS }, NAMES_EVERY_MS).answer?.items ?? [];

/** By id. */
export const useTenantNames = (): ReadonlyMap<string, string> =>
  new Map(useTenants().map(({ id, name }) => [id, name]));

interface TenantNameProps {
  readonly id: string;
  readonly names: ReadonlyMap<string, string>;
}

export const TenantName = ({ id, names }: TenantNameProps) => {
  const name = names.get(id);
  return <Anchor href={linkTo('tenants', id)}>{name ?? <Id id={id} />}</Anchor>;
};
