/** A real headless Chromium for a test file; each test opens a context of its own in it. */
import axe from 'axe-core';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { findChromium, HOW_TO_INSTALL } from '../../config/chromium.js';

// Shorter than the test's own, so that what was waited for is named.
const LONGEST_WAIT_MS = 15_000;

export interface TestBrowser {
  /** A page in a new context: no cookie and no storage of another test. */
  newPage(options?: BrowserContextOptions): Promise<BrowserPage>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface BrowserPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page's security policy has stopped, and what failed in its scripts. */
  readonly complaints: readonly string[];
  /** What axe-core finds on the page as it stands, in words; with the theme's colours. */
  findBarriers(): Promise<readonly string[]>;
}

/** Throws, and says what to install, when this machine has no Chromium. Dispose it in `afterAll`. */
export const startTestBrowser = async (): Promise<TestBrowser> => {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error(`No Chromium is installed: ${HOW_TO_INSTALL}`);
  const browser = await chromium.launch({
    executablePath,
    // A container has neither the rights for the sandbox of a root user nor a large /dev/shm.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--force-color-profile=srgb'],
  });
  return {
    newPage: (options) => newPage(browser, options),
    [Symbol.asyncDispose]: () => browser.close(),
  };
};

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly help: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

const newPage = async (browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserPage> => {
  // Nothing moves, so that what is looked at is what will stay. The policy holds for the page's own scripts and styles;
  // axe and the test's questions come through the debugger.
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  context.setDefaultTimeout(LONGEST_WAIT_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`script: ${error.message}`));
  page.on('console', (message) => {
    const text = message.text();
    if (/content security policy/i.test(text)) complaints.push(`policy: ${text}`);
  });
  return {
    page,
    context,
    complaints,
    async findBarriers() {
      const isLoaded = await page.evaluate(() => 'axe' in globalThis);
      if (!isLoaded) await page.evaluate(axe.source);
      const { violations } = await page.evaluate<AxeResults>(
        'axe.run(document, { resultTypes: ["violations"] })',
      );
      return violations.flatMap(({ id, impact, help, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${impact} ${id}: ${help}\n${html}\n${failureSummary}`),
      );
    },
  };
};
