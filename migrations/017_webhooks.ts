/** Webhook endpoints, what is to be delivered to each, and the queue that workers lease endpoints from. */
import type { Knex } from 'knex';
import { createTable, createTenantTable, dropTables, limitToAccounts } from '../src/db/migration-sql.ts';

export const up = async (knex: Knex): Promise<void> => {
  await createEndpoints(knex);
  await createDeliveries(knex);
  await createQueues(knex);
  await createFanOut(knex);
  // Where a replay begins.
  await knex.raw('create index events_at_idx on events (tenant_id, at)');
};

export const down = async (knex: Knex): Promise<void> => {
  await knex.raw('drop index events_at_idx');
  await knex.raw('drop trigger event_fan_out on events');
  await knex.raw('drop function event_fan_out()');
  await knex.raw('drop function webhook_wake(uuid, uuid[], timestamptz)');
  await knex.raw('drop trigger webhook_queue_insert_delete on webhook_endpoints');
  await knex.raw('drop trigger webhook_queue_update on webhook_endpoints');
  await knex.raw('drop function webhook_queue()');
  await knex.raw('drop function webhook_hears(text[], text[], bigint[], text, bigint)');
  await knex.raw('drop function event_scope(text)');
  await dropTables(knex, ['webhook_queues', 'deliveries', 'webhook_endpoints']);
};

const createEndpoints = async (knex: Knex): Promise<void> => {
  await createTenantTable(knex, {
    name: 'webhook_endpoints',
    comment: 'Where events are delivered to',
    columns: [
      ['tenant_id', 'uuid not null', 'Tenant of the row'],
      ['id', 'uuid not null', 'Id of the endpoint'],
      ['url', 'text not null', 'Address of the receiver; it may hold a token in its path or query'],
      ['description', 'text', "The tenant's own words"],
      ['event_types', 'text[] not null', 'Types of events, groups of them (account.*), or all (*)'],
      [
        'scopes',
        'text[] not null',
        'Of those that show events, what the key had that made the endpoint: it hears of no others',
      ],
      ['account_ids', 'bigint[]', 'Accounts whose events it hears of; null: all, and those of no account'],
      ['signature', 'text not null', 'How deliveries are signed: hmac (v1) or ed25519 (v1a)'],
      ['secret_jwe', 'text', "Secret or private key, sealed under the gateway's key; null: removed"],
      ['public_key', 'text', 'Public half, whpk_...; null for hmac'],
      ['previous_secret_jwe', 'text', 'The one before the last rotation, which signs too for a while'],
      ['previous_ends_at', 'timestamptz', 'Until when it does'],
      ['disabled_at', 'timestamptz', 'When it was switched off; null: it is on'],
      ['disabled_reason', 'text', 'Why, in short; null: it is on'],
      ['failing_since', 'timestamptz', 'First failure since the last success; null: none'],
      ['created_by', 'uuid not null', 'Caller key that made it'],
      ['removed_at', 'timestamptz', 'When it was removed; its deliveries go by their age'],
      ['created_at', 'timestamptz not null', 'When it was made'],
      ['updated_at', 'timestamptz not null', 'When the tenant last changed it'],
    ],
    constraints: [
      'constraint webhook_endpoints_pkey primary key (tenant_id, id)',
      'constraint webhook_endpoints_tenant_fkey foreign key (tenant_id) references tenants (id)',
      "constraint webhook_endpoints_signature check (signature in ('hmac', 'ed25519'))",
      'constraint webhook_endpoints_disabled check ((disabled_at is null) = (disabled_reason is null))',
      'constraint webhook_endpoints_secret check ((secret_jwe is null) = (removed_at is not null))',
      'constraint webhook_endpoints_overlap check ((previous_secret_jwe is null) = (previous_ends_at is null))',
    ],
  });
  await limitToAccounts(knex, 'webhook_endpoints', { accounts: 'account_ids' });
  await knex.raw(
    'create index webhook_endpoints_list_idx on webhook_endpoints (tenant_id, created_at, id) where removed_at is null',
  );
};

