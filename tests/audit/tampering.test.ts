/** Whoever owns the database can change it in any way; what he did to the audit log is found, and the row is named. */
import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import { appendFile, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { type AuditRow, hashOf } from '../../src/features/audit/audit-row.ts';
import { createAuditReadingStore } from '../../src/features/audit/audit-reading-store.ts';
import { type Checkpoint, signCheckpoint } from '../../src/features/audit/checkpoint.ts';
import { openDatabase } from '../db/rows.ts';
import { useAudit } from './audit-fixture.ts';

const audit = useAudit();

const found = (kind: string, seq: number) => ({
  ok: false,
  problem: { kind, seq, message: expect.any(String) },
});
/** A key pair, and checkpoints signed with it, of one who may write to every table. */
const aKeyOfAnIntruder = async () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { kty, crv, x } = privateKey.export({ format: 'jwk' });
  const keyId = `intruder-${randomUUID()}`;
  await audit.tamper(
    `insert into audit_signing_keys (id, public_jwk, private_wrapped, kek_id) values ($1, $2, 'none', 'none')`,
    [keyId, JSON.stringify({ kty, crv, x })],
  );
  return {
    sign: (unsigned: Omit<Checkpoint, 'keyId' | 'signature'>): Checkpoint =>
      signCheckpoint({ ...unsigned, keyId }, privateKey),
  };
};

const WHOLE = { ok: true, problem: null };

/** Row numbers are part of the key: moved out of the way, then to their places. */
const renumber = async (tenantId: string, from: number, by: number): Promise<void> => {
  await audit.tamper('update audit_log set seq = seq + 1000000 where tenant_id = $1 and seq >= $2', [
    tenantId,
    from,
  ]);
  await audit.tamper(
    'update audit_log set seq = seq - 1000000 + $2 where tenant_id = $1 and seq >= 1000000',
    [tenantId, by],
  );
};

const readRows = async (tenantId: string): Promise<AuditRow[]> => {
  await using reader = openDatabase(audit.database.adminUrl, 1);
  return await createAuditReadingStore(reader.session(tenantId)).chainPage(0, '', 1_000);
};

/** Writes the rows from that one on anew, with other words and hashes that fit: a second history. */
const rewriteFrom = async (tenantId: string, first: number): Promise<void> => {
  const rows = await readRows(tenantId);
  let previous = rows[first - 2]?.hash ?? null;
  for (const row of rows.slice(first - 1)) {
    const changed = { ...row, actor: 'key:somebody else', prevHash: previous };
    const hash = hashOf(changed);
    await audit.tamper(
      `update audit_log set actor = $3, prev_hash = decode($4, 'hex'), hash = decode($5, 'hex')
        where tenant_id = $1 and seq = $2`,
      [tenantId, row.seq, changed.actor, previous, hash],
    );
    previous = hash;
  }
};

test('a chain that nobody touched is whole, with and without checkpoints', async () => {
  const tenantId = await audit.aChain(5);
  expect(await audit.verify(tenantId)).toMatchObject({ ...WHOLE, rows: 5, checkpoints: 0 });
  await audit.sign(tenantId);
  await audit.append(tenantId, 3);
  await audit.sign(tenantId);
  await audit.append(tenantId, 1);
  expect(await audit.verify(tenantId)).toMatchObject({ ...WHOLE, rows: 9, checkpoints: 2 });
  expect(await audit.verify(tenantId, false)).toMatchObject({ ...WHOLE, rows: 9, checkpoints: 2 });
});

test.each(['actor', 'action', 'object', 'outcome', 'request_id'])(
  'one byte of %s is flipped',
  async (column) => {
    const tenantId = await audit.aChain(6);
    await audit.tamper(
      `update audit_log set ${column} = 'x' || substr(${column}, 2) where tenant_id = $1 and seq = 4`,
      [tenantId],
    );
    expect(await audit.verify(tenantId)).toMatchObject(found('altered', 4));
  },
);

