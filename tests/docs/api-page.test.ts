/** The page /docs in a real browser: it shows the API document, and signs what is tried out with a key that it forgets. */
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { SCOPES } from '../../src/auth/actor.ts';
import { startTestBrowser, type TestBrowser } from '../support/browser.ts';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let browser: TestBrowser;
let caller: TestCaller;
beforeAll(async () => {
  [gateway, browser] = await Promise.all([startTestGateway({ docs: true }), startTestBrowser()]);
  caller = await gateway.newCaller({ scopes: SCOPES });
}, 60_000);
afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
});

const openDocs = async () => {
  const opened = await browser.newPage();
  await opened.page.goto(`${gateway.baseUrl}/docs`);
  await opened.page.getByText('/ver1/accounts/new').first().waitFor();
  return opened;
};

const SECRET = 'Secret, or private key';

interface KeyWords {
  readonly id: string;
  readonly secret: string;
  readonly profile: string;
  readonly algorithm?: string;
}

const useKey = async (page: Page, { id, secret, profile, algorithm }: KeyWords): Promise<void> => {
  await page.getByLabel('Key id').fill(id);
  if (algorithm !== undefined) await page.getByLabel('Algorithm').selectOption(algorithm);
  await page.getByLabel('Profile').selectOption(profile);
  await page.getByLabel(SECRET).fill(secret);
  await page.getByRole('button', { name: 'Use this key' }).click();
};

/** Sends the operation from the page as a reader does; answers the status that the gateway gave. */
const tryOut = async (page: Page, operationId: string, parameters: object = {}, body?: object) => {
  const operation = page.locator(`[id$="-${operationId}"]`);
  if ((await operation.locator('.opblock-body').count()) === 0)
    await operation.locator('.opblock-summary-control').click();
  const start = operation.getByRole('button', { name: 'Try it out' });
  if ((await start.count()) > 0) await start.click();
  for (const [name, value] of Object.entries(parameters))
    await operation.locator(`tr[data-param-name="${name}"] input`).fill(String(value));
  if (body !== undefined) await operation.locator('textarea.body-param__text').fill(JSON.stringify(body));
  const answered = page.waitForResponse((response) => new URL(response.url()).pathname !== '/openapi.json');
  await operation.locator('button.execute').click();
  return (await answered).status();
};

test('it shows every route and nothing from elsewhere, and its policy stops nothing', async () => {
  const elsewhere: string[] = [];
  const { page, complaints } = await browser.newPage();
  page.on('request', (request) => {
    if (!/^data:/.test(request.url()) && !request.url().startsWith(gateway.baseUrl))
      elsewhere.push(request.url());
  });
  const answer = await page.goto(`${gateway.baseUrl}/docs`);
  expect(answer?.headers()['content-security-policy']).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
      "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  );
  await page.getByText('/api/events/stream').first().waitFor();
  const { paths } = (await (await fetch(`${gateway.baseUrl}/openapi.json`)).json()) as { paths: object };
  const count = Object.values(paths).flatMap((methods: object) => Object.keys(methods)).length;
  expect(await page.locator('.opblock').count()).toBeGreaterThanOrEqual(count);
  expect([complaints, elsewhere]).toEqual([[], []]);
});

// One page for all of it: a page of a hundred routes takes its time to be drawn.
test('it signs by each profile and algorithm, and the key is nowhere but in the page', async () => {
  const { page, context, complaints } = await openDocs();
  expect(await tryOut(page, 'listAccounts', { per_page: 5 })).toBe(401);
  const { apiKey: id, apiSecret: secret } = caller;
  for (const profile of ['strict', 'rfc9421', 'legacy']) {
    await useKey(page, { id, secret, profile });
    await page.getByText(`Requests are signed with ${id}, profile ${profile}.`).waitFor();
    expect([profile, await tryOut(page, 'listAccounts')]).toEqual([profile, 200]);
    const portfolio = { name: `Of the page, ${profile}`, weights: { BTC: 100 } };
    expect([profile, await tryOut(page, 'createPortfolio', {}, portfolio)]).toEqual([profile, 201]);
  }
  expect(JSON.stringify(await context.storageState({ indexedDB: true }))).not.toContain(secret);
  expect(await page.content()).not.toContain(secret);
  expect(await page.getByLabel(SECRET).inputValue()).toBe('');

  await page.getByRole('button', { name: 'Forget the key' }).click();
  await page.getByText('Requests are sent without a signature').waitFor();
  expect(await tryOut(page, 'listAccounts')).toBe(401);

  const key = await anEd25519Key();
  await useKey(page, { ...key, profile: 'strict', algorithm: 'ed25519' });
  await page.getByText(`Requests are signed with ${key.id}`).waitFor();
  expect(await tryOut(page, 'listAccounts')).toBe(200);

  await useKey(page, { ...key, secret: 'no PEM', profile: 'strict' });
  await page.getByText('The private key cannot be read').waitFor();
  await useKey(page, { ...key, profile: 'legacy' });
  await page.getByText('ed25519 cannot sign in the profile legacy').waitFor();
  expect(complaints).toEqual([]);
}, 120_000);

const anEd25519Key = async (): Promise<Pick<KeyWords, 'id' | 'secret'>> => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const made = await caller.post('/api/keys', {
    name: 'Of the page',
    scopes: ['ACCOUNTS_READ'],
    algorithm: 'ed25519',
    public_key: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    timestamp: Date.now(),
  });
  return {
    id: (made.body as { api_key: string }).api_key,
    secret: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
};

test('it is not served unless that is configured', async () => {
  await using plain = await startTestGateway();
  for (const path of ['/docs', '/docs/']) expect((await fetch(plain.baseUrl + path)).status).toBe(404);
});
