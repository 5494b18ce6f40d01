/** Exchange keys that are stored without an account of /ver1, the wallets kept for their balances, and their checks. */
import type { Knex } from 'knex';
import { type Column, createTable, dropTables } from '../src/db/migration-sql.ts';

export const up = async (knex: Knex): Promise<void> => {
  await addColumns(knex, 'credentials', CREDENTIAL_COLUMNS);
  await addColumns(knex, 'accounts', ACCOUNT_COLUMNS);
  // As the caller wrote them: cidr would add a /32 to each address.
  await setType(knex, 'text[]');
  await knex.raw('drop index accounts_list_idx');
  await knex.raw(`
    create index accounts_list_idx on accounts (tenant_id, mode, id) where removed_at is null and is_connected`);
  await knex.raw(`
    create index credentials_list_idx on credentials (tenant_id, created_at, id) where shredded_at is null`);
  // The history of one asset: of 500 assets with a year of hourly snapshots it is counted in 2 ms instead of 65 to 120 by
  // the primary key (Postgres 18; earlier ones read all 4.4 million entries). A sync of 500 assets writes 2 ms longer.
  await knex.raw(`
    create index balance_snapshots_asset_idx on balance_snapshots (tenant_id, account_id, asset, taken_at)`);
  await createChecks(knex);
};

export const down = async (knex: Knex): Promise<void> => {
  await knex.raw('drop trigger credential_check_index_insert_delete on credentials');
  await knex.raw('drop trigger credential_check_index_update on credentials');
  await knex.raw('drop function credential_check_index()');
  await dropTables(knex, ['credential_checks']);
  await knex.raw('drop index balance_snapshots_asset_idx');
  await knex.raw('drop index credentials_list_idx');
  await knex.raw('drop index accounts_list_idx');
  await knex.raw('create index accounts_list_idx on accounts (tenant_id, mode, id) where removed_at is null');
  await setType(knex, 'cidr[]');
  for (const [name] of ACCOUNT_COLUMNS) await knex.raw(`alter table accounts drop column ${name}`);
  for (const [name] of CREDENTIAL_COLUMNS) await knex.raw(`alter table credentials drop column ${name}`);
};

const CREDENTIAL_COLUMNS: readonly Column[] = [
  [
    'is_kept',
    'boolean not null default false',
    'Stored for itself: stays when the last account that uses it is removed',
  ],
  ['exchange_name', 'text', 'Exchange as the caller wrote it; null: the keys came with an account'],
  [
    'declared_permissions',
    "text[] not null default '{}'",
    'What the caller says that the keys may do, for what the exchange does not say',
  ],
];

const ACCOUNT_COLUMNS: readonly Column[] = [
  [
    'is_connected',
    'boolean not null default true',
    'An account of /ver1; false: a wallet of stored keys that is kept for its balances',
  ],
];

const setType = async (knex: Knex, type: string): Promise<void> => {
  await knex.raw(`
    alter table credentials alter column ip_whitelist drop default,
      alter column ip_whitelist type ${type} using ip_whitelist::text[]::${type},
      alter column ip_whitelist set default '{}'`);
};

const addColumns = async (knex: Knex, table: string, columns: readonly Column[]): Promise<void> => {
  for (const [name, type, comment] of columns) {
    await knex.raw(`alter table ${table} add column ${name} ${type}`);
    await knex.raw(`comment on column ${table}.${name} is '${comment}'`);
  }
};

const createChecks = async (knex: Knex): Promise<void> => {
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
  // Security definer: no login role may add or remove rows, so the table cannot disagree with credentials. Keys that
  // came in unproven are checked within the hour; the others after a day, spread so that a mass import is no mass check.
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
  // Forced row security would hide the rows from an owner that is no superuser.
  await knex.raw('alter table credentials no force row level security');
  await knex.raw(`
    insert into credential_checks (tenant_id, credential_id, venue, due_at)
    select tenant_id, id, venue, now() + random() * interval '1 day' from credentials
     where is_active and shredded_at is null and venue <> 'paper_trading'`);
  await knex.raw('alter table credentials force row level security');
  await knex.raw(`
    create trigger credential_check_index_insert_delete after insert or delete on credentials
    for each row execute function credential_check_index()`);
  await knex.raw(`
    create trigger credential_check_index_update after update on credentials for each row
    when ((old.generation, old.is_active, old.shredded_at) is distinct from
          (new.generation, new.is_active, new.shredded_at))
    execute function credential_check_index()`);
};
