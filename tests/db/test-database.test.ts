import { expect, test } from '@jest/globals';
import pg from 'pg';
import { MIGRATION_NAMES } from '../../src/db/migration-source.ts';
import { createTestDatabase } from '../support/test-database.ts';

test('a test database is a migrated clone that each role can enter', async () => {
  await using database = await createTestDatabase();
  for (const [url, role] of [
    [database.ownerUrl, 'postgres'],
    [database.gatewayUrl, 'countersign_gateway'],
    [database.custodyUrl, 'countersign_custody'],
  ] as const) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query<{ role: string; migrations: number }>(
      'select current_user as role, (select count(*)::int from knex_migrations) as migrations',
    );
    await client.end();
    expect(rows).toEqual([{ role, migrations: MIGRATION_NAMES.length }]);
  }
});
