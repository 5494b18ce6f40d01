/** Idempotency-Key when a gateway dies, or another takes over: still one effect and one answer. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { createTestCaller, type TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { ask, queryAs, replayed } from './idempotency-fixture.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

describe('a gateway that is killed', () => {
  let processes: GatewayProcess[] = [];
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'countersign-killed-'));
  });
  afterAll(async () => {
    await Promise.all(processes.map((each) => each.kill()));
    await rm(dataDir, { recursive: true, force: true });
  });

  const start = async (): Promise<GatewayProcess> => {
    const { gatewayUrl } = gateway.database;
    const started = await startGatewayProcess({ dataDir, gatewayUrl, gatewayKek: gateway.gatewayKek });
    processes = [...processes, started];
    return started;
  };

  /** Holds back whatever the trigger stops, until it is released. */
  const holdBack = async (trigger: string) => {
    const lock = Math.floor(Math.random() * 1_000_000_000);
    const name = `hold_${randomBytes(4).toString('hex')}`;
    const client = new pg.Client({ connectionString: gateway.database.ownerUrl });
    await client.connect();
    await client.query(`select pg_advisory_lock(${lock})`);
    await client.query(`
      create function ${name}() returns trigger language plpgsql as $$
      begin perform pg_advisory_xact_lock(${lock}); return new; end $$`);
    await client.query(`grant execute on function ${name}() to public`);
    await client.query(`create ${trigger.replace('NAME', name)} execute function ${name}()`);
    return {
      async reached(): Promise<void> {
        for (;;) {
          const { rows } = await client.query(
            `select 1 from pg_locks where locktype = 'advisory' and not granted and objid = ${lock}`,
          );
          if (rows.length > 0) return;
        }
      },
      async release(): Promise<void> {
        await client.query(`select pg_advisory_unlock(${lock})`);
        await client.query(`select pg_advisory_lock(${lock})`);
        await client.query(`drop function ${name}() cascade`);
        await client.end();
      },
    };
  };

  const portfolio = {
    target: '/api/portfolios',
    parameters: { name: 'Survivor', weights: { BTC: 100 } },
    key: 'killed',
  };

  const at = (caller: TestCaller, { baseUrl }: GatewayProcess): TestCaller =>
    createTestCaller({ ...caller, baseUrl });

  const made = (by: TestCaller) => queryAs(gateway, by, 'select id from portfolios where tenant_id = $1');

  test('between the effect and the answer has given it: the retry is answered from there', async () => {
    const caller = await gateway.newCaller();
    const first = await start();
    const held = await holdBack(
      'constraint trigger NAME after update on idempotency_keys deferrable initially deferred for each row',
    );
    const lost = ask(at(caller, first), portfolio).then(
      () => 'answered',
      () => 'lost',
    );
    await held.reached();
    // COMMIT is with Postgres, which carries it out; nobody is there any more to hear of it.
    await first.kill();
    expect(await lost).toBe('lost');
    await held.release();
    const answer = await ask(at(caller, await start()), portfolio);
    expect([answer.status, replayed(answer)]).toEqual([201, 'true']);
    expect(answer.body).toMatchObject({ name: 'Survivor' });
    expect(await made(caller)).toHaveLength(1);
  }, 30_000);

  test('before the effect was committed has done nothing: the retry does it once its lease is over', async () => {
    const caller = await gateway.newCaller();
    const first = await start();
    const held = await holdBack('trigger NAME before insert on portfolios for each row');
    const lost = ask(at(caller, first), portfolio).then(
      () => 'answered',
      () => 'lost',
    );
    await held.reached();
    await first.kill();
    expect(await lost).toBe('lost');
    await held.release();
    const second = at(caller, await start());
    expect((await ask(second, portfolio)).status).toBe(409);
    const other = { ...portfolio, parameters: { name: 'Other', weights: { BTC: 100 } } };
    await queryAs(
      gateway,
      caller,
      "update idempotency_keys set leased_until = now() - interval '1 second' where tenant_id = $1",
    );
    expect((await ask(second, other)).status).toBe(422);
    const answer = await ask(second, portfolio);
    expect([answer.status, replayed(answer)]).toEqual([201, null]);
    expect(await made(caller)).toHaveLength(1);
  }, 30_000);
});

test('a try that was overtaken changes nothing', async () => {
  const caller = await gateway.newCaller();
  const request = {
    target: '/api/portfolios',
    parameters: { name: 'Slow', weights: { BTC: 100 } },
    key: 'slow',
  };
  // Another try takes over while it runs.
  const client = new pg.Client({ connectionString: gateway.database.ownerUrl });
  await client.connect();
  await client.query(`
    create function overtake() returns trigger language plpgsql security definer as $$
    begin
      update idempotency_keys set attempt = gen_random_uuid() where tenant_id = new.tenant_id and key = 'slow';
      return new;
    end $$`);
  await client.query(
    'create trigger overtake before insert on portfolios for each row execute function overtake()',
  );
  const answer = await ask(caller, request);
  await client.query('drop function overtake() cascade');
  await client.end();
  expect(answer.status).toBe(409);
  expect(await queryAs(gateway, caller, 'select id from portfolios where tenant_id = $1')).toEqual([]);
});