test.each([
  ['the time', "at = at + interval '1 microsecond'"],
  ['the hash', 'hash = set_byte(hash, 7, get_byte(hash, 7) # 1)'],
  ['the hash of the row before', 'prev_hash = set_byte(prev_hash, 0, get_byte(prev_hash, 0) # 128)'],
])('one bit of %s is flipped', async (_, change) => {
  const tenantId = await audit.aChain(6);
  await audit.tamper(`update audit_log set ${change} where tenant_id = $1 and seq = 3`, [tenantId]);
  expect(await audit.verify(tenantId)).toMatchObject(found('altered', 3));
});

test.each([
  ['the first', [1], 1],
  ['one in the middle', [4], 4],
  ['several', [3, 4, 5], 3],
])('%s of the rows is deleted', async (_, gone, first) => {
  const tenantId = await audit.aChain(8);
  await audit.tamper('delete from audit_log where tenant_id = $1 and seq = any ($2)', [tenantId, gone]);
  expect(await audit.verify(tenantId)).toMatchObject(found('missing', first));
});

test('a row is deleted, and those after it are numbered anew', async () => {
  const tenantId = await audit.aChain(8);
  await audit.tamper('delete from audit_log where tenant_id = $1 and seq = 5', [tenantId]);
  await renumber(tenantId, 6, -1);
  expect(await audit.verify(tenantId)).toMatchObject(found('missing', 5));
});

test('the newest rows are deleted', async () => {
  const tenantId = await audit.aChain(8);
  await audit.sign(tenantId);
  await audit.tamper('delete from audit_log where tenant_id = $1 and seq > 6', [tenantId]);
  expect(await audit.verify(tenantId)).toMatchObject(found('truncated', 7));
  expect(await audit.verify(tenantId, false)).toMatchObject(found('truncated', 7));
});

test('the newest rows are deleted with the checkpoints that tell of them, as in an older backup', async () => {
  const tenantId = await audit.aChain(4);
  await audit.sign(tenantId);
  await audit.append(tenantId, 4);
  await audit.sign(tenantId);
  await audit.tamper('delete from audit_log where tenant_id = $1 and seq > 4', [tenantId]);
  await audit.tamper('delete from audit_checkpoints where tenant_id = $1 and seq > 4', [tenantId]);
  expect(await audit.verify(tenantId, false)).toMatchObject(WHOLE);
  expect(await audit.verify(tenantId)).toMatchObject(found('truncated', 5));
});

test('a whole chain is deleted', async () => {
  const tenantId = await audit.aChain(3);
  await audit.sign(tenantId);
  await audit.tamper('delete from audit_log where tenant_id = $1', [tenantId]);
  await audit.tamper('delete from audit_checkpoints where tenant_id = $1', [tenantId]);
  expect(await audit.verify(tenantId)).toMatchObject(found('truncated', 1));
});

test.each([
  [3, 4],
  [2, 7],
  [1, 8],
])('rows %i and %i are swapped', async (one, other) => {
  const tenantId = await audit.aChain(8);
  const move = 'update audit_log set seq = $3 where tenant_id = $1 and seq = $2';
  await audit.tamper('alter table audit_log drop constraint if exists audit_log_first_row');
  await audit.tamper(move, [tenantId, one, 1_000]);
  await audit.tamper(move, [tenantId, other, one]);
  await audit.tamper(move, [tenantId, 1_000, other]);
  expect(await audit.verify(tenantId)).toMatchObject(found('swapped', one));
});

test('a row is put between two others, with a hash that fits or one that does not', async () => {
  for (const fits of [true, false]) {
    const tenantId = await audit.aChain(8);
    const before = (await readRows(tenantId))[3];
    if (before === undefined) throw new Error('no row');
    await renumber(tenantId, 5, 1);
    const row = { ...before, seq: 5, actor: 'key:made up', requestId: randomUUID(), prevHash: before.hash };
    const hash = fits ? hashOf(row) : createHash('sha256').update('anything').digest('hex');
    await audit.tamper(
      `insert into audit_log (tenant_id, seq, at, actor, action, object, outcome, request_id, prev_hash, hash)
       values ($1, 5, $2, $3, $4, $5, $6, $7, decode($8, 'hex'), decode($9, 'hex'))`,
      [tenantId, row.at, row.actor, row.action, row.object, row.outcome, row.requestId, row.prevHash, hash],
    );
    expect(await audit.verify(tenantId)).toMatchObject(found('inserted', 5));
  }
});

