/** Exchanges, webhooks and sealing keys in the hands of an operator, from the console alone. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SCOPES } from '../../src/auth/actor.ts';
import { createTenantDatabase } from '../../src/db/postgres-tenant-database.ts';
import { startDeliveryWorker } from '../../src/jobs/delivery-worker.ts';
import { type Client, createClient } from '../../src/sdk/client.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { startTestBrowser, type TestBrowser } from '../support/browser.ts';
import { goToPage, openConsole } from '../support/console.ts';
import { createDisposables } from '../support/disposables.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

const resources = createDisposables();
let gateway: TestGateway;
let browser: TestBrowser;
beforeAll(async () => {
  [gateway, browser] = await Promise.all([startTestGateway(), startTestBrowser()]);
  resources.defer(() => gateway[Symbol.asyncDispose]());
  resources.defer(() => browser[Symbol.asyncDispose]());
  startDeliveries();
}, 60_000);
afterAll(() => resources.dispose());

/** As the worker process does it. */
const startDeliveries = (): void => {
  const logger = createLogger('test', 'silent');
  const databaseUrl = gateway.database.gatewayUrl;
  const database = createTenantDatabase({ url: databaseUrl, logger, applicationName: 'test-worker' });
  resources.defer(() => database[Symbol.asyncDispose]());
  const worker = startDeliveryWorker({
    database,
    databaseUrl,
    gatewayKek: gateway.gatewayKek,
    clock: systemClock,
    logger,
    config: { allowHttp: true, allowPrivate: true, endpointsAtOnce: 8, disableAfterHours: 120 },
  });
  resources.defer(() => worker[Symbol.asyncDispose]());
};

/** Of a tenant of its own. */
const aClient = async (): Promise<Client> => {
  const { apiKey: id, apiSecret: secret } = await gateway.newCaller({ scopes: SCOPES });
  return createClient({ baseUrl: gateway.baseUrl, key: { id, secret }, retries: 0 });
};

const connect = async (client: Client, venue: 'kraken' | 'okx' | 'bybit', name: string): Promise<number> => {
  const keys = await gateway.sandbox.openAccount({ venue, balances: { BTC: '1' } });
  return (await client.accounts.connect({ type: venue, name, ...keys })).id;
};

test('an exchange that goes down is seen to be degraded, and to be healthy once it answers again', async () => {
  const opened = await openConsole(gateway, browser);
  const { page } = opened;
  const client = await aClient();
  const account = await connect(client, 'kraken', 'Main account');
  await goToPage(opened, 'Venues');
  const kraken = page.getByRole('row').filter({ hasText: 'Kraken' });
  await kraken.getByText('Healthy').waitFor();

  await gateway.sandbox.addFault({ venue: 'kraken', kind: 'reset' });
  const ask = (): Promise<boolean> =>
    client.accounts.loadBalances({ account_id: account }).then(
      () => true,
      () => false,
    );
  while ((await kraken.getByText('Degraded').count()) === 0) expect(await ask()).toBe(false);
  await gateway.sandbox.clearFaults();
  // It is left alone for a while before it is asked again.
  while (!(await ask())) await delay(100);
  await kraken.getByText('Healthy').waitFor();
  expect(opened.complaints).toEqual([]);
});

test('an exchange is paused with a reason that callers read, and resumed', async () => {
  const opened = await openConsole(gateway, browser);
  const { page } = opened;
  const client = await aClient();
  const account = await connect(client, 'okx', 'Main account');
  await goToPage(opened, 'Venues');
  await page.getByRole('button', { name: 'Pause OKX' }).click();
  const dialog = page.getByRole('dialog', { name: 'Pause OKX?' });
  expect(await dialog.getByRole('button', { name: 'Pause' }).isDisabled()).toBe(true);
  await dialog.getByLabel(/^Reason/).fill('Wallets under maintenance');
  await dialog.getByRole('button', { name: 'Pause' }).click();
  const okx = page.getByRole('row').filter({ hasText: 'OKX' });
  await okx.getByText('Wallets under maintenance').waitFor();
  await expect(client.accounts.loadBalances({ account_id: account })).rejects.toMatchObject({
    message: expect.stringContaining('Wallets under maintenance'),
  });
  await page.getByRole('button', { name: 'Resume OKX' }).click();
  await okx.getByText('Healthy').waitFor();
  await client.accounts.loadBalances({ account_id: account });
});

