/** How far events reach back and forward, and what custody's own guards tell the owners of exchange keys. */
import type { Knex } from 'knex';

export const up = async (knex: Knex): Promise<void> => {
  await createBounds(knex);
  await announceFreezes(knex);
  await announceCanaries(knex);
};

export const down = async (knex: Knex): Promise<void> => {
  await knex.raw('drop trigger canary_announcement on audit_log');
  await knex.raw('drop function announce_canary()');
  await knex.raw('drop trigger custody_freeze_announcement on custody_freezes');
  await knex.raw('drop function announce_freeze()');
  await knex.raw('drop function event_bounds(uuid)');
};

/**
 * `event_bounds(tenant)` answers the oldest seq that is kept (one above the newest when none is) and the newest. Security
 * definer, and not held to certain accounts: a reader that does not see all events needs to know how far it has come.
 */
const createBounds = async (knex: Knex): Promise<void> => {
  await knex.raw(`
    create function event_bounds(tenant uuid, out oldest bigint, out newest bigint)
    language plpgsql stable security definer set search_path = public, pg_temp as $$
    declare
      accounts_in_reach text := current_setting('app.account_ids', true);
    begin
      if tenant is distinct from nullif(current_setting('app.tenant_id', true), '')::uuid then
        raise exception 'the events are of another tenant than the session' using errcode = '42501';
      end if;
      perform set_config('app.account_ids', '', true);
      select c.last_seq into newest from event_counters c where c.tenant_id = tenant and c.account_id = 0;
      newest := coalesce(newest, 0);
      select e.seq into oldest from events e where e.tenant_id = tenant order by e.seq limit 1;
      oldest := coalesce(oldest, newest + 1);
      perform set_config('app.account_ids', coalesce(accounts_in_reach, ''), true);
    end $$`);
};

/**
 * Written where the switch is, so that nobody who turns it can forget to tell. One tenant after the other, in the order of
 * their ids, and without those whose events somebody else holds for a second: the freeze itself must not wait for them.
 */
const announceFreezes = async (knex: Knex): Promise<void> => {
  await knex.raw(`
    create function announce_freeze() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
    declare
      one_tenant uuid;
      kind text := case when tg_op = 'INSERT' then 'security.custody_frozen' else 'security.custody_thawed' end;
      told jsonb := case when tg_op = 'INSERT' then jsonb_build_object('reason',
        case new.frozen_by when 'custody' then 'canary_opened' else 'operator' end) else '{}' end;
      tenant_before text := current_setting('app.tenant_id', true);
      accounts_before text := current_setting('app.account_ids', true);
      wait_before text := current_setting('lock_timeout');
    begin
      perform set_config('lock_timeout', '1s', true), set_config('app.account_ids', '', true);
      for one_tenant in select distinct tenant_id from caller_key_tenants order by tenant_id loop
        begin
          perform set_config('app.tenant_id', one_tenant::text, true);
          if exists (select from credentials where tenant_id = one_tenant and shredded_at is null) then
            perform event_append(one_tenant, kind, null, told, null);
          end if;
        exception when lock_not_available then
          raise warning 'the events of a tenant are held by somebody: it is not told of the freeze';
        end;
      end loop;
      perform set_config('app.tenant_id', coalesce(tenant_before, ''), true),
              set_config('app.account_ids', coalesce(accounts_before, ''), true),
              set_config('lock_timeout', wait_before, true);
      return null;
    end $$`);
  await knex.raw(`
    create trigger custody_freeze_announcement after insert or update of lifted_at on custody_freezes
    for each row execute function announce_freeze()`);
};

const announceCanaries = async (knex: Knex): Promise<void> => {
  await knex.raw(`
    create function announce_canary() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
    begin
      perform event_append(new.tenant_id, 'security.canary_opened', null,
        jsonb_build_object('credential_id', split_part(new.object, ':', 2)), new.request_id);
      return null;
    end $$`);
  await knex.raw(`
    create trigger canary_announcement after insert on audit_log for each row
    when (new.action = 'canary.touched') execute function announce_canary()`);
};
