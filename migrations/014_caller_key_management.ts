/** What managed caller keys need: accounts that a key is limited to, rotation of public keys, answers kept for retries. */
import type { Knex } from 'knex';
import { addColumns, type Belonging, limitToAccounts, unlimitAccounts } from '../src/db/migration-sql.ts';
import { WITHOUT_ACCOUNT_LIMIT } from '../src/db/tenant-tables.ts';

export const up = async (knex: Knex): Promise<void> => {
  await addColumns(knex, 'caller_keys', [
    ['allowed_account_ids', 'bigint[]', 'Accounts that the key is limited to; null: all of the tenant'],
    ['previous_public_key', 'text', 'Public key before the last rotation, SPKI PEM'],
  ]);
  // Nothing was ever written here before.
  await addColumns(knex, 'idempotency_keys', [
    ['attempt', 'uuid not null', 'Which of several requests under the key may write the answer'],
    [
      'leased_until',
      'timestamptz not null',
      'When a request without an answer counts as lost with its process',
    ],
    ['is_sealed', 'boolean not null default false', "Whether the body is a JWE under the gateway's own key"],
  ]);
  // Security definer: custody reads credentials and nothing of accounts. Called by limited sessions alone.
  await knex.raw(`
    create function credential_in_reach(tenant uuid, credential uuid) returns boolean language sql stable
    security definer set search_path = public, pg_temp as $$
      select exists (select from accounts a
                      where a.tenant_id = tenant and a.credential_id = credential
                        and a.id = any (nullif(current_setting('app.account_ids', true), '')::bigint[]))
    $$`);
  await knex.raw(`
    create function wallet_in_reach(tenant uuid, credential uuid, market text) returns boolean language sql stable
    security definer set search_path = public, pg_temp as $$
      select exists (select from accounts a
                      where a.tenant_id = tenant and a.credential_id = credential and a.market_code = market
                        and a.id = any (nullif(current_setting('app.account_ids', true), '')::bigint[]))
    $$`);
  for (const [table, by] of await findLimited(knex)) await limitToAccounts(knex, table, by);
  // Lifts the limit of the session for one look: keys that an account out of its reach still uses are in use. SET in
  // the head of the function would do the same, and only a superuser may write that.
  await knex.raw(`
    create function credential_is_used(tenant uuid, credential uuid) returns boolean language plpgsql as $$
    declare
      reach text := coalesce(current_setting('app.account_ids', true), '');
      is_used boolean;
    begin
      perform set_config('app.account_ids', '', true);
      select exists (select from accounts a
                      where a.tenant_id = tenant and a.credential_id = credential
                        and a.removed_at is null and a.is_connected) into is_used;
      perform set_config('app.account_ids', reach, true);
      return is_used;
    end $$`);
  // The same look for accounts that the session does not reach: who changes their keys changes what they are. An empty
  // setting is a session without limits, and reaches all.
  await knex.raw(`
    create function credential_serves_others(tenant uuid, credential uuid) returns boolean language plpgsql as $$
    declare
      reach text := coalesce(current_setting('app.account_ids', true), '');
      serves boolean;
    begin
      if reach = '' then return false; end if;
      perform set_config('app.account_ids', '', true);
      select exists (select from accounts a
                      where a.tenant_id = tenant and a.credential_id = credential
                        and a.removed_at is null and a.is_connected
                        and a.id <> all (reach::bigint[])) into serves;
      perform set_config('app.account_ids', reach, true);
      return serves;
    end $$`);
};

export const down = async (knex: Knex): Promise<void> => {
  await knex.raw('drop function credential_serves_others(uuid, uuid)');
  await knex.raw('drop function credential_is_used(uuid, uuid)');
  for (const [table] of await findLimited(knex)) await unlimitAccounts(knex, table);
  await knex.raw('drop function wallet_in_reach(uuid, uuid, text)');
  await knex.raw('drop function credential_in_reach(uuid, uuid)');
  await knex.raw(
    'alter table idempotency_keys drop column attempt, drop column leased_until, drop column is_sealed',
  );
  await knex.raw('alter table caller_keys drop column allowed_account_ids, drop column previous_public_key');
};

/** Tables of accounts and of what hangs on them, with what says on which; those made later say so themselves. */
const findLimited = async (knex: Knex): Promise<(readonly [table: string, by: Belonging])[]> => {
  const { rows } = await knex.raw<{ rows: { table: string; columns: string[] }[] }>(`
    select c.relname as "table", array_agg(a.attname::text) as columns
      from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relrowsecurity
       and not c.relispartition
       and a.attname in ('account_id', 'credential_id', 'market_code')
     group by c.relname order by c.relname`);
  const limited = new Map<string, Belonging>();
  for (const { table, columns } of rows) {
    const by = belongingOf(columns);
    if (by !== undefined && !WITHOUT_ACCOUNT_LIMIT.has(table)) limited.set(table, by);
  }
  limited.set('accounts', { account: 'id' }).set('credentials', { credential: 'id' });
  return [...limited];
};

const belongingOf = (columns: readonly string[]): Belonging | undefined => {
  const credential = 'credential_id';
  // The credential of an account stands for all accounts that use it.
  if (columns.includes(credential))
    return columns.includes('market_code') ? { credential, market: 'market_code' } : { credential };
  return columns.includes('account_id') ? { account: 'account_id' } : undefined;
};
