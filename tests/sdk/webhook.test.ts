/** What a receiver verifies deliveries with: good ones of both kinds, and every way in which one can be bad. */
import { createHmac, generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { verifyWebhook, type WebhookDelivery, WebhookVerificationError } from '../../src/sdk/webhook.ts';

const SECRET_BYTES = randomBytes(32);
const SECRET = `whsec_${SECRET_BYTES.toString('base64')}`;
const PAIR = generateKeyPairSync('ed25519');
const PUBLIC_KEY = `whpk_${Buffer.from(PAIR.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64')}`;

const ID = randomUUID();
const BODY = JSON.stringify({ id: ID, type: 'account.connected', sequence: 1, data: { account_id: 1 } });

const nowSeconds = (): number => Math.floor(Date.now() / 1_000);

const headersOf = (
  signature: string,
  { id = ID, timestamp = String(nowSeconds()) } = {},
): Record<string, string> => ({
  'webhook-id': id,
  'webhook-timestamp': timestamp,
  'webhook-signature': signature,
});

const hmac = (text: string, key = SECRET_BYTES): string =>
  `v1,${createHmac('sha256', key).update(text).digest('base64')}`;
const ed25519 = (text: string): string =>
  `v1a,${sign(null, Buffer.from(text), PAIR.privateKey).toString('base64')}`;

const signed = (by: (text: string) => string, timestamp = String(nowSeconds())): Record<string, string> =>
  headersOf(by(`${ID}.${timestamp}.${BODY}`), { timestamp });

const verify = (change: Partial<WebhookDelivery> = {}) =>
  verifyWebhook({ secret: SECRET, headers: signed(hmac), body: BODY, ...change });

const refusal = (change: Partial<WebhookDelivery>): Promise<string> =>
  verify(change).then(
    () => 'accepted',
    (error: unknown) => `${(error as Error).name}: ${(error as Error).message}`,
  );

describe('a delivery is accepted', () => {
  test('with HMAC, as text or as bytes, with headers of any kind', async () => {
    const expected = { id: ID, type: 'account.connected', sequence: 1 };
    expect(await verify()).toMatchObject(expected);
    expect(await verify({ body: Buffer.from(BODY) })).toMatchObject(expected);
    expect(await verify({ headers: new Headers(signed(hmac)) })).toMatchObject(expected);
    const shouted = Object.entries(signed(hmac)).map(([name, value]) => [name.toUpperCase(), value]);
    expect(await verify({ headers: Object.fromEntries(shouted) as Record<string, string> })).toMatchObject(
      expected,
    );
  });

  test('with Ed25519, by the public key', async () => {
    const delivery = { headers: signed(ed25519), body: BODY };
    expect(await verifyWebhook({ ...delivery, publicKey: PUBLIC_KEY })).toMatchObject({ id: ID });
  });

  test('when one of several signatures fits, or one of several secrets', async () => {
    const timestamp = String(nowSeconds());
    const text = `${ID}.${timestamp}.${BODY}`;
    const both = headersOf(`${hmac(text, randomBytes(32))} ${hmac(text)} v9,abc`, { timestamp });
    expect(await verify({ headers: both })).toMatchObject({ id: ID });
    const other = `whsec_${randomBytes(32).toString('base64')}`;
    expect(await verify({ secret: [other, SECRET] })).toMatchObject({ id: ID });
    expect(await verify({ secret: other, publicKey: PUBLIC_KEY, headers: signed(ed25519) })).toMatchObject({
      id: ID,
    });
  });
});

describe('a delivery is refused', () => {
  const misfit = 'WebhookVerificationError: No signature fits';

  test('when any byte of it is another', async () => {
    const good = signed(hmac);
    const changes: Partial<WebhookDelivery>[] = [
      { body: BODY.replace('1', '2') },
      { body: `${BODY} ` },
      { headers: { ...good, 'webhook-id': randomUUID() } },
      { headers: { ...good, 'webhook-timestamp': String(nowSeconds() - 1) } },
      { headers: { ...good, 'webhook-signature': `${(good['webhook-signature'] ?? '').slice(0, -4)}AAA=` } },
      { headers: { ...good, 'webhook-signature': 'v1,' } },
      { headers: { ...good, 'webhook-signature': 'v1,no base64!' } },
      { headers: { ...good, 'webhook-signature': (good['webhook-signature'] ?? '').replace('v1,', 'v1a,') } },
      { secret: `whsec_${randomBytes(32).toString('base64')}` },
    ];
    for (const change of changes) expect(await refusal(change)).toContain(misfit);
  });

  test('when a public key is offered as a secret: only its holder can sign', async () => {
    const bytes = Buffer.from(PUBLIC_KEY.slice('whpk_'.length), 'base64');
    const forged = signed((text) => hmac(text, bytes));
    await expect(verifyWebhook({ publicKey: PUBLIC_KEY, headers: forged, body: BODY })).rejects.toThrow(
      WebhookVerificationError,
    );
  });

  test('when it is too old or too new, as far as that is asked for', async () => {
    const at = (seconds: number) => ({ headers: signed(hmac, String(nowSeconds() + seconds)) });
    expect(await refusal(at(-302))).toMatch(/^WebhookVerificationError: The delivery is 30\d seconds old/);
    expect(await refusal(at(310))).toMatch(/^WebhookVerificationError: The delivery is 3\d\d seconds ahead/);
    expect(await refusal({ ...at(-302), toleranceSeconds: 600 })).toBe('accepted');
    expect(await refusal({ headers: signed(hmac, 'soon') })).toContain('is not a number of seconds');
  });

  test.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])('without %s', async (name) => {
    const headers = Object.fromEntries(Object.entries(signed(hmac)).filter(([given]) => given !== name));
    expect(await refusal({ headers })).toBe(`WebhookVerificationError: The header ${name} is missing`);
  });

  test('when the body is of another event', async () => {
    const timestamp = String(nowSeconds());
    const body = JSON.stringify({ id: randomUUID() });
    const headers = headersOf(hmac(`${ID}.${timestamp}.${body}`), { timestamp });
    expect(await refusal({ headers, body })).toContain('webhook-id is not the id of the event');
  });

  test('a key that cannot be read is an error of its own, and is not told', async () => {
    for (const secret of ['abc', 'whsec_', 'whsec_not base64!', PUBLIC_KEY])
      expect(await refusal({ secret })).toBe(
        'TypeError: The key cannot be read: it begins with whsec_ and goes on in base64',
      );
    await expect(verifyWebhook({ headers: signed(hmac), body: BODY })).rejects.toThrow(
      'needs secret (whsec_...) or publicKey (whpk_...)',
    );
    await expect(
      verifyWebhook({ publicKey: 'whpk_AAAA', headers: signed(ed25519), body: BODY }),
    ).rejects.toThrow('has 32 bytes');
  });
});
