/** A real headless Chromium for a test file; each test opens a context of its own in it. */
import { existsSync } from 'node:fs';
import axe from 'axe-core';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';

// Shorter than the test's own, so that what was waited for is named.
const LONGEST_WAIT_MS = 15_000;

/** Where Debian, Ubuntu, Alpine and Chrome's own packages put it. */
const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

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
  const browser = await chromium.launch({
    executablePath: findChromium(),
    // A container has neither the rights for the sandbox of a root user nor a large /dev/shm.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--force-color-profile=srgb'],
  });
  return {
    newPage: (options) => newPage(browser, options),
    [Symbol.asyncDispose]: () => browser.close(),
  };
};

const findChromium = (): string => {
  const told = process.env['COUNTERSIGN_TEST_CHROMIUM'];
  const found = told ?? USUAL_PLACES.find((place) => existsSync(place));
  if (found === undefined || !existsSync(found)) {
    throw new Error(
      `${told === undefined ? 'No Chromium is installed' : `COUNTERSIGN_TEST_CHROMIUM names ${told}, which is not there`}: ` +
        'install it (Debian: apt-get install chromium), or name one in COUNTERSIGN_TEST_CHROMIUM',
    );
  }
  return found;
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
