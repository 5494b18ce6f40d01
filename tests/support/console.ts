/** The console in a browser, signed in by a one-time link as an operator signs in. */
import type { BrowserContextOptions } from 'playwright-core';
import { consoleLink, issueAdminLink } from '../../src/features/administration/admin-link.ts';
import { systemClock } from '../../src/shared/clock.ts';
import type { BrowserPage, TestBrowser } from './browser.ts';
import { testOperator } from './test-admin.ts';
import type { TestGateway } from './test-gateway.ts';

/** The address of a link that has not been used. */
export const newConsoleLink = async ({ owner, adminUrl }: TestGateway): Promise<string> => {
  const { token } = await issueAdminLink(owner, testOperator(), systemClock);
  return consoleLink(adminUrl, token);
};

/** A page on the overview, in a session of its own. */
export const openConsole = async (
  gateway: TestGateway,
  browser: TestBrowser,
  options?: BrowserContextOptions,
): Promise<BrowserPage> => {
  const opened = await browser.newPage(options);
  await opened.page.goto(await newConsoleLink(gateway));
  await opened.page.getByRole('button', { name: 'Sign out' }).waitFor();
  return opened;
};

/** Goes to the page by the console's own menu. */
export const goToPage = async ({ page }: BrowserPage, name: string): Promise<void> => {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
};
