import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestBrowser, type TestBrowser } from '../support/browser.ts';
import { newConsoleLink, openConsole } from '../support/console.ts';
import { type OidcServer, startOidcServer } from '../support/oidc-server.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let browser: TestBrowser;
let provider: OidcServer;
beforeAll(async () => {
  provider = await startOidcServer();
  const admin = {
    oidcIssuer: provider.issuer,
    oidcClientId: provider.clientId,
    oidcClientSecret: provider.clientSecret,
    oidcName: 'Our people',
    oidcAllowed: ['ada@example.com'],
  };
  [gateway, browser] = await Promise.all([startTestGateway({ admin }), startTestBrowser()]);
}, 60_000);
afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

test('a one-time link signs in, and its token leaves the address and the history', async () => {
  const { page, complaints } = await browser.newPage();
  await page.goto(await newConsoleLink(gateway));
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  expect(page.url()).toBe(`${gateway.adminUrl}/console/#/`);
  await page.goBack();
  expect(page.url()).not.toContain('token');
  expect(complaints).toEqual([]);
});

test('a link that was used says so in the words of the API', async () => {
  const link = await newConsoleLink(gateway);
  const first = await browser.newPage();
  await first.page.goto(link);
  await first.page.getByRole('button', { name: 'Sign out' }).waitFor();
  const { page, complaints } = await browser.newPage();
  await page.goto(link);
  const alert = page.getByRole('alert');
  await alert.waitFor();
  expect(await alert.innerText()).toMatch(/used|expired|link/i);
  expect(page.url()).not.toContain('token');
  expect(complaints).toEqual([]);
});

test('without a session the console tells how to get a link, and shows nothing else', async () => {
  const opened = await browser.newPage();
  await opened.page.goto(`${gateway.adminUrl}/console/#/tenants`);
  await opened.page.getByRole('heading', { level: 1, name: 'Sign in to Countersign' }).waitFor();
  await opened.page.getByText('countersign admin link').waitFor();
  expect(await opened.page.getByRole('navigation').count()).toBe(0);
  expect(await opened.findBarriers()).toEqual([]);
});

test('a reload keeps the session, signing out ends it for every tab', async () => {
  const opened = await openConsole(gateway, browser);
  const { page, context } = opened;
  await page.reload();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  const other = await context.newPage();
  await other.goto(`${gateway.adminUrl}/console/`);
  await other.getByRole('button', { name: 'Sign out' }).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('You are signed out.').waitFor();
  // The next thing that the other tab asks for is refused.
  await other.bringToFront();
  await other.getByText('Your session has ended. Sign in again.').waitFor();
});

test('an operator signs in through the identity provider, and nobody else does', async () => {
  provider.person = { sub: 'p-1', email: 'ada@example.com', email_verified: true };
  const { page, complaints } = await browser.newPage();
  await page.goto(`${gateway.adminUrl}/console/`);
  await page.getByRole('link', { name: 'Sign in with Our people' }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  expect(page.url()).not.toMatch(/code=|state=/);
  expect(complaints).toEqual([]);

  provider.person = { sub: 'p-2', email: 'eve@example.com', email_verified: true };
  const other = await browser.newPage();
  await other.page.goto(`${gateway.adminUrl}/console/`);
  await other.page.getByRole('link', { name: 'Sign in with Our people' }).click();
  await other.page.getByRole('heading', { level: 1, name: 'Not signed in' }).waitFor();
  await other.page.getByRole('link', { name: 'To the console' }).click();
  await other.page.getByRole('heading', { level: 1, name: 'Sign in to Countersign' }).waitFor();
});
