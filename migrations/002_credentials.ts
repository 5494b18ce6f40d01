/** Sealing keys of tenants and the sealed exchange keys. */
import type { Knex } from 'knex';
import { createTenantTable, dropTables } from '../src/db/migration-sql.ts';

export const up = async (knex: Knex): Promise<void> => {
  await createTenantTable(knex, {
    name: 'tenant_keys',
    comment: 'Key pairs that exchange keys are sealed to; only custody reads the private half',
    columns: [
      ['tenant_id', 'uuid not null', 'Tenant of the row'],
      ['id', 'uuid not null', 'Id of the key pair'],
      ['public_jwk', 'jsonb not null', 'Public half, a JWK'],
      ['private_wrapped', 'text', 'Private half, wrapped by the root key; null once destroyed'],
      ['kek_id', 'text not null', 'Root key that wraps the private half'],
      [
        'state',
        "text not null default 'active'",
        'active: seals and opens; retired: opens; destroyed: neither',
      ],
      ['created_at', 'timestamptz not null default now()', 'When the row was created'],
      ['updated_at', 'timestamptz not null default now()', 'When the row was last changed'],
    ],
    constraints: [
      'constraint tenant_keys_pkey primary key (tenant_id, id)',
      'constraint tenant_keys_tenant_fkey foreign key (tenant_id) references tenants (id)',
      "constraint tenant_keys_state_known check (state in ('active', 'retired', 'destroyed'))",
      "constraint tenant_keys_wrapped_or_destroyed check ((private_wrapped is null) = (state = 'destroyed'))",
    ],
  });
  await knex.raw(
    "create unique index tenant_keys_active_key on tenant_keys (tenant_id) where state = 'active'",
  );
  await createCredentials(knex);
};

export const down = (knex: Knex): Promise<void> => dropTables(knex, ['credentials', 'tenant_keys']);

const createCredentials = async (knex: Knex): Promise<void> => {
  await createTenantTable(knex, {
    name: 'credentials',
    comment: 'Exchange keys, sealed to their tenant; the gateway writes the sealed column and cannot read it',
    columns: [
      ['tenant_id', 'uuid not null', 'Tenant of the row'],
      ['id', 'uuid not null', 'Id of the credential'],
      ['user_id', 'uuid', 'User that the keys belong to'],
      ['venue', 'text not null', 'Exchange that the keys are for'],
      ['name', 'text not null', 'Name for people'],
      [
        'sealed',
        'text',
        'The keys as a JWE that opens in this row at this generation only; null once shredded',
      ],
      ['generation', 'integer not null default 1', 'Counts the replacements of the keys'],
      ['tenant_key_id', 'uuid not null', 'Key pair that the keys are sealed to'],
      ['fingerprint', 'bytea not null', 'Keyed hash of the API key, finds duplicates'],
      ['key_prefix', 'text not null', 'First characters of the API key, for masking'],
      ['key_suffix', 'text not null', 'Last characters of the API key, for masking'],
      ['has_passphrase', 'boolean not null default false', 'Whether the keys have a passphrase'],
      ['can_read', 'boolean', 'The keys may read; null: the exchange does not say'],
      ['can_trade', 'boolean', 'The keys may trade; null: the exchange does not say'],
      ['can_withdraw', 'boolean', 'The keys may withdraw; null: the exchange does not say'],
      ['ip_restricted', 'boolean', 'The exchange ties the keys to addresses; null: it does not say'],
      ['rights_source', 'text', 'Who says what the keys may do: the exchange, a probe or the caller'],
      ['key_expires_at', 'timestamptz', 'When the exchange lets the keys expire'],
      ['ip_whitelist', "cidr[] not null default '{}'", 'Addresses that the caller says the keys are tied to'],
      ['metadata', "jsonb not null default '{}'", 'Facts about the keys that are no secrets'],
      ['is_active', 'boolean not null default true', 'Whether the keys may be used'],
      ['validation_status', "text not null default 'pending'", 'What the last check of the keys found'],
      ['validation_error', 'text', "Why the last check failed, in the caller's words"],
      ['last_validated_at', 'timestamptz', 'When the keys were last checked'],
      ['last_used_at', 'timestamptz', 'When the keys were last used'],
      ['shredded_at', 'timestamptz', 'When the sealed keys were removed for good'],
      ['created_at', 'timestamptz not null default now()', 'When the row was created'],
      ['updated_at', 'timestamptz not null default now()', 'When the row was last changed'],
    ],
    constraints: [
      'constraint credentials_pkey primary key (tenant_id, id)',
      'constraint credentials_tenant_fkey foreign key (tenant_id) references tenants (id)',
      'constraint credentials_user_fkey foreign key (tenant_id, user_id) references users (tenant_id, id)',
      `constraint credentials_tenant_key_fkey foreign key (tenant_id, tenant_key_id)
        references tenant_keys (tenant_id, id)`,
      'constraint credentials_sealed_or_shredded check ((sealed is null) = (shredded_at is not null))',
      'constraint credentials_generation_positive check (generation >= 1)',
      // A hint longer than this would give too much of a short key away.
      'constraint credentials_hint_short check (length(key_prefix) <= 4 and length(key_suffix) <= 4)',
    ],
  });
  await knex.raw(`
    create unique index credentials_fingerprint_key on credentials (tenant_id, venue, fingerprint)
    where shredded_at is null`);
};
