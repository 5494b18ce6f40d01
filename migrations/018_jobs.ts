/** Background work that comes round again: one row per thing that is to be synced, checked or closed, for all kinds. */
import type { Knex } from 'knex';
import { createTable, dropTables } from '../src/db/migration-sql.ts';

export const up = async (knex: Knex): Promise<void> => {
  await createJobs(knex);
  await createFunctions(knex);
  await replaceChecks(knex);
  await createTriggers(knex);
};

export const down = async (knex: Knex): Promise<void> => {
  for (const [name, table] of TRIGGERS) await knex.raw(`drop trigger ${name} on ${table}`);
  for (const name of ['job_index_account', 'job_index_credential', 'job_index_tenant'])
    await knex.raw(`drop function ${name}()`);
  await knex.raw('drop function job_keep_account(uuid, bigint)');
  await restoreChecks(knex);
  await dropTables(knex, ['jobs']);
};

const createJobs = async (knex: Knex): Promise<void> => {
  await createTable(knex, {
    name: 'jobs',
    comment:
      'What background work there is and when each is due, for workers that look across tenants; triggers of accounts, credentials and tenants keep the rows',
    columns: [
      ['tenant_id', 'uuid not null', 'Tenant that it is done for'],
      ['kind', 'text not null', 'What is done, e.g. balance_sync'],
      ['subject', 'text not null', 'What it is done to: id of the account, the credential or the tenant'],
      ['id', 'uuid not null default gen_random_uuid()', 'Id of the job, for callers and operators'],
      ['account_id', 'bigint', 'Account that it is about; null: none, or the keys as a whole'],
      ['credential_id', 'uuid', 'Exchange keys that it uses; null: none'],
      ['lane', 'text not null', 'What it must not crowd: the exchange or chain that is asked, or local'],
      ['due_at', 'timestamptz not null', 'When it is to be done next'],
      [
        'is_held',
        'boolean not null default false',
        'Not done: the account is locked or its keys are switched off',
      ],
      ['is_suspended', 'boolean not null default false', 'Not done: the tenant is not active'],
      ['lease_id', 'uuid', 'Lease of the worker that does it now; null: none does'],
      ['lease_until', 'timestamptz', 'When that worker counts as dead'],
      ['failures', 'integer not null default 0', 'Attempts in a row that failed'],
      ['asked_at', 'timestamptz', 'When somebody last asked that it be done at once; null: never'],
      ['last_started_at', 'timestamptz', 'When it was last begun; null: never'],
      ['last_finished_at', 'timestamptz', 'When it last came to an end; null: never'],
      ['last_outcome', 'text', 'How that went, in one word'],
      ['last_error', 'text', 'Why it failed, in words that hold no secret; null: it did not'],
      ['progress', 'jsonb', 'How far it has come, or what it goes on from; null: nothing to tell'],
    ],
    constraints: [
      'constraint jobs_pkey primary key (tenant_id, kind, subject)',
      `constraint jobs_kind_known check
        (kind in ('balance_sync', 'trade_sync', 'credential_check', 'profit_daily', 'retention'))`,
      'constraint jobs_leased check ((lease_id is null) = (lease_until is null))',
      'constraint jobs_failures_counted check (failures >= 0)',
    ],
    // A lease is taken, renewed and given back without an index being touched, where the page has room.
    suffix: 'with (fillfactor = 80)',
  });
  await knex.raw('create unique index jobs_id_key on jobs (id)');
  await knex.raw('create index jobs_account_idx on jobs (tenant_id, account_id)');
  await knex.raw('create index jobs_credential_idx on jobs (tenant_id, credential_id)');
  // Workers walk from lane to lane of a kind, and take of each what has waited longest.
  await knex.raw(`
    create index jobs_due_idx on jobs (kind, lane, due_at) where not is_held and not is_suspended`);
};

/**
 * Security definer: no login role may add or remove rows, so the table cannot disagree with what it is about. A session
 * that is limited to certain accounts connects others, so its limit is lifted for the look at keys and tenant.
 *
 * First times are spread, so that a mass import is no burst: balances, which connecting has just read, over a quarter
 * of an hour; trades, which nobody has read yet, over the next five minutes; the day is closed after midnight (UTC),
 * spread over an hour.
 */
