/** The databases of the reading benchmark: one tenant that is read, among few or among very many others. */
import pg from 'pg';
import { connectOwner } from '../../src/db/migrate.ts';
import { ensurePartitions } from '../../src/db/partitions.ts';
import { seedCaller } from './bench-caller.ts';
import type { BenchCaller } from './bench-data.ts';

const ACCOUNTS_PER_TENANT = 10;
const YEAR_MS = 365 * 24 * 3_600_000;

export interface ReadsTenant extends BenchCaller {
  /** One of 100; it holds 500 assets and has a year of hourly snapshots. */
  readonly accountId: number;
  /** Its keys. */
  readonly credentialId: string;
}

/** Fills a migrated database with `accounts` accounts of others, and with the tenant that is read. */
export const seedReads = async (
  ownerUrl: string,
  gatewayKek: Buffer,
  accounts: number,
): Promise<ReadsTenant> => {
  const owner = connectOwner(ownerUrl);
  await ensurePartitions(owner, new Date(Date.now() - YEAR_MS), 13).finally(() => owner.destroy());
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    // Rows of one making need no check of their foreign keys, and no answer from the disk.
    await client.query('set session_replication_role = replica; set synchronous_commit = off');
    await client.query(OTHERS, [accounts / ACCOUNTS_PER_TENANT]);
    for (const text of OTHERS_ROWS) await client.query(text, [ACCOUNTS_PER_TENANT]);
    const caller = await seedCaller(ownerUrl, gatewayKek);
    const { rows } = await client.query<{ id: string; credential_id: string }>(OWN_ACCOUNTS, [
      caller.tenantId,
    ]);
    const accountId = Number(rows[0]?.id);
    for (const text of OWN_ROWS) await client.query(text, [caller.tenantId, accountId]);
    await client.query('vacuum analyze');
    return { ...caller, accountId, credentialId: rows[0]?.credential_id ?? '' };
  } finally {
    await client.end();
  }
};

const OTHERS = `insert into tenants (id, name)
  select gen_random_uuid(), 'Tenant ' || i from generate_series(1, $1::int) as i`;

// Every other account has a credential, two balances and a snapshot.
const OTHERS_ROWS = [
  `insert into credentials (tenant_id, id, venue, name, sealed, tenant_key_id, fingerprint, key_prefix, key_suffix)
   select t.id, gen_random_uuid(), 'binance', 'Keys', repeat('x', 400), t.id, uuid_send(gen_random_uuid()), 'abcd', 'wxyz'
     from tenants t, generate_series(1, $1::int)`,
  `insert into accounts (tenant_id, credential_id, market_code, name, btc_amount, usd_amount, balances_synced_at)
   select tenant_id, id, 'binance', 'Account', 1.5, 90000.25, now() from credentials where $1 > 0`,
  `insert into balances (tenant_id, account_id, asset, free, locked, total, btc_value, usd_value, synced_at)
   select a.tenant_id, a.id, asset, 1, 0, 1, 0.5, 30000, now()
     from accounts a, unnest(array['BTC', 'ETH']) as asset where $1 > 0`,
  `insert into equity_snapshots (tenant_id, account_id, taken_at, btc_value, usd_value)
   select tenant_id, id, now() - interval '3 days', 1.5, 90000 from accounts where $1 > 0`,
];

const OWN_ACCOUNTS = `
  with keys as (
    insert into credentials (tenant_id, id, venue, name, sealed, tenant_key_id, fingerprint, key_prefix, key_suffix)
    select $1, gen_random_uuid(), 'binance', 'Keys', repeat('x', 400), $1, uuid_send(gen_random_uuid()), 'abcd', 'wxyz'
      from generate_series(1, 100)
    returning tenant_id, id
  )
  insert into accounts (tenant_id, credential_id, market_code, name, btc_amount, usd_amount, balances_synced_at)
  select tenant_id, id, 'binance', 'Account', 1.23456789, 98765.4321, now() from keys
  returning id, credential_id`;

const OWN_ROWS = [
  `insert into balances (tenant_id, account_id, asset, free, locked, total, btc_value, usd_value, synced_at)
   select $1, $2, 'ASSET' || i, i + 0.12345678, 0.5, i + 0.62345678, i * 0.000123456789, i * 7.123456789, now()
     from generate_series(1, 500) as i`,
  `insert into balance_snapshots (tenant_id, account_id, taken_at, asset, free, locked, total, btc_value, usd_value)
   select tenant_id, account_id, date_trunc('hour', now()) - interval '25 hours', asset, free, locked, total,
          btc_value * 0.97, usd_value * 1.02
     from balances where tenant_id = $1 and account_id = $2`,
  `insert into balance_snapshots (tenant_id, account_id, taken_at, asset, free, locked, total)
   select $1, $2, date_trunc('hour', now()) - i * interval '1 hour', 'ASSET' || n, i + 0.12345678, 0.5, i + 0.62345678
     from generate_series(26, 8760) as i, generate_series(1, 5) as n`,
  `insert into equity_snapshots (tenant_id, account_id, taken_at, btc_value, usd_value)
   select $1, $2, date_trunc('hour', now()) - i * interval '1 hour', 1 + i * 0.000123456789, 60000 + i * 1.123456789
     from generate_series(1, 8760) as i`,
  `insert into transfers (tenant_id, account_id, kind, venue_transfer_id, asset, amount, btc_value, usd_value,
     occurred_at, counted_at)
   select $1, $2, 'deposit', i::text, 'BTC', 0.01, 0.01, 600, now() - i * interval '7 days', now() - i * interval '7 days'
     from generate_series(1, 50) as i`,
];
