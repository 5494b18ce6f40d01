/** Answers with a one-time secret under an Idempotency-Key: given again for a day, and never kept in clear. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SCOPES } from '../../src/auth/actor.ts';
import { changesSomething } from '../../src/http/idempotency.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { createBearerCaller, newToken, nextMoment } from '../support/test-token.ts';
import { ask, queryAs, replayed } from './idempotency-fixture.ts';

let gateway: TestGateway;
let offsetMs = 0;
/** Each legacy request that asks for a secret needs a moment of its own, by the gateway's clock. */
const aMoment = () => ({ timestamp: nextMoment() + offsetMs });
beforeAll(async () => {
  gateway = await startTestGateway({ clock: { now: () => Date.now() + offsetMs } });
});
afterAll(() => gateway[Symbol.asyncDispose]());

describe('an answer that shows a secret', () => {
  test('is kept sealed for its request alone, and given again', async () => {
    const manager = await gateway.newCaller({ scopes: SCOPES });
    const request = {
      target: '/api/keys',
      parameters: { name: 'Sealed', scopes: [], ...aMoment() },
      key: 'secret',
    };
    const first = await ask(manager, request);
    const { api_secret: secret } = first.body as { api_secret: string };
    const again = await ask(manager, request);
    expect([first.status, again.text, replayed(again)]).toEqual([201, first.text, 'true']);
    const [row] = await queryAs<{ body: Buffer | null; is_sealed: boolean }>(
      gateway,
      manager,
      'select body, is_sealed from idempotency_keys where tenant_id = $1',
    );
    expect(row?.is_sealed).toBe(true);
    const kept = row?.body?.toString('latin1') ?? '';
    const forms = [secret, Buffer.from(secret).toString('base64'), Buffer.from(secret).toString('hex')];
    expect(forms.filter((form) => kept.includes(form))).toEqual([]);
    await queryAs(
      gateway,
      manager,
      "update idempotency_keys set key = 'moved', request_hash = sha256('x') where tenant_id = $1",
    );
    expect((await ask(manager, { ...request, key: 'moved' })).status).toBe(422);
  });

  test('is given to no token: the key was asked for it, and a token may do less', async () => {
    const manager = await gateway.newCaller({ scopes: SCOPES });
    const narrow = createBearerCaller(manager, await newToken(manager, ['ACCOUNTS_READ'], aMoment()));
    const managing = createBearerCaller(manager, await newToken(manager, ['KEYS_WRITE'], aMoment()));
    const dated = aMoment();
    const token = { target: '/api/auth/token', parameters: { scopes: SCOPES, ...dated }, key: 'token' };
    const made = { target: '/api/keys', parameters: { name: 'Made', scopes: [], ...dated }, key: 'made' };
    expect([(await ask(manager, token)).status, (await ask(manager, made)).status]).toEqual([200, 201]);
    expect([(await ask(narrow, token)).status, (await ask(managing, made)).status]).toEqual([422, 422]);
  });

  test('is given again to a legacy request for a minute, as whoever saw it could send it', async () => {
    const manager = await gateway.newCaller({ scopes: SCOPES });
    const request = {
      target: '/api/keys',
      parameters: { name: 'Seen', scopes: [], ...aMoment() },
      key: 'seen',
    };
    expect((await ask(manager, request)).status).toBe(201);
    offsetMs += 50_000;
    expect(replayed(await ask(manager, request))).toBe('true');
    offsetMs += 11_000;
    const late = await ask(manager, request);
    expect([late.status, replayed(late)]).toEqual([401, null]);
  });

  test('is marked so on every route that has one', () => {
    const shows = gateway.surfaces
      .flatMap(({ routes }) => routes)
      .filter((route) => changesSomething(route))
      .filter(({ output }) => /"(?:\w*secret|access_token)"/.test(JSON.stringify(namesOf(output))));
    expect(shows.length).toBeGreaterThan(2);
    expect(shows.filter(({ showsSecret }) => showsSecret !== true).map(({ path: at }) => at)).toEqual([]);
  });

  const namesOf = (schema: unknown): string[] => {
    const shape = (schema as { shape?: object }).shape;
    return shape === undefined ? [] : Object.keys(shape);
  };
});