test('a row that was rewritten with its hash is a fork at the row after it', async () => {
  const other = await audit.aChain(8);
  const row = (await readRows(other))[3];
  if (row === undefined) throw new Error('no row');
  const changed = { ...row, outcome: 'refused' };
  await audit.tamper(
    `update audit_log set outcome = 'refused', hash = decode($2, 'hex') where tenant_id = $1 and seq = 4`,
    [other, hashOf(changed)],
  );
  expect(await audit.verify(other)).toMatchObject(found('forked', 5));
});

test('a history that was rewritten as a whole is told from the one that was signed', async () => {
  const tenantId = await audit.aChain(4);
  await audit.sign(tenantId);
  await audit.append(tenantId, 4);
  await audit.sign(tenantId);
  await audit.append(tenantId, 2);
  await rewriteFrom(tenantId, 6);
  // Somewhere between the last row that is as it was signed, and the first that is not.
  expect(await audit.verify(tenantId)).toMatchObject(found('forked', 5));
  expect(await audit.verify(tenantId, false)).toMatchObject(found('forked', 5));
  // Checkpoints that do not fit are deleted; those outside cannot be.
  await audit.tamper('delete from audit_checkpoints where tenant_id = $1', [tenantId]);
  expect(await audit.verify(tenantId, false)).toMatchObject(WHOLE);
  expect(await audit.verify(tenantId)).toMatchObject(found('forked', 5));
});

test('custody signs no history that does not continue the one it signed', async () => {
  const tenantId = await audit.aChain(4);
  await audit.sign(tenantId);
  await audit.append(tenantId, 2);
  await audit.tamper(`update audit_log set actor = 'nobody' where tenant_id = $1 and seq = 5`, [tenantId]);
  const isTold = (): boolean =>
    audit.logger.lines.some((line) => line.includes('was tampered with') && line.includes(tenantId));
  while (!isTold()) await audit.tamper(`select pg_notify('audit_checkpoint_due', $1)`, [tenantId]);
  expect(await audit.rows('select seq from audit_checkpoints where tenant_id = $1', [tenantId])).toEqual([
    { seq: '4' },
  ]);
});

test.each([
  ['its row is moved', 'update audit_checkpoints set seq = 3 where tenant_id = $1 and number = 1'],
  [
    'its hash is changed',
    "update audit_checkpoints set hash = sha256('') where tenant_id = $1 and number = 1",
  ],
  [
    'its time is changed',
    "update audit_checkpoints set at = at - interval '1 day' where tenant_id = $1 and number = 1",
  ],
  [
    'its signature is changed',
    'update audit_checkpoints set signature = set_byte(signature, 3, get_byte(signature, 3) # 1) where tenant_id = $1 and number = 1',
  ],
  ['it is deleted', 'delete from audit_checkpoints where tenant_id = $1 and number = 1'],
])('a checkpoint of the database is tampered with: %s', async (_, change) => {
  const tenantId = await audit.aChain(4);
  await audit.sign(tenantId);
  await audit.append(tenantId, 2);
  await audit.sign(tenantId);
  await audit.tamper(change, [tenantId]);
  expect(await audit.verify(tenantId)).toMatchObject({ ok: false, problem: { kind: 'checkpoint' } });
  expect(await audit.verify(tenantId, false)).toMatchObject({ ok: false, problem: { kind: 'checkpoint' } });
});

test('the newest checkpoint is deleted from the database, and missed by what stands outside', async () => {
  const tenantId = await audit.aChain(4);
  await audit.sign(tenantId);
  await audit.tamper('delete from audit_checkpoints where tenant_id = $1', [tenantId]);
  expect(await audit.verify(tenantId)).toMatchObject(found('checkpoint', 4));
});

