/** The append-only audit log: one hash chain per tenant. */
import type { Knex } from 'knex';
import { createTenantTable, dropTables } from '../src/db/migration-sql.ts';

export const up = async (knex: Knex): Promise<void> => {
  await createTenantTable(knex, {
    name: 'audit_log',
    comment: 'What was done, by whom; append-only, each row hashed over its predecessor',
    columns: [
      ['tenant_id', 'uuid not null', 'Tenant of the row'],
      ['seq', 'bigint not null', "Place in the tenant's chain, from 1 without gaps"],
      ['at', 'timestamptz not null', 'When it was done'],
      ['actor', 'text not null', 'Who did it, e.g. caller_key:<id> or custody'],
      ['action', 'text not null', 'What was done, e.g. account.connected'],
      ['object', 'text not null', 'What it was done to, e.g. account:<id>'],
      ['outcome', 'text not null', 'How it ended, e.g. ok or refused'],
      ['request_id', 'text', 'Request that caused it'],
      ['prev_hash', 'bytea', 'Hash of the row before; null in the first row'],
      [
        'hash',
        'bytea not null',
        'SHA-256 of the canonical JSON (RFC 8785) of the row without tenant and hash',
      ],
    ],
    constraints: [
      'constraint audit_log_pkey primary key (tenant_id, seq)',
      'constraint audit_log_tenant_fkey foreign key (tenant_id) references tenants (id)',
      'constraint audit_log_seq_positive check (seq >= 1)',
      'constraint audit_log_first_row check ((seq = 1) = (prev_hash is null))',
      'constraint audit_log_hash_length check (octet_length(hash) = 32)',
    ],
  });
  await createAppend(knex);
};

export const down = async (knex: Knex): Promise<void> => {
  await knex.raw('drop function audit_append(uuid, text, text, text, text, text, timestamptz)');
  await dropTables(knex, ['audit_log']);
};

/**
 * `audit_append(tenant, actor, action, object, outcome, request_id [, at])` answers the row's seq. Called under the
 * tenant's session, in the transaction of the change. The lock holds until commit, so that nobody reads the newest
 * row while another transaction is about to add one. to_json escapes text just as RFC 8785 wants it.
 * Security definer: the login roles may not write the table, so no row stands there that is not in the chain.
 */
const createAppend = async (knex: Knex): Promise<void> => {
  await knex.raw(`
    create function audit_append(
      tenant uuid, actor text, action text, object text, outcome text, request_id text,
      at timestamptz default clock_timestamp()
    ) returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
    #variable_conflict use_variable
    declare
      last_seq bigint;
      last_hash bytea;
      canonical text;
    begin
      if tenant is distinct from nullif(current_setting('app.tenant_id', true), '')::uuid then
        raise exception 'the audit row is of another tenant than the session' using errcode = '42501';
      end if;
      if actor = 'custody' and session_user = 'countersign_gateway' then
        raise exception 'only custody speaks for custody' using errcode = '42501';
      end if;
      perform pg_advisory_xact_lock(hashtextextended('audit_log:' || tenant::text, 0));
      select log.seq, log.hash into last_seq, last_hash
        from audit_log log where log.tenant_id = tenant order by log.seq desc limit 1;
      last_seq := coalesce(last_seq, 0) + 1;
      canonical := '{"action":' || to_json(action)
        || ',"actor":' || to_json(actor)
        || ',"at":"' || to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '"'
        || ',"object":' || to_json(object)
        || ',"outcome":' || to_json(outcome)
        || ',"prev_hash":' || coalesce('"' || encode(last_hash, 'hex') || '"', 'null')
        || ',"request_id":' || coalesce(to_json(request_id)::text, 'null')
        || ',"seq":' || last_seq::text || '}';
      insert into audit_log (tenant_id, seq, at, actor, action, object, outcome, request_id, prev_hash, hash)
        values (tenant, last_seq, at, actor, action, object, outcome, request_id, last_hash,
                sha256(convert_to(canonical, 'UTF8')));
      return last_seq;
    end $$`);
};
