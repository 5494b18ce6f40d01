/** A fresh, migrated database for a test file: a clone of the template on the Postgres of the run. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { connectOwner } from '../../src/db/migrate.ts';
import { grantConnect } from '../../src/db/grants.ts';
import { ADMIN_ROLE, CUSTODY_ROLE, GATEWAY_ROLE } from '../../src/db/roles.ts';
import { ADMIN_URL_VARIABLE, TEMPLATE_DATABASE } from './test-cluster.ts';

export interface TestDatabase {
  readonly name: string;
  /** As the superuser, who owns the tables and passes by row level security. */
  readonly ownerUrl: string;
  readonly gatewayUrl: string;
  readonly custodyUrl: string;
  readonly adminUrl: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Dispose it in `afterAll`; connections that are still open are closed by force. */
export const createTestDatabase = async (options: { empty?: boolean } = {}): Promise<TestDatabase> => {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const template = options.empty === true ? 'template0' : TEMPLATE_DATABASE;
  await administer(`create database ${name} template ${template} strategy file_copy`);
  const ownerUrl = urlOf('postgres', name);
  const owner = connectOwner(ownerUrl);
  // Rights on the database itself are not cloned.
  await grantConnect(owner).finally(() => owner.destroy());
  return {
    name,
    ownerUrl,
    gatewayUrl: urlOf(GATEWAY_ROLE, name),
    custodyUrl: urlOf(CUSTODY_ROLE, name),
    adminUrl: urlOf(ADMIN_ROLE, name),
    [Symbol.asyncDispose]: () => administer(`drop database if exists ${name} with (force)`),
  };
};

/** Runs one statement as the superuser, outside any test database. */
export const administer = async (statement: string): Promise<void> => {
  const client = new pg.Client({ connectionString: adminUrl() });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
};

const urlOf = (role: string, database: string): string => {
  const url = new URL(adminUrl());
  url.username = role;
  url.pathname = `/${database}`;
  return url.href;
};

const adminUrl = (): string => {
  const url = process.env[ADMIN_URL_VARIABLE];
  if (url === undefined) throw new Error('no test Postgres: run the tests with config/jest.config.js');
  return url;
};