const createDeliveries = async (knex: Knex): Promise<void> => {
  await createTenantTable(knex, {
    name: 'deliveries',
    comment: 'An event on its way to one endpoint: the attempts of one series, and how it stands',
    columns: [
      ['tenant_id', 'uuid not null', 'Tenant of the row'],
      ['id', 'uuid not null', 'Id of the delivery'],
      ['endpoint_id', 'uuid not null', 'Endpoint that it goes to'],
      ['event_seq', 'bigint not null', 'Event, by its place; it may be gone before the delivery'],
      ['event_id', 'uuid not null', 'Its id, which is sent as webhook-id'],
      ['event_type', 'text not null', 'Its type'],
      ['state', 'text not null', 'pending, delivered, or dead: given up'],
      ['attempts', 'integer not null', 'Attempts of this series; a replay begins another'],
      ['next_attempt_at', 'timestamptz', 'When it is due; null: it is not pending'],
      ['last_status', 'integer', 'HTTP status of the last answer; null: none came'],
      ['last_latency_ms', 'integer', 'How long the last attempt took'],
      ['last_error', 'text', 'Why the last attempt failed, in short; null: it did not'],
      ['attempt_log', "jsonb not null default '[]'", 'The last 20 attempts, replays included, oldest first'],
      ['created_at', 'timestamptz not null', 'When the event was written, or missed'],
      ['updated_at', 'timestamptz not null', 'When an attempt or a replay changed it last'],
    ],
    constraints: [
      'constraint deliveries_pkey primary key (tenant_id, id)',
      'constraint deliveries_event_key unique (tenant_id, endpoint_id, event_seq)',
      `constraint deliveries_endpoint_fkey foreign key (tenant_id, endpoint_id)
         references webhook_endpoints (tenant_id, id) on delete cascade`,
      "constraint deliveries_state check (state in ('pending', 'delivered', 'dead'))",
      "constraint deliveries_due check ((state = 'pending') = (next_attempt_at is not null))",
    ],
  });
  await knex.raw(`
    create index deliveries_due_idx on deliveries (tenant_id, endpoint_id, next_attempt_at, event_seq)
    where state = 'pending'`);
  await knex.raw(`
    create index deliveries_dead_idx on deliveries (tenant_id, endpoint_id, event_seq) where state = 'dead'`);
  // What retention walks.
  await knex.raw('create index deliveries_age_idx on deliveries (tenant_id, created_at)');
};

const createQueues = async (knex: Knex): Promise<void> => {
  await createTable(knex, {
    name: 'webhook_queues',
    comment:
      'When each endpoint has something due, for workers that look across tenants: one row per endpoint, so that nobody walks past the backlog of one that is dead; a trigger of webhook_endpoints keeps the rows',
    columns: [
      ['tenant_id', 'uuid not null', 'Tenant of the endpoint'],
      ['endpoint_id', 'uuid not null', 'Endpoint'],
      [
        'next_due_at',
        'timestamptz',
        'When its next delivery is due, or when the lease that runs counts as lost; null: nothing to do',
      ],
      ['lease_id', 'uuid', 'Lease of the worker that delivers to it; null: none does'],
      ['lease_until', 'timestamptz', 'When that worker counts as dead'],
      [
        'is_failing',
        'boolean not null default false',
        'Its last attempts failed or took long: it takes its turns apart',
      ],
      ['paused_until', 'timestamptz', 'Until when the receiver asked to be left alone; null: it did not'],
    ],
    constraints: [
      'constraint webhook_queues_pkey primary key (tenant_id, endpoint_id)',
      'constraint webhook_queues_leased check ((lease_id is null) = (lease_until is null))',
    ],
  });
  await knex.raw(`
    create index webhook_queues_due_idx on webhook_queues (is_failing, next_due_at) where next_due_at is not null`);
  // Security definer: no login role may add or remove rows, so the table cannot disagree with the endpoints.
  await knex.raw(`
    create function webhook_queue() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
    begin
      if tg_op = 'DELETE' then
        delete from webhook_queues where tenant_id = old.tenant_id and endpoint_id = old.id;
      elsif tg_op = 'INSERT' then
        insert into webhook_queues (tenant_id, endpoint_id) values (new.tenant_id, new.id);
      elsif new.removed_at is not null then
        delete from webhook_queues where tenant_id = new.tenant_id and endpoint_id = new.id;
      elsif new.disabled_at is not null then
        update webhook_queues set next_due_at = null, lease_id = null, lease_until = null
         where tenant_id = new.tenant_id and endpoint_id = new.id;
      else
        -- What waited while it was off is due. It is trusted again when it answers: a tenant that switches endpoints that
        -- hang off and on must not keep the places that all share.
        update webhook_queues set next_due_at = now(), paused_until = null
         where tenant_id = new.tenant_id and endpoint_id = new.id;
        perform pg_notify('event_written', new.tenant_id::text);
      end if;
      return null;
    end $$`);
  await knex.raw(`
    create trigger webhook_queue_insert_delete after insert or delete on webhook_endpoints
    for each row execute function webhook_queue()`);
  await knex.raw(`
    create trigger webhook_queue_update after update on webhook_endpoints for each row
    when ((old.disabled_at is null) <> (new.disabled_at is null) or (old.removed_at is null) <> (new.removed_at is null))
    execute function webhook_queue()`);
};

