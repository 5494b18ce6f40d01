/**
 * `npm run bench [name ...]`: every benchmark, or those named, in one run; figures to compare within it, never across
 * runs. `reads` fills a database with a million accounts first, which takes minutes.
 */
import { benchAccounts } from './accounts-bench.ts';
import { benchAuth } from './auth-bench.ts';
import { benchCustodyMemory } from './custody-memory.ts';
import { benchCustodySyncs } from './custody-syncs.ts';
import { benchJobs } from './jobs-bench.ts';
import { benchMarketData } from './market-data-bench.ts';
import { pinSelf } from './pinned-process.ts';
import { benchReads } from './reads-bench.ts';
import { printRows, type Row } from './rounds.ts';
import { benchTrades } from './trades-bench.ts';
import { benchWebhooks } from './webhooks-bench.ts';

const CLIENT_CORE = 1;

const BENCHMARKS: Readonly<Record<string, { readonly title: string; readonly run: () => Promise<Row[]> }>> = {
  accounts: { title: 'Accounts (medians of interleaved rounds)', run: benchAccounts },
  'market-data': { title: 'Markets, tickers and routes out of caches', run: benchMarketData },
  auth: { title: 'Authentication (medians of interleaved rounds)', run: benchAuth },
  trades: { title: 'Trades: stored and read', run: benchTrades },
  webhooks: { title: 'Webhooks: deliveries to receivers on this machine', run: benchWebhooks },
  memory: { title: 'Custody: 1,000 accounts on one venue of 2,000 markets', run: benchCustodyMemory },
  syncs: { title: 'Custody: 200 balance syncs at once over all venues', run: benchCustodySyncs },
  jobs: { title: 'Background work: leases, and accounts due for a reading over all venues', run: benchJobs },
  reads: { title: 'Reads among 1,000 and among 1,000,000 accounts', run: () => benchReads() },
};

const named = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const unknown = named.filter((name) => !Object.hasOwn(BENCHMARKS, name));
if (unknown.length > 0)
  throw new Error(
    `no such benchmark: ${unknown.join(', ')}; there are ${Object.keys(BENCHMARKS).join(', ')}`,
  );

// Client, Postgres and custody share one core; each server is started on the other.
pinSelf(CLIENT_CORE);
for (const [name, { title, run }] of Object.entries(BENCHMARKS)) {
  if (named.length === 0 || named.includes(name)) printRows(title, await run());
}
