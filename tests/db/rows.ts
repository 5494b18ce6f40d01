/** Rows and connections that the database tests need. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { TenantDatabase } from '../../src/db/tenant-database.ts';
import { createTenantDatabase } from '../../src/db/postgres-tenant-database.ts';
import { createLogger } from '../../src/shared/logger.ts';

export const silent = createLogger('tests', 'silent');

export const openDatabase = (url: string, maxConnections = 5): TenantDatabase =>
  createTenantDatabase({ url, logger: silent, applicationName: 'test', maxConnections });

/** Runs plain SQL on a connection of its own. */
export const execute = async <Row extends object>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Row>(text, values);
    return rows;
  } finally {
    await client.end();
  }
};

export const aTenant = async (ownerUrl: string): Promise<string> => {
  const id = randomUUID();
  await execute(ownerUrl, 'insert into tenants (id, name) values ($1, $2)', [id, `tenant ${id}`]);
  return id;
};

export const INSERT_USER = {
  name: 'test_insert_user',
  text: 'insert into users (tenant_id, id, external_id, name) values ($1, $2, $3, $4) returning id',
} as const;

export const LIST_USERS = {
  name: 'test_list_users',
  text: 'select tenant_id, id, external_id, name from users order by external_id',
} as const;
