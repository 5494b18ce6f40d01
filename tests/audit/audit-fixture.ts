/** An audit chain that custody signs, and the means of one who owns the database to tamper with it. For one test file. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { createCheckpointFile } from '../../src/custody/checkpoint-file.ts';
import { createCheckpointKeys } from '../../src/custody/checkpoint-keys.ts';
import { createCheckpointStore } from '../../src/custody/checkpoint-store.ts';
import { startCheckpointWriter } from '../../src/custody/checkpoint-writer.ts';
import type { TenantDatabase } from '../../src/db/tenant-database.ts';
import { createAuditStore } from '../../src/features/audit/audit-store.ts';
import { listSigningKeys } from '../../src/features/audit/audit-reading-store.ts';
import { type ChainReport, createAuditVerification } from '../../src/features/audit/audit-verification.ts';
import { readOutsideCheckpoints } from '../../src/features/audit/outside-checkpoints.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { aRootKeyRing } from '../custody/custody-fixture.ts';
import { aTenant, execute, openDatabase } from '../db/rows.ts';
import { createRecordingLogger } from '../exchanges/recording-logger.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

export interface AuditFixture {
  readonly database: TestDatabase;
  readonly folder: string;
  readonly logger: ReturnType<typeof createRecordingLogger>;
  /** A new tenant with so many rows in its chain. */
  aChain(rows: number): Promise<string>;
  append(tenantId: string, rows: number): Promise<void>;
  /** Has custody sign the chain, and answers once it has: in the database and outside. */
  sign(tenantId: string): Promise<void>;
  /** As one who may do anything in the database. */
  tamper(text: string, values?: unknown[]): Promise<void>;
  /** `withOutside` false: as if nothing were at hand but the database. */
  verify(tenantId: string, withOutside?: boolean): Promise<ChainReport>;
  rows(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
}

export const useAudit = (): AuditFixture => {
  const folder = mkdtempSync(path.join(tmpdir(), 'cs-audit-'));
  const logger = createRecordingLogger();
  let database: TestDatabase;
  let custody: TenantDatabase;
  let reader: TenantDatabase;
  let writer: AsyncDisposable;

  beforeAll(async () => {
    database = await createTestDatabase();
    custody = openDatabase(database.custodyUrl);
    reader = openDatabase(database.adminUrl);
    const store = createCheckpointStore(custody);
    writer = startCheckpointWriter({
      database: custody,
      databaseUrl: database.custodyUrl,
      store,
      keys: createCheckpointKeys({ store, rootKeys: aRootKeyRing(), logger }),
      file: createCheckpointFile(folder, systemClock),
      clock: systemClock,
      logger,
    });
  });
  afterAll(async () => {
    await writer[Symbol.asyncDispose]();
    await custody[Symbol.asyncDispose]();
    await reader[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const append = async (tenantId: string, rows: number): Promise<void> => {
    await using own = openDatabase(database.gatewayUrl, 1);
    for (let row = 0; row < rows; row += 1)
      await createAuditStore(own.session(tenantId)).append({
        actor: 'key:tester',
        action: 'account.updated',
        object: `account:${row}`,
        outcome: 'success',
        requestId: randomUUID(),
      });
  };
  const rows = (text: string, values: unknown[] = []) =>
    execute<Record<string, unknown>>(database.ownerUrl, text, values);

  return {
    get database() {
      return database;
    },
    folder,
    logger,
    aChain: async (count) => {
      const tenantId = await aTenant(database.ownerUrl);
      await append(tenantId, count);
      return tenantId;
    },
    append,
    sign: async (tenantId) => {
      const head = await rows('select max(seq) as seq from audit_log where tenant_id = $1', [tenantId]);
      const isSigned = async (): Promise<boolean> => {
        const found = await rows(
          'select 1 from audit_checkpoints where tenant_id = $1 and seq = $2 and written_at is not null',
          [tenantId, head[0]?.['seq']],
        );
        return found.length > 0;
      };
      // The listener may not be connected yet when the first word goes out.
      while (!(await isSigned())) await rows(`select pg_notify('audit_checkpoint_due', $1)`, [tenantId]);
    },
    tamper: async (text, values) => {
      await rows(text, values);
    },
    verify: async (tenantId, withOutside = true) => {
      const outside = withOutside ? await readOutsideCheckpoints(folder) : undefined;
      const signingKeys = await listSigningKeys(reader.shared);
      return await createAuditVerification({ database: reader, signingKeys, outside }).verifyChain(tenantId);
    },
    rows,
  };
};
