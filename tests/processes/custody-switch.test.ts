// The operator's commands on custody, as they are run from a shell against a configured database.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { aTenant, execute } from '../db/rows.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const ENTRY = path.resolve(import.meta.dirname, '../../dist/src/main.js');
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

const countersign = (...words: string[]): Promise<{ code: number; output: string }> =>
  new Promise((resolve) => {
    const env = {
      PATH: process.env['PATH'],
      DATABASE_URL: database.ownerUrl,
      COUNTERSIGN_DATA_DIR: path.join(tmpdir(), `cs-switch-${randomUUID()}`),
    };
    const child = execFile(process.execPath, [ENTRY, ...words], { env }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });

const openFreezes = () =>
  execute<{ reason: string; frozen_by: string }>(
    database.ownerUrl,
    'select reason, frozen_by from custody_freezes where lifted_at is null',
  );

test('freeze and unfreeze do what they say, once or twice', async () => {
  expect(await countersign('freeze', 'keys', 'may', 'have', 'leaked')).toEqual({
    code: 0,
    output: expect.stringMatching(/^Custody is frozen since .*keys may have leaked/),
  });
  await countersign('freeze');
  expect(await openFreezes()).toEqual([
    { reason: 'keys may have leaked', frozen_by: expect.stringMatching(/^operator ./) },
  ]);
  expect((await countersign('unfreeze')).output).toBe('Custody is set free.\n');
  expect((await countersign('unfreeze')).output).toBe('Custody was not frozen.\n');
  expect(await openFreezes()).toEqual([]);
}, 60_000);

test('a canary needs a tenant with a sealing key, and an exchange that exists', async () => {
  const tenantId = await aTenant(database.ownerUrl);
  expect(await countersign('canary', tenantId, 'mtgox')).toMatchObject({
    code: 64,
    output: expect.stringContaining('Usage'),
  });
  expect((await countersign('canary', 'nobody', 'kraken')).code).toBe(64);
  expect(await countersign('canary', tenantId, 'kraken')).toMatchObject({
    code: 1,
    output: expect.stringContaining('no sealing key'),
  });
  const x = 'a'.repeat(43);
  await execute(
    database.ownerUrl,
    `insert into tenant_keys (tenant_id, id, public_jwk, private_wrapped, kek_id)
     values ($1, $2, $3, 'wrapped', 'kek')`,
    [tenantId, randomUUID(), { kty: 'OKP', crv: 'X25519', x }],
  );
  expect(await countersign('canary', tenantId, 'kraken')).toMatchObject({ code: 0 });
  const rows = await execute(
    database.ownerUrl,
    `select c.venue, c.sealed is not null as sealed from canary_credentials k
     join credentials c on c.tenant_id = k.tenant_id and c.id = k.credential_id where k.tenant_id = $1`,
    [tenantId],
  );
  expect(rows).toEqual([{ venue: 'kraken', sealed: true }]);
}, 60_000);