test('custody signs no other history from its start, when the checkpoints of the first were deleted', async () => {
  const tenantId = await audit.aChain(4);
  await audit.sign(tenantId);
  await audit.tamper('delete from audit_checkpoints where tenant_id = $1', [tenantId]);
  await rewriteFrom(tenantId, 1);
  await audit.append(tenantId, 1);
  const isTold = (): boolean =>
    audit.logger.lines.some(
      (line) => line.includes('stands outside the database') && line.includes(tenantId),
    );
  while (!isTold()) await audit.tamper(`select pg_notify('audit_checkpoint_due', $1)`, [tenantId]);
  expect(await audit.rows('select 1 from audit_checkpoints where tenant_id = $1', [tenantId])).toEqual([]);
  expect(await audit.verify(tenantId)).toMatchObject(found('forked', 1));
});

test('checkpoints signed by a key that an intruder put into the database count as none', async () => {
  const tenantId = await audit.aChain(4);
  await audit.sign(tenantId);
  const intruder = await aKeyOfAnIntruder();
  await rewriteFrom(tenantId, 2);
  const head = (await readRows(tenantId)).at(-1);
  const signed = intruder.sign({
    tenantId,
    number: 1,
    seq: 4,
    hash: head?.hash ?? '',
    at: '2026-01-01T00:00:00.000Z',
  });
  await audit.tamper(
    `update audit_checkpoints set hash = decode($2, 'hex'), at = $3, key_id = $4, signature = $5 where tenant_id = $1`,
    [tenantId, signed.hash, signed.at, signed.keyId, Buffer.from(signed.signature, 'base64url')],
  );
  expect(await audit.verify(tenantId)).toMatchObject({ ok: false, problem: { kind: 'checkpoint' } });
});

test('the lines outside the database are whole, begin with the key, and a torn one harms no other', async () => {
  const tenantId = await audit.aChain(3);
  await audit.sign(tenantId);
  const [name = ''] = await readdir(audit.folder);
  const file = path.join(audit.folder, name);
  await appendFile(file, '{"type":"checkpoint","tenant_id":"');
  await audit.append(tenantId, 1);
  await audit.sign(tenantId);
  const lines = (await readFile(file, 'utf8')).split('\n');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ type: 'key', public_jwk: { crv: 'Ed25519' } });
  expect(await audit.verify(tenantId)).toMatchObject({ ...WHOLE, checkpoints: 2 });
});

test('every login role may add to the log through its function alone, and none changes or deletes', async () => {
  const tenantId = await audit.aChain(2);
  await audit.sign(tenantId);
  for (const url of [audit.database.gatewayUrl, audit.database.custodyUrl, audit.database.adminUrl]) {
    await using role = openDatabase(url, 1);
    for (const text of [
      `update audit_log set outcome = 'x'`,
      'delete from audit_log',
      'truncate audit_log',
      `insert into audit_log select * from audit_log`,
      `update audit_checkpoints set hash = sha256('')`,
      'delete from audit_checkpoints',
      'truncate audit_checkpoints',
    ])
      await expect(role.session(tenantId).query({ name: `test ${text}`, text }, [])).rejects.toMatchObject({
        code: '42501',
      });
  }
});

test('only custody writes checkpoints, and nobody but custody speaks for it', async () => {
  const tenantId = await audit.aChain(2);
  for (const url of [audit.database.gatewayUrl, audit.database.adminUrl]) {
    await using role = openDatabase(url, 1);
    const forge = {
      name: 'test_forge_checkpoint',
      text: `insert into audit_checkpoints (tenant_id, number, seq, hash, at, key_id, signature)
             values ($1, 1, 1, sha256(''), now(), 'k', decode(repeat('00', 64), 'hex'))`,
    };
    await expect(role.session(tenantId).query(forge, [tenantId])).rejects.toMatchObject({ code: '42501' });
    const speak = { name: 'test_speak', text: `select audit_append($1, 'custody', 'a', 'b', 'c', 'd')` };
    await expect(role.session(tenantId).query(speak, [tenantId])).rejects.toMatchObject({ code: '42501' });
  }
});
