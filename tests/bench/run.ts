/** `npm run bench`: every benchmark in one run; figures to compare within it, never across runs. */
import { benchAccounts } from './accounts-bench.ts';
import { pinSelf } from './pinned-process.ts';
import { printRows } from './rounds.ts';

const CLIENT_CORE = 1;

// Client, Postgres and custody share one core; each server is started on the other.
pinSelf(CLIENT_CORE);
printRows('Accounts (medians of interleaved rounds)', await benchAccounts());
