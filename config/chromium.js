/** Where the tests that drive a browser find one. */
import { existsSync } from 'node:fs';

// Where Debian, Ubuntu, Alpine and Chrome's own packages put it.
const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

export const HOW_TO_INSTALL =
  'install it (Debian: apt-get install chromium), or name one in COUNTERSIGN_TEST_CHROMIUM';

/** undefined: this machine has none. Throws when COUNTERSIGN_TEST_CHROMIUM names one that is not there. */
export const findChromium = () => {
  const told = process.env.COUNTERSIGN_TEST_CHROMIUM;
  if (told !== undefined && !existsSync(told))
    throw new Error(`COUNTERSIGN_TEST_CHROMIUM names ${told}, which is not there: ${HOW_TO_INSTALL}`);
  return told ?? USUAL_PLACES.find((place) => existsSync(place));
};