const createFunctions = async (knex: Knex): Promise<void> => {
  await knex.raw(`
    create function job_keep_account(tenant uuid, account bigint) returns void language plpgsql security definer
    set search_path = public, pg_temp as $$
    declare
      reach text := coalesce(current_setting('app.account_ids', true), '');
    begin
      perform set_config('app.account_ids', '', true);
      insert into jobs as j
        (tenant_id, kind, subject, account_id, credential_id, lane, due_at, is_held, is_suspended)
      select a.tenant_id, k.kind, a.id::text, a.id, a.credential_id,
             case when k.kind = 'profit_daily' then 'local' else coalesce(c.venue, a.market_code) end, k.due_at,
             a.is_locked or not coalesce(c.is_active, true), t.status <> 'active'
        from accounts a
        join tenants t on t.id = tenant
        left join credentials c on c.tenant_id = tenant and c.id = a.credential_id
       cross join lateral (values
         ('balance_sync', now() + random() * interval '15 minutes'),
         ('trade_sync', now() + random() * interval '5 minutes'),
         ('profit_daily', (date_trunc('day', now() at time zone 'UTC') + interval '1 day') at time zone 'UTC'
                          + interval '20 minutes' + random() * interval '1 hour')) as k (kind, due_at)
       where a.tenant_id = tenant and a.id = account
         and (k.kind <> 'trade_sync' or a.credential_id is not null)
         and (k.kind <> 'profit_daily' or a.is_connected)
      on conflict (tenant_id, kind, subject) do update
        set lane = excluded.lane, credential_id = excluded.credential_id, is_suspended = excluded.is_suspended,
            is_held = excluded.is_held,
            failures = case when j.is_held and not excluded.is_held then 0 else j.failures end,
            due_at = case when j.is_held and not excluded.is_held
                          then least(j.due_at, now() + random() * interval '1 minute') else j.due_at end;
      perform set_config('app.account_ids', reach, true);
    end $$`);
  await knex.raw(`
    create function job_index_account() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
    begin
      if tg_op = 'DELETE' then
        delete from jobs where tenant_id = old.tenant_id and account_id = old.id;
      elsif new.removed_at is not null then
        delete from jobs where tenant_id = new.tenant_id and account_id = new.id;
      else
        perform job_keep_account(new.tenant_id, new.id);
      end if;
      return null;
    end $$`);
  // Keys that came in unproven are checked within the hour, the others after a day. Traps on paper are never opened.
  await knex.raw(`
    create function job_index_credential() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
    declare
      reach text := coalesce(current_setting('app.account_ids', true), '');
    begin
      if tg_op = 'DELETE' then
        delete from jobs where tenant_id = old.tenant_id and credential_id = old.id;
        return null;
      end if;
      if new.shredded_at is not null then
        delete from jobs where tenant_id = new.tenant_id and credential_id = new.id;
        return null;
      end if;
      if not new.is_active or new.venue = 'paper_trading' then
        delete from jobs where tenant_id = new.tenant_id and kind = 'credential_check' and subject = new.id::text;
      else
        insert into jobs (tenant_id, kind, subject, credential_id, lane, due_at, is_suspended)
        select new.tenant_id, 'credential_check', new.id::text, new.id, new.venue,
               now() + (0.5 + random() / 2) *
                 case when new.validation_status = 'exchange_unavailable' then interval '1 hour' else interval '1 day' end,
               t.status <> 'active'
          from tenants t where t.id = new.tenant_id
        on conflict (tenant_id, kind, subject) do update
          set due_at = excluded.due_at, failures = 0, lease_id = null, lease_until = null;
      end if;
      if tg_op = 'UPDATE' then
        perform set_config('app.account_ids', '', true);
        perform job_keep_account(a.tenant_id, a.id) from accounts a
          where a.tenant_id = new.tenant_id and a.credential_id = new.id and a.removed_at is null;
        perform set_config('app.account_ids', reach, true);
      end if;
      return null;
    end $$`);
  await knex.raw(`
    create function job_index_tenant() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
    begin
      if tg_op = 'DELETE' then
        delete from jobs where tenant_id = old.id;
        return null;
      end if;
      -- The operators' own row has no data that ages; of a deleted tenant nothing is left to age.
      if new.id = '00000000-0000-0000-0000-000000000000' then return null; end if;
      if new.status = 'deleted' then
        delete from jobs where tenant_id = new.id;
        return null;
      end if;
      insert into jobs (tenant_id, kind, subject, lane, due_at)
        values (new.id, 'retention', new.id::text, 'local', now() + random() * interval '1 hour')
        on conflict (tenant_id, kind, subject) do nothing;
      update jobs set is_suspended = new.status <> 'active'
       where tenant_id = new.id and is_suspended <> (new.status <> 'active');
      return null;
    end $$`);
};

const TRIGGERS = [
  ['job_index_insert_delete', 'accounts'],
  ['job_index_update', 'accounts'],
  ['job_index_insert_delete', 'credentials'],
  ['job_index_update', 'credentials'],
  ['job_index_insert_delete', 'tenants'],
  ['job_index_update', 'tenants'],
] as const;

