/** The migrations in order, by names that are the same from source and from the built program. */
import type { Knex } from 'knex';
import * as tenancy from '../../migrations/001_tenancy.ts';
import * as credentials from '../../migrations/002_credentials.ts';
import * as accounts from '../../migrations/003_accounts.ts';
import * as audit from '../../migrations/004_audit.ts';
import * as idempotency from '../../migrations/005_idempotency.ts';
import * as prices from '../../migrations/006_prices.ts';
import * as addressesAndPaper from '../../migrations/007_addresses_and_paper.ts';
import * as custodyGuard from '../../migrations/008_custody_guard.ts';
import * as transfers from '../../migrations/009_transfers.ts';
import * as portfolios from '../../migrations/010_portfolios.ts';
import * as storedCredentials from '../../migrations/011_stored_credentials.ts';
import * as trades from '../../migrations/012_trades.ts';
import * as tokenKeys from '../../migrations/013_token_keys.ts';
import * as callerKeyManagement from '../../migrations/014_caller_key_management.ts';
import * as replays from '../../migrations/015_replays.ts';
import * as events from '../../migrations/016_events.ts';
import * as webhooks from '../../migrations/017_webhooks.ts';
import * as jobs from '../../migrations/018_jobs.ts';
import * as partitionUpkeep from '../../migrations/019_partition_upkeep.ts';
import * as administration from '../../migrations/020_administration.ts';
import * as auditCheckpoints from '../../migrations/021_audit_checkpoints.ts';
import * as keyRotations from '../../migrations/022_key_rotations.ts';
import * as eventReading from '../../migrations/024_event_reading.ts';
import * as venueWatch from '../../migrations/025_venue_watch.ts';

// Knex stores the name of what it applied: read from a folder it would be `.ts` here and `.js` there.
const MIGRATIONS: ReadonlyMap<string, Knex.Migration> = new Map([
  ['001_tenancy', tenancy],
  ['002_credentials', credentials],
  ['003_accounts', accounts],
  ['004_audit', audit],
  ['005_idempotency', idempotency],
  ['006_prices', prices],
  ['007_addresses_and_paper', addressesAndPaper],
  ['008_custody_guard', custodyGuard],
  ['009_transfers', transfers],
  ['010_portfolios', portfolios],
  ['011_stored_credentials', storedCredentials],
  ['012_trades', trades],
  ['013_token_keys', tokenKeys],
  ['014_caller_key_management', callerKeyManagement],
  ['015_replays', replays],
  ['016_events', events],
  ['017_webhooks', webhooks],
  ['018_jobs', jobs],
  ['019_partition_upkeep', partitionUpkeep],
  ['020_administration', administration],
  ['021_audit_checkpoints', auditCheckpoints],
  ['022_key_rotations', keyRotations],
  ['024_event_reading', eventReading],
  ['025_venue_watch', venueWatch],
]);

export const MIGRATION_NAMES: readonly string[] = [...MIGRATIONS.keys()];

export const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: () => Promise.resolve([...MIGRATION_NAMES]),
  getMigrationName: (name) => name,
  getMigration: (name) => {
    const migration = MIGRATIONS.get(name);
    return migration === undefined
      ? Promise.reject(new Error(`there is no migration ${name}`))
      : Promise.resolve(migration);
  },
};
