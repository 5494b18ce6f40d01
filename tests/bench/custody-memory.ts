/** 1,000 connected accounts on one venue of 2,000 markets, each asked for its balances once. */
import { inParallel, withCustodyRig } from './custody-rig.ts';
import type { Row } from './rounds.ts';

const MARKETS = 2_000;
const ACCOUNTS = 1_000;
const TENANTS = 20;
const AT_ONCE = 64;

/** Memory is that of Linux's /proc. */
export const benchCustodyMemory = (): Promise<Row[]> =>
  withCustodyRig(MARKETS, async (rig) => {
    const accounts = await rig.connectMany('binance', ACCOUNTS, TENANTS);
    // As after a deployment: nothing is loaded and no key is open.
    await rig.restart();
    const before = await rig.memory();
    const started = performance.now();
    const right = await inParallel(accounts, AT_ONCE, async ({ ref, btc }) => {
      const account = await rig.client.fetchAccount({ requestId: 'bench', purpose: 'sync' }, ref, 'binance');
      return account.balances.some(({ asset, total }) => asset === 'BTC' && total === btc);
    });
    const seconds = (performance.now() - started) / 1_000;
    const after = await rig.memory();
    const requests = await rig.requestsOf('binance');
    const downloads = Object.entries(requests).filter(([endpoint]) => endpoint.includes('exchangeInfo'));
    return [
      { name: 'custody, idle', value: before.rssMb, unit: 'MB' },
      {
        name: `custody with ${ACCOUNTS} accounts on ${MARKETS} markets`,
        value: after.rssMb,
        unit: 'MB',
        aim: '<= 300',
      },
      { name: 'the most it had on the way', value: after.peakMb, unit: 'MB' },
      {
        name: 'downloads of the markets',
        value: downloads.reduce((sum, [, count]) => sum + count, 0),
        unit: 'times',
        aim: 'exactly 1',
      },
      {
        name: 'accounts with the wrong balance',
        value: right.filter((isRight) => !isRight).length,
        unit: 'accounts',
        aim: '0',
      },
      { name: 'first balance of an account', value: ACCOUNTS / seconds, unit: 'accounts/s' },
    ];
  });
