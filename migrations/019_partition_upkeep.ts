/** Functions by which the running system makes the monthly partitions of the snapshots ahead of time, and drops old ones. */
import type { Knex } from 'knex';

export const up = async (knex: Knex): Promise<void> => {
  await createEnsure(knex);
  await createDrop(knex);
};

export const down = async (knex: Knex): Promise<void> => {
  await knex.raw('drop function drop_old_partition(timestamptz)');
  await knex.raw('drop function ensure_partitions(timestamptz)');
};

// Both are security definer: no login role may create or drop a table. What a login role may ask for is bounded; whoever
// owns the functions may ask for any month. One process at a time; another that comes meanwhile has nothing to do. Locks
// that are not there at once are left for the next time, and accounts is locked first, as every sync locks it first: the
// foreign key of a partition needs it, and a sync that waits in the other order would be a deadlock.
const HEADER = `language plpgsql security definer
    set search_path = public, pg_temp set timezone = 'UTC' set lock_timeout = '2s'`;

const TAKE_TURN = `if not pg_try_advisory_xact_lock(hashtextextended('partition_upkeep', 0)) then`;

/** `ensure_partitions(moment)` makes the partitions of the moment's month (UTC), where missing; answers how many. */
const createEnsure = async (knex: Knex): Promise<void> => {
  await knex.raw(`
    create function ensure_partitions(moment timestamptz) returns integer ${HEADER} as $$
    declare
      first timestamptz := date_trunc('month', moment);
      next timestamptz := first + interval '1 month';
      parent text;
      part text;
      spare text;
      made integer := 0;
    begin
      if not pg_has_role(session_user, current_user, 'usage')
         and moment not between now() - interval '1 month' and now() + interval '1 year' then
        raise exception 'partitions are made from the last month on and for a year ahead, not of %', moment
          using errcode = '22023';
      end if;
      ${TAKE_TURN}
        return 0;
      end if;
      foreach parent in array array['balance_snapshots', 'equity_snapshots'] loop
        part := parent || to_char(first, '_YYYY_MM');
        continue when to_regclass('public.' || part) is not null;
        spare := parent || '_default';
        lock table accounts in share row exclusive mode;
        execute format('create table %I (like %I including all)', part, parent);
        execute format('alter table %I enable row level security', part);
        execute format('create policy tenant_isolation on %I
          using (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)
          with check (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)', part);
        -- Nobody writes meanwhile. Forced row security would hide the rows from an owner that is no superuser.
        execute format('lock table %I in access exclusive mode', spare);
        execute format('alter table %I no force row level security', spare);
        execute format('insert into %I select * from %I where taken_at >= $1 and taken_at < $2', part, spare)
          using first, next;
        execute format('delete from %I where taken_at >= $1 and taken_at < $2', spare) using first, next;
        execute format('alter table %I force row level security', spare);
        execute format('alter table %I force row level security', part);
        execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, part, first, next);
        made := made + 1;
      end loop;
      return made;
    end $$`);
};

/**
 * `drop_old_partition(before)` drops the oldest month of balance_snapshots that ended by then, and answers the name of
 * its table; null: there is none. One at a time, as each needs a lock that every sync waits for. The equity stays: it is
 * one row where balances are hundreds, and profits and charts begin with the first of them.
 */
const createDrop = async (knex: Knex): Promise<void> => {
  await knex.raw(`
    create function drop_old_partition(before timestamptz) returns text ${HEADER} as $$
    declare
      part text;
    begin
      if not pg_has_role(session_user, current_user, 'usage') and before > now() - interval '1 month' then
        raise exception 'what is younger than a month is not dropped, and % is', before using errcode = '22023';
      end if;
      ${TAKE_TURN}
        return null;
      end if;
      select c.relname into part
        from pg_inherits i join pg_class c on c.oid = i.inhrelid
       where i.inhparent = 'balance_snapshots'::regclass and c.relname ~ '^balance_snapshots_\\d{4}_\\d{2}$'
         and to_timestamp(right(c.relname, 7), 'YYYY_MM') + interval '1 month' <= before
       order by c.relname limit 1;
      if part is not null then
        lock table accounts in access exclusive mode;
        execute format('drop table %I', part);
      end if;
      return part;
    end $$`);
};
