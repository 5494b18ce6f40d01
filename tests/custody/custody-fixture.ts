/** Custody as it runs, in process: real Postgres, real socket, real ccxt against a sandbox. For one test file. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import pg from 'pg';
import { loadConfig } from '../../src/config/config.ts';
import { type Custody, type CustodyConfig, startCustody } from '../../src/custody/custody.ts';
import type { RootKeys } from '../../src/custody/root-key.ts';
import { type CustodyClient, createCustodyClient } from '../../src/custody/rpc-client.ts';
import { sealKeys } from '../../src/custody/seal.ts';
import type { ExchangeKeys } from '../../src/exchanges/exchange.ts';
import type { CredentialRef } from '../../src/exchanges/exchange-call.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createRecordingLogger, type RecordingLogger } from '../exchanges/recording-logger.ts';
import { clearFaults } from '../exchanges/sandbox-control.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

export interface CustodyFixture {
  readonly sandbox: Sandbox;
  readonly client: CustodyClient;
  readonly logger: RecordingLogger;
  readonly database: TestDatabase;
  readonly rootKeys: RootKeys;
  /** As the owner of the tables. */
  sql(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  aTenant(): Promise<string>;
  /** Seals keys of a record that is not stored yet. */
  seal(tenantId: string, keys: ExchangeKeys, venueId?: string): Promise<CredentialRef>;
  /** Stores the sealed record and answers the reference to it. */
  store(ref: CredentialRef, venue?: string): Promise<CredentialRef>;
  /** Its chain, but for the row that says that it got its first sealing key. */
  auditOf(tenantId: string): Promise<Record<string, unknown>[]>;
  /** Ends custody and starts it again, as after a crash; as it was before, when it refuses the change. */
  restart(change?: Partial<CustodyConfig>): Promise<void>;
}

export const aRootKeyRing = (): RootKeys => ({
  primary: 'k2',
  keys: { k1: randomBytes(32), k2: randomBytes(32) },
});

export const useCustody = (): CustodyFixture => {
  const logger = createRecordingLogger();
  const folder = mkdtempSync(join(tmpdir(), 'cs-custody-'));
  const socketPath = join(folder, 'run', 'custody.sock');
  const rootKeys = aRootKeyRing();
  const config = loadConfig({ NODE_ENV: 'test' });
  let database: TestDatabase;
  let sandbox: Sandbox;
  let custody: Custody;
  let client: CustodyClient;
  let owner: pg.Pool;

  const start = async (change: Partial<CustodyConfig> = {}): Promise<void> => {
    custody = await startCustody({
      socketPath,
      databaseUrl: database.custodyUrl,
      rootKeys,
      sandboxUrl: sandbox.url,
      chains: config.chains,
      paperBalances: config.paper.balances,
      callDeadlineMs: 10_000,
      privateInstances: 100,
      checkpointFolder: join(folder, 'audit'),
      logger,
      clock: systemClock,
      ...change,
    });
    client = createCustodyClient({ socketPath, logger, clock: systemClock, callDeadlineMs: 10_000 });
  };

  const stop = async (): Promise<void> => {
    await client.close();
    await custody.close();
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    sandbox = await startSandbox({ port: 0, seed: 'custody', markets: 100 });
    owner = new pg.Pool({ connectionString: database.ownerUrl, max: 2 });
    // The database is dropped by force while idle connections may still be closing.
    owner.on('error', () => undefined);
    await start();
  });
  afterEach(() => clearFaults(sandbox));
  afterAll(async () => {
    await stop();
    await sandbox.close();
    await owner.end();
    await database[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const sql = async (text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> => {
    const { rows } = await owner.query<Record<string, unknown>>(text, values);
    return rows;
  };

  return {
    get sandbox() {
      return sandbox;
    },
    get client() {
      return client;
    },
    get database() {
      return database;
    },
    logger,
    rootKeys,
    sql,
    aTenant: async () => {
      const id = randomUUID();
      await sql('insert into tenants (id, name) values ($1, $2)', [id, 'a tenant']);
      return id;
    },
    seal: async (tenantId, keys, venueId = 'binance') => {
      const ref = { tenantId, credentialId: randomUUID(), generation: 1 };
      const key = await client.ensureTenantKey(tenantId);
      return { ...ref, sealed: await sealKeys(key, { ...ref, venueId }, keys) };
    },
    store: async ({ sealed, ...ref }, venue = 'binance') => {
      const { keyId } = await client.ensureTenantKey(ref.tenantId);
      await sql(
        `insert into credentials (tenant_id, id, venue, name, sealed, generation, tenant_key_id, fingerprint,
           key_prefix, key_suffix) values ($1, $2, $3, 'a credential', $4, $5, $6, $7, 'abcd', 'wxyz')`,
        [ref.tenantId, ref.credentialId, venue, sealed, ref.generation, keyId, randomBytes(32)],
      );
      return ref;
    },
    auditOf: (tenantId) =>
      sql(
        `select actor, action, object, outcome, request_id from audit_log
          where tenant_id = $1 and action <> 'sealing_key.created' order by seq`,
        [tenantId],
      ),
    restart: async (change) => {
      await stop();
      try {
        await start(change);
      } catch (error) {
        await start();
        throw error;
      }
    },
  };
};