test('a job is found by its tenant and done at once', async () => {
  const opened = await openConsole(gateway, browser);
  const { page } = opened;
  const { tenantId, apiKey: id, apiSecret: secret } = await gateway.newCaller({ scopes: SCOPES });
  const client = createClient({ baseUrl: gateway.baseUrl, key: { id, secret }, retries: 0 });
  const account = await connect(client, 'okx', 'Main account');
  await page.goto(`${gateway.adminUrl}/console/#/jobs?tenant_id=${tenantId}&kind=balance_sync`);
  await page.getByRole('button', { name: `Run now: balance_sync of ${account}` }).click();
  await page.getByText(`balance_sync of ${account} runs next`).waitFor();
  await page.getByLabel('State').selectOption({ label: 'failing' });
  await page.getByText('No job matches').waitFor();
  expect(page.url()).toContain('state=failing');
});

/** A receiver of webhooks that answers as the test says. */
const startReceiver = async (): Promise<{ url: string; status: number; readonly received: string[] }> => {
  const receiver = { url: '', status: 200, received: [] as string[] };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      if (receiver.status === 200) receiver.received.push((JSON.parse(body) as { type: string }).type);
      response.writeHead(receiver.status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  resources.defer(() => server.closeAllConnections());
  resources.defer(() => server.close());
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  return receiver;
};

test('what an endpoint missed while it was gone is replayed', async () => {
  const opened = await openConsole(gateway, browser);
  const { page } = opened;
  const client = await aClient();
  const receiver = await startReceiver();
  const { host } = new URL(receiver.url);
  const endpoint = await client.webhooks.create({ url: receiver.url, event_types: ['account.connected'] });
  receiver.status = 410;
  await connect(client, 'bybit', 'First account');
  await goToPage(opened, 'Webhooks');
  const endpoints = page.getByRole('region', { name: 'Endpoints' });
  const row = endpoints.getByRole('row').filter({ hasText: host });
  await row.getByText('Disabled').waitFor();
  // Of this event nothing is sent at all.
  await connect(client, 'bybit', 'Second account');
  const dialog = page.getByRole('dialog', { name: /^Replay what/ });
  await row.getByRole('button', { name: /^Replay missed/ }).click();
  await dialog.getByText('The endpoint is switched off').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  receiver.status = 200;
  await client.webhooks.update({ endpoint_id: endpoint.id, enabled: true });
  await row.getByText('Enabled').waitFor();

  await row.getByRole('button', { name: /^Replay missed/ }).click();
  await dialog.getByRole('button', { name: 'Replay missed' }).click();
  await page.getByText(/deliver(y|ies) (is|are) sent again/).waitFor();
  await row.getByRole('button', { name: /^Deliveries/ }).click();
  const deliveries = page.getByRole('region', { name: 'Deliveries' });
  const delivered = deliveries.getByRole('row').filter({ hasText: 'Delivered' });
  await delivered.nth(1).waitFor();
  expect(receiver.received).toEqual(['account.connected', 'account.connected']);

  // One of them again.
  await delivered
    .first()
    .getByRole('button', { name: /^Replay/ })
    .click();
  while (receiver.received.length < 3) await delay(20);
  expect(opened.complaints).toEqual([]);
});

test('sealing keys are rotated with progress, while callers go on without one failed request', async () => {
  const opened = await openConsole(gateway, browser);
  const { page } = opened;
  const client = await aClient();
  const accounts = [
    await connect(client, 'bybit', 'First account'),
    await connect(client, 'bybit', 'Second account'),
  ];
  const over = new AbortController();
  const load = (async () => {
    let requests = 0;
    for (; !over.signal.aborted; requests += 1)
      await client.accounts.loadBalances({ account_id: accounts[requests % 2] ?? 0 });
    return requests;
  })();

  await goToPage(opened, 'Sealing keys');
  await page.getByText('No rotation yet').waitFor();
  await page.getByRole('button', { name: 'Rotate tenant keys' }).click();
  const dialog = page.getByRole('dialog', { name: /^Rotate the tenants/ });
  await dialog.getByRole('button', { name: 'Rotate' }).click();
  const rotation = page.getByRole('region', { name: 'Rotation' });
  await rotation.getByText('Done', { exact: true }).waitFor();
  const progress = rotation.getByRole('progressbar', { name: 'Progress of the rotation' });
  expect(await progress.getAttribute('aria-valuenow')).toBe('100');
  expect(await rotation.getByText(/^\d+ of \d+ done$/).innerText()).toMatch(/^([1-9]\d*) of \1 done$/);
  over.abort();
  expect(await load).toBeGreaterThan(0);
  for (const account_id of accounts) await client.accounts.loadBalances({ account_id });
  expect(await opened.findBarriers()).toEqual([]);
  expect(opened.complaints).toEqual([]);
});