const createTriggers = async (knex: Knex): Promise<void> => {
  const changes = {
    accounts: ['account', ['removed_at', 'is_locked', 'is_connected', 'credential_id', 'market_code']],
    credentials: ['credential', ['generation', 'is_active', 'shredded_at']],
    tenants: ['tenant', ['status']],
  } as const;
  for (const [table, [noun, columns]] of Object.entries(changes)) {
    const row = (which: string): string => `row(${columns.map((column) => `${which}.${column}`).join(', ')})`;
    await knex.raw(`
      create trigger job_index_insert_delete after insert or delete on ${table}
      for each row execute function job_index_${noun}()`);
    await knex.raw(`
      create trigger job_index_update after update on ${table} for each row
      when (${row('old')} is distinct from ${row('new')}) execute function job_index_${noun}()`);
  }
};

/** Checks keep the times that they were due at; all else begins anew, spread over its interval. */
const replaceChecks = async (knex: Knex): Promise<void> => {
  const tables = ['tenants', 'accounts', 'credentials'];
  // Forced row security would hide the rows from an owner that is no superuser.
  for (const table of tables) await knex.raw(`alter table ${table} no force row level security`);
  await knex.raw(`
    insert into jobs (tenant_id, kind, subject, credential_id, lane, due_at, failures, is_suspended)
    select k.tenant_id, 'credential_check', k.credential_id::text, k.credential_id, k.venue, k.due_at, k.failures,
           t.status <> 'active'
      from credential_checks k join tenants t on t.id = k.tenant_id`);
  await knex.raw(`
    insert into jobs (tenant_id, kind, subject, lane, due_at, is_suspended)
    select id, 'retention', id::text, 'local', now() + random() * interval '1 hour', status <> 'active' from tenants`);
  await knex.raw('select job_keep_account(tenant_id, id) from accounts where removed_at is null');
  for (const table of tables) await knex.raw(`alter table ${table} force row level security`);
  await knex.raw('drop trigger credential_check_index_insert_delete on credentials');
  await knex.raw('drop trigger credential_check_index_update on credentials');
  await knex.raw('drop function credential_check_index()');
  await dropTables(knex, ['credential_checks']);
};

const restoreChecks = async (knex: Knex): Promise<void> => {
  await createTable(knex, {
    name: 'credential_checks',
    comment:
      'When each credential in use is to be checked at its exchange, for workers that look across tenants; a trigger of credentials keeps the rows',
    columns: [
      ['tenant_id', 'uuid not null', 'Tenant of the credential'],
      ['credential_id', 'uuid not null', 'Credential'],
      ['venue', 'text not null', 'Exchange that will be asked'],
      ['due_at', 'timestamptz not null', 'When it is to be checked'],
      ['lease_id', 'uuid', 'Lease of the worker that checks it; null: none does'],
      ['lease_until', 'timestamptz', 'When that worker counts as dead'],
      ['failures', 'integer not null default 0', 'Checks in a row that the exchange left unanswered'],
    ],
    constraints: [
      'constraint credential_checks_pkey primary key (tenant_id, credential_id)',
      'constraint credential_checks_leased check ((lease_id is null) = (lease_until is null))',
      'constraint credential_checks_failures_counted check (failures >= 0)',
    ],
  });
  await knex.raw('create index credential_checks_due_idx on credential_checks (due_at)');
  await knex.raw(`
    create function credential_check_index() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
    begin
      if tg_op = 'DELETE' then
        delete from credential_checks where tenant_id = old.tenant_id and credential_id = old.id;
      elsif new.is_active and new.shredded_at is null and new.venue <> 'paper_trading' then
        insert into credential_checks (tenant_id, credential_id, venue, due_at)
          values (new.tenant_id, new.id, new.venue, now() + (0.5 + random() / 2) *
            case when new.validation_status = 'exchange_unavailable' then interval '1 hour' else interval '1 day' end)
          on conflict (tenant_id, credential_id) do update
            set due_at = excluded.due_at, failures = 0, lease_id = null, lease_until = null;
      else
        delete from credential_checks where tenant_id = new.tenant_id and credential_id = new.id;
      end if;
      return null;
    end $$`);
  await knex.raw(`
    insert into credential_checks (tenant_id, credential_id, venue, due_at, failures)
    select tenant_id, credential_id, lane, due_at, failures from jobs where kind = 'credential_check'`);
  await knex.raw(`
    create trigger credential_check_index_insert_delete after insert or delete on credentials
    for each row execute function credential_check_index()`);
  await knex.raw(`
    create trigger credential_check_index_update after update on credentials for each row
    when ((old.generation, old.is_active, old.shredded_at) is distinct from
          (new.generation, new.is_active, new.shredded_at))
    execute function credential_check_index()`);
};
