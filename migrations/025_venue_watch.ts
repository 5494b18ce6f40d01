/** How exchanges do, which of them an operator has paused, and who was told. */
import type { Knex } from 'knex';
import { createTable, createTenantTable, dropTables } from '../src/db/migration-sql.ts';

export const up = async (knex: Knex): Promise<void> => {
  await createStates(knex);
  await createPauses(knex);
  await createNotices(knex);
};

export const down = async (knex: Knex): Promise<void> => {
  await dropTables(knex, ['venue_tellings', 'venue_notices', 'venue_pauses', 'venue_states']);
  await knex.raw('drop function venue_pause_notify()');
};

const createStates = (knex: Knex): Promise<void> =>
  createTable(knex, {
    name: 'venue_states',
    comment: 'How each exchange does, as workers find it; a single failure changes nothing',
    columns: [
      ['venue', 'text not null', 'Exchange'],
      ['state', "text not null default 'healthy'", 'healthy, or degraded: it does not answer'],
      ['since', 'timestamptz not null', 'When it came to that state'],
      ['reason', 'text', 'What is wrong, e.g. circuit_open; null: nothing'],
      ['failures', 'integer not null default 0', 'Checks in a row that failed'],
      [
        'works_since',
        'timestamptz',
        'First of the checks in a row that went well; null: the newest one failed',
      ],
      ['recovered_at', 'timestamptz', 'When it last recovered; null: never'],
      ['latency_ms', 'integer', 'How long its newest answer took'],
      ['last_success_at', 'timestamptz', 'When it last answered'],
      ['checked_at', 'timestamptz', 'When it was last checked; null: never'],
      ['due_at', 'timestamptz not null', 'When a worker is to check it'],
    ],
    constraints: [
      'constraint venue_states_pkey primary key (venue)',
      "constraint venue_states_state_known check (state in ('healthy', 'degraded'))",
      'constraint venue_states_failures_counted check (failures >= 0)',
    ],
  });

const createPauses = async (knex: Knex): Promise<void> => {
  await createTable(knex, {
    name: 'venue_pauses',
    comment: 'Exchanges that an operator has paused: nothing is asked of them',
    columns: [
      ['venue', 'text not null', 'Exchange'],
      ['reason', 'text not null', 'Why, for callers to read'],
      ['paused_by', 'text not null', 'Who paused it'],
      ['paused_at', 'timestamptz not null', 'When it was paused'],
    ],
    constraints: ['constraint venue_pauses_pkey primary key (venue)'],
  });
  await knex.raw(`
    create function venue_pause_notify() returns trigger language plpgsql as $$
    begin
      perform pg_notify('venue_pause_changed', '');
      return null;
    end $$`);
  await knex.raw(`
    create trigger venue_pauses_notify after insert or update or delete on venue_pauses
    for each statement execute function venue_pause_notify()`);
};

const createNotices = async (knex: Knex): Promise<void> => {
  await createTable(knex, {
    name: 'venue_notices',
    comment: 'Changes of state of exchanges that tenants are told of, written with the change',
    columns: [
      [
        'id',
        'bigint generated always as identity',
        'Id of the notice; those of one exchange are told in order',
      ],
      ['venue', 'text not null', 'Exchange'],
      ['state', 'text not null', 'State that it came to: healthy or degraded'],
      ['reason', 'text', 'What is wrong; null: nothing'],
      ['degraded_since', 'timestamptz not null', 'When it degraded'],
      ['at', 'timestamptz not null', 'When it came to that state'],
      ['told_until', 'uuid', 'Tenants are told in the order of their ids; the last one that was; null: none'],
      ['lease_until', 'timestamptz', 'Until when a worker tells them; null: none does'],
      ['finished_at', 'timestamptz', 'When all were told; null: not yet'],
    ],
    constraints: [
      'constraint venue_notices_pkey primary key (id)',
      "constraint venue_notices_state_known check (state in ('healthy', 'degraded'))",
    ],
  });
  await knex.raw('create index venue_notices_open_idx on venue_notices (id) where finished_at is null');
  await createTenantTable(knex, {
    name: 'venue_tellings',
    comment: 'What a tenant was told of exchanges, written with the event, so that nothing is told twice',
    columns: [
      ['tenant_id', 'uuid not null', 'Tenant of the row'],
      ['venue', 'text not null', 'Exchange'],
      ['last_notice', 'bigint not null', 'Newest notice that it was told'],
    ],
    constraints: [
      'constraint venue_tellings_pkey primary key (tenant_id, venue)',
      'constraint venue_tellings_tenant_fkey foreign key (tenant_id) references tenants (id)',
    ],
  });
};