/**
 * Deliveries are written with the event, in its transaction: an event that is rolled back is never delivered, and one
 * that is committed always is.
 */
const createFanOut = async (knex: Knex): Promise<void> => {
  await knex.raw(`
    create function event_scope(type text) returns text language sql immutable as $$
      select case when split_part(type, '.', 1) in ('key', 'webhook', 'security') then 'KEYS_WRITE'
                  else 'ACCOUNTS_READ' end
    $$`);
  await knex.raw(`
    create function webhook_hears(patterns text[], scopes text[], accounts bigint[], type text, account bigint)
    returns boolean language sql immutable as $$
      select type <> 'webhook.test'
         and (type = any (patterns) or '*' = any (patterns) or split_part(type, '.', 1) || '.*' = any (patterns))
         and event_scope(type) = any (scopes)
         and (accounts is null or coalesce(account = any (accounts), false))
    $$`);
  // The row of the queue is locked even where it needs no change: a worker that leased the endpoint meanwhile would look
  // for deliveries before these can be seen, and nobody would look again. One that is leased is due before its lease ends,
  // whatever the clocks say: that is how the worker sees that something came.
  await knex.raw(`
    create function webhook_wake(tenant uuid, endpoints uuid[], due timestamptz) returns void language plpgsql as $$
    begin
      perform from webhook_queues q
        where q.tenant_id = tenant and q.endpoint_id = any (endpoints) order by q.endpoint_id for share;
      update webhook_queues q
         set next_due_at = least(greatest(due, q.paused_until), q.lease_until - interval '1 millisecond')
       where q.tenant_id = tenant and q.endpoint_id = any (endpoints)
         and (q.next_due_at is null
              or q.next_due_at > least(greatest(due, q.paused_until), q.lease_until - interval '1 millisecond'));
      perform pg_notify('event_written', tenant::text);
    end $$`);
  // Security definer: the session may be limited to accounts, and event_append lifts that limit for this insert.
  await knex.raw(`
    create function event_fan_out() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
    declare
      hearing uuid[];
    begin
      with made as (
        insert into deliveries (tenant_id, id, endpoint_id, event_seq, event_id, event_type, state, attempts,
                                next_attempt_at, created_at, updated_at)
        select new.tenant_id, gen_random_uuid(), e.id, new.seq, new.id, new.type, 'pending', 0, new.at, new.at, new.at
          from webhook_endpoints e
         where e.tenant_id = new.tenant_id and e.removed_at is null and e.disabled_at is null
           and (webhook_hears(e.event_types, e.scopes, e.account_ids, new.type, new.account_id)
                or (new.type = 'webhook.test' and e.id = (new.data ->> 'endpoint_id')::uuid))
        returning endpoint_id)
      select array_agg(endpoint_id order by endpoint_id) into hearing from made;
      if hearing is null then return null; end if;
      perform webhook_wake(new.tenant_id, hearing, new.at);
      return null;
    end $$`);
  await knex.raw(`
    create trigger event_fan_out after insert on events for each row execute function event_fan_out()`);
};
