/** Events: what changed, written in the transaction of the change, numbered per tenant and per account. */
import type { Knex } from 'knex';
import { createTenantTable, dropTables, limitToAccounts } from '../src/db/migration-sql.ts';

export const up = async (knex: Knex): Promise<void> => {
  await createTenantTable(knex, {
    name: 'events',
    comment: 'What changed, for webhooks and the event stream; appended by event_append alone',
    columns: [
      ['tenant_id', 'uuid not null', 'Tenant of the row'],
      [
        'seq',
        'bigint not null',
        "Place among the tenant's events, from 1 without gaps, in the order of commits",
      ],
      ['id', 'uuid not null', 'Id of the event: the webhook-id of its deliveries'],
      ['type', 'text not null', 'What happened, e.g. account.connected'],
      ['account_id', 'bigint', 'Account that it happened to; null: none, or more than one'],
      ['account_seq', 'bigint', 'Place among the events of that account, from 1 without gaps'],
      ['data', 'jsonb not null', 'What a consumer needs to look further; no secrets'],
      ['request_id', 'text', 'Request that caused it'],
      ['at', 'timestamptz not null', 'When it was written'],
    ],
    constraints: [
      'constraint events_pkey primary key (tenant_id, seq)',
      'constraint events_id_key unique (tenant_id, id)',
      'constraint events_tenant_fkey foreign key (tenant_id) references tenants (id)',
      'constraint events_account_numbered check ((account_id is null) = (account_seq is null))',
    ],
  });
  await limitToAccounts(knex, 'events', { account: 'account_id' });
  await knex.raw('create index events_account_idx on events (tenant_id, account_id, seq)');
  await knex.raw('create index events_type_idx on events (tenant_id, type, seq)');
  await createTenantTable(knex, {
    name: 'event_counters',
    comment: 'Last numbers of events, which outlive the events',
    columns: [
      ['tenant_id', 'uuid not null', 'Tenant of the row'],
      ['account_id', 'bigint not null', 'Account whose events are counted; 0: all of the tenant'],
      ['last_seq', 'bigint not null', 'Number of the newest event'],
    ],
    constraints: [
      'constraint event_counters_pkey primary key (tenant_id, account_id)',
      'constraint event_counters_tenant_fkey foreign key (tenant_id) references tenants (id)',
    ],
  });
  await createAppend(knex);
};

export const down = async (knex: Knex): Promise<void> => {
  await knex.raw('drop function event_append(uuid, text, bigint, jsonb, text)');
  await dropTables(knex, ['event_counters', 'events']);
};

/**
 * `event_append(tenant, type, account, data, request_id)` answers the event's seq; null: the tenant is deleted. Called under the tenant's session, in
 * the transaction of the change and at its end: until the commit, it holds the lock of the audit chain, so that numbers
 * become visible in their order and a reader that has seen one never finds a lower one later. The same lock as
 * audit_append takes, or two transactions that do both could wait for each other.
 * Security definer: no login role writes the table itself. A session that is limited to certain accounts may cause an
 * event that it may not read, e.g. of a key.
 */
const createAppend = async (knex: Knex): Promise<void> => {
  await knex.raw(`
    create function event_append(tenant uuid, type text, account bigint, data jsonb, request_id text)
    returns bigint language plpgsql security definer
    set search_path = public, pg_temp as $$
    #variable_conflict use_variable
    declare
      tenant_seq bigint;
      of_account bigint;
      accounts_in_reach text := current_setting('app.account_ids', true);
    begin
      if tenant is distinct from nullif(current_setting('app.tenant_id', true), '')::uuid then
        raise exception 'the event is of another tenant than the session' using errcode = '42501';
      end if;
      perform pg_advisory_xact_lock(hashtextextended('audit_log:' || tenant::text, 0));
      -- What was under way when the tenant was deleted has nobody left to tell.
      if exists (select from tenants t where t.id = tenant and t.status = 'deleted') then return null; end if;
      insert into event_counters as c (tenant_id, account_id, last_seq) values (tenant, 0, 1)
        on conflict (tenant_id, account_id) do update set last_seq = c.last_seq + 1
        returning last_seq into tenant_seq;
      if account is not null then
        insert into event_counters as c (tenant_id, account_id, last_seq) values (tenant, account, 1)
          on conflict (tenant_id, account_id) do update set last_seq = c.last_seq + 1
          returning last_seq into of_account;
      end if;
      perform set_config('app.account_ids', '', true);
      insert into events (tenant_id, seq, id, type, account_id, account_seq, data, request_id, at)
        values (tenant, tenant_seq, gen_random_uuid(), type, account, of_account, data, request_id, clock_timestamp());
      perform set_config('app.account_ids', coalesce(accounts_in_reach, ''), true);
      perform pg_notify('event_written', tenant::text);
      return tenant_seq;
    end $$`);
};
