/** Custody is killed in the middle of a rotation, as a process of its own; the next one ends it, and nothing is lost. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createCustodyClient } from '../../src/custody/rpc-client.ts';
import { sealKeys } from '../../src/custody/seal.ts';
import type { Child } from '../../src/processes/child.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { aTenant, execute, silent } from '../db/rows.ts';
import { startCustodyProcess } from '../support/custody-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const COUNT = 400;
const folder = mkdtempSync(path.join(tmpdir(), 'cs-rotation-'));
const socketPath = path.join(folder, 'run', 'custody.sock');
let database: TestDatabase;
let custody: Child;

beforeAll(async () => {
  database = await createTestDatabase();
  custody = await startCustodyProcess({
    dataDir: folder,
    custodyUrl: database.custodyUrl,
    sandboxUrl: 'http://127.0.0.1:9',
  });
}, 60_000);
afterAll(async () => {
  await custody.stop();
  await database[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const sql = <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
  execute<Row>(database.ownerUrl, text, values);

interface Rotation {
  readonly state: string;
  readonly done: number;
  readonly total: number;
  readonly failed: number;
}

const read = async (id: string): Promise<Rotation> => {
  const [row] = await sql<Rotation>(
    'select state, done::int, total::int, failed::int from key_rotations where id = $1',
    [id],
  );
  if (row === undefined) throw new Error('there is no such rotation');
  return row;
};

const start = async (): Promise<string> => {
  const [row] = await sql<{ id: string }>(
    "insert into key_rotations (kind, started_by) values ('rotate', 'tester') returning id",
  );
  return row?.id ?? '';
};

const until = async (id: string, holds: (rotation: Rotation) => boolean): Promise<Rotation> => {
  for (;;) {
    const rotation = await read(id);
    if (holds(rotation)) return rotation;
    await delay(2);
  }
};

test('kill -9 in the middle of a rotation: the next custody goes on from there, and all of it opens', async () => {
  const tenantId = await aTenant(database.ownerUrl);
  const client = createCustodyClient({
    socketPath,
    logger: silent,
    clock: systemClock,
    callDeadlineMs: 10_000,
  });
  const key = await client.ensureTenantKey(tenantId);
  await client.close();
  const ids = Array.from({ length: COUNT }, () => randomUUID());
  const sealed = await Promise.all(
    ids.map((credentialId) =>
      sealKeys(
        key,
        { tenantId, credentialId, generation: 1, venueId: 'binance' },
        { apiKey: 'a', secret: 'b' },
      ),
    ),
  );
  await sql(
    `insert into credentials (tenant_id, id, venue, name, sealed, tenant_key_id, fingerprint, key_prefix, key_suffix)
     select $1, c.id, 'binance', 'one', c.sealed, $2, uuid_send(c.id), 'a', 'b'
       from unnest($3::uuid[], $4::text[]) as c (id, sealed)`,
    [tenantId, key.keyId, ids, sealed],
  );

  const id = await start();
  const seen = await until(id, ({ done, state }) => done > 0 || state !== 'running');
  expect(seen).toMatchObject({ state: 'running', total: COUNT });
  process.kill(custody.pid ?? 0, 'SIGKILL');
  // Its lease would run out in a while; nobody has to wait for that here.
  await sql("update key_rotations set lease_until = now() - interval '1 second' where id = $1", [id]);
  expect(await until(id, ({ state }) => state !== 'running')).toEqual({
    state: 'done',
    done: COUNT,
    total: COUNT,
    failed: 0,
  });
  const [left] = await sql<{ n: number }>(
    'select count(*)::int as n from credentials where tenant_id = $1 and tenant_key_id = $2',
    [tenantId, key.keyId],
  );
  expect(left).toEqual({ n: 0 });
  // The next one opens each of them again.
  expect(await until(await start(), ({ state }) => state !== 'running')).toMatchObject({
    state: 'done',
    done: COUNT,
    failed: 0,
  });
  const resealed = await sql<{ n: number }>(
    "select count(*)::int as n from audit_log where tenant_id = $1 and action = 'secret.resealed'",
    [tenantId],
  );
  expect(resealed).toEqual([{ n: 2 * COUNT }]);
}, 60_000);
