/** What guards the opening of exchange keys: the switch that freezes custody, and credentials that are traps. */
import type { Knex } from 'knex';
import { createTable, createTenantTable, dropTables } from '../src/db/migration-sql.ts';

export const up = async (knex: Knex): Promise<void> => {
  await createTable(knex, {
    name: 'custody_freezes',
    comment:
      'When custody was frozen and set free again; while a row is not lifted, no exchange key is opened',
    columns: [
      ['id', 'bigint generated always as identity', 'Id of the freeze'],
      ['frozen_at', 'timestamptz not null default now()', 'When custody was frozen'],
      ['frozen_by', 'text not null', 'Who froze it: an operator, or custody itself'],
      ['reason', 'text not null', 'Why it was frozen'],
      ['lifted_at', 'timestamptz', 'When it was set free; null: frozen'],
      ['lifted_by', 'text', 'Who set it free'],
    ],
    constraints: [
      'constraint custody_freezes_pkey primary key (id)',
      'constraint custody_freezes_lifted_by_somebody check ((lifted_at is null) = (lifted_by is null))',
    ],
  });
  await knex.raw(
    'create unique index custody_freezes_one_at_a_time on custody_freezes ((true)) where lifted_at is null',
  );
  await createTenantTable(knex, {
    name: 'canary_credentials',
    comment: 'Credentials that nobody has a reason to open; the gateway cannot tell them from others',
    columns: [
      ['tenant_id', 'uuid not null', 'Tenant of the row'],
      ['credential_id', 'uuid not null', 'Credential that is a trap'],
      ['created_at', 'timestamptz not null default now()', 'When the trap was set'],
    ],
    constraints: [
      'constraint canary_credentials_pkey primary key (tenant_id, credential_id)',
      `constraint canary_credentials_credential_fkey foreign key (tenant_id, credential_id)
        references credentials (tenant_id, id)`,
    ],
  });
  await createFunctions(knex);
};

export const down = async (knex: Knex): Promise<void> => {
  await knex.raw('drop function custody_open(uuid, uuid[], text[], text[])');
  await dropTables(knex, ['canary_credentials', 'custody_freezes']);
  await knex.raw('drop function custody_freeze_notify()');
};

/**
 * `custody_open(tenant, credential ids, purposes, request ids)` is asked before keys are opened and answers whether they
 * may be: 'opened' (now recorded), 'frozen', or 'canary', which freezes custody. All of the ids or none.
 */
const createFunctions = async (knex: Knex): Promise<void> => {
  await knex.raw(`
    create function custody_open(tenant uuid, credential_ids uuid[], purposes text[], request_ids text[])
    returns text language plpgsql set search_path = public, pg_temp as $$
    declare
      traps uuid[];
    begin
      if exists (select from custody_freezes where lifted_at is null) then
        return 'frozen';
      end if;
      select array_agg(canary.credential_id) into traps
        from canary_credentials canary
        where canary.tenant_id = tenant and canary.credential_id = any (credential_ids);
      if traps is not null then
        insert into custody_freezes (frozen_by, reason)
          values ('custody', 'a canary credential was to be opened: ' || array_to_string(traps, ', '))
          on conflict do nothing;
      end if;
      perform audit_append(
          tenant, 'custody',
          case when traps is null then 'secret.opened' when asked.id = any (traps) then 'canary.touched'
            else 'secret.refused' end,
          'credential:' || asked.id,
          case when traps is null then 'for ' || asked.purpose else 'custody frozen' end,
          asked.request_id)
        from unnest(credential_ids, purposes, request_ids) with ordinality
          as asked(id, purpose, request_id, position)
        order by asked.position;
      return case when traps is null then 'opened' else 'canary' end;
    end $$`);
  await knex.raw(`
    create function custody_freeze_notify() returns trigger language plpgsql as $$
    begin
      perform pg_notify('custody_freeze_changed', '');
      return null;
    end $$`);
  await knex.raw(`
    create trigger custody_freezes_notify after insert or update on custody_freezes
    for each statement execute function custody_freeze_notify()`);
};
