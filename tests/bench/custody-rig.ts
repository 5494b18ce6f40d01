/** Custody, the sandbox venues and Postgres as separate processes, and stored credentials to ask for. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type CustodyClient, createCustodyClient } from '../../src/custody/rpc-client.ts';
import { createSealer } from '../../src/custody/sealer.ts';
import { startEmbeddedPostgres } from '../../src/db/embedded-postgres.ts';
import { migrateDatabase } from '../../src/db/migrate.ts';
import { createTenantDatabase } from '../../src/db/postgres-tenant-database.ts';
import { CUSTODY_ROLE, GATEWAY_ROLE } from '../../src/db/roles.ts';
import type { TenantDatabase } from '../../src/db/tenant-database.ts';
import type { CredentialRef } from '../../src/exchanges/exchange-call.ts';
import { CAME_WITH_ACCOUNT, createCredentialStore } from '../../src/features/credentials/credential-store.ts';
import { createTenantStore } from '../../src/features/tenants/tenant-store.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { type PinnedProcess, startPinned } from './pinned-process.ts';

const CUSTODY_CORE = 0;
const VENUES_CORE = 1;
const CONNECTIONS_AT_ONCE = 8;

export interface StoredAccount {
  readonly ref: CredentialRef;
  /** What it holds of BTC: no other account holds as much. */
  readonly btc: string;
}

export interface CustodyRig {
  readonly client: CustodyClient;
  /** As the owner of the database. */
  readonly owner: TenantDatabase;
  /** Connection string of the gateway's role. */
  readonly gatewayUrl: string;
  /** Has the venue fail from now on; undefined: it works again. */
  setFault(venue: string, kind: string | undefined): Promise<void>;
  /** Starts custody anew; answers the milliseconds from the start of its process until it served. */
  restart(): Promise<number>;
  /** Venue accounts with stored credentials, spread over `tenants` tenants. */
  connectMany(venue: string, count: number, tenants: number): Promise<StoredAccount[]>;
  /** Requests that the venue was asked, by endpoint. */
  requestsOf(venue: string): Promise<Readonly<Record<string, number>>>;
  /** Memory of custody in MB: now, and the most it ever had. */
  memory(): Promise<{ readonly rssMb: number; readonly peakMb: number }>;
}

const RIGHTS = {
  canRead: true,
  canTrade: true,
  canWithdraw: false,
  ipRestricted: true,
  expiresAt: null,
  source: 'exchange',
} as const;

export const withCustodyRig = async <T>(
  markets: number,
  work: (rig: CustodyRig) => Promise<T>,
): Promise<T> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'countersign-bench-'));
  const logger = createLogger('bench', 'silent');
  const stops: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    const postgres = await startEmbeddedPostgres({ dataDir: folder, logger });
    stops.unshift(() => postgres.stop());
    await postgres.ensureDatabase('bench');
    const ownerUrl = postgres.url('postgres', 'bench');
    await migrateDatabase(ownerUrl, { clock: systemClock, logger });
    const owner = createTenantDatabase({ url: ownerUrl, logger, applicationName: 'bench' });
    stops.unshift(() => owner[Symbol.asyncDispose]());
    const venues = await startPinned('sandbox-server.js', VENUES_CORE, { markets });
    stops.unshift(() => venues.stop());
    const { url } = venues.ready as { url: string };
    const socketPath = path.join(folder, 'run', 'custody.sock');
    const client = createCustodyClient({ socketPath, logger, clock: systemClock, callDeadlineMs: 30_000 });
    const environment = {
      NODE_ENV: 'development',
      COUNTERSIGN_LOG_LEVEL: 'warn',
      COUNTERSIGN_DATA_DIR: folder,
      COUNTERSIGN_CUSTODY_SOCKET: socketPath,
      COUNTERSIGN_CUSTODY_DATABASE_URL: postgres.url(CUSTODY_ROLE, 'bench'),
      COUNTERSIGN_SANDBOX_URL: url,
      COUNTERSIGN_CUSTODY_DEADLINE_MS: '30000',
      COUNTERSIGN_OPENINGS_PER_MINUTE: '1000000',
      COUNTERSIGN_TENANT_OPENINGS_PER_MINUTE: '1000000',
    };
    let custody: PinnedProcess | undefined;
    stops.unshift(async () => {
      await client.close();
      await custody?.stop();
    });
    const seal = createSealer(client, systemClock);
    const ask = async (route: string, init?: RequestInit): Promise<unknown> =>
      (await fetch(`${url}/_sandbox/${route}`, init)).json();

    const openAccount = async (venue: string, btc: string) =>
      (await ask('accounts', {
        method: 'POST',
        body: JSON.stringify({ venue, balances: { BTC: btc } }),
      })) as { api_key: string; secret: string; passphrase?: string; customer_id?: string };

    const connectOne = async (venue: string, index: number, tenantId: string): Promise<StoredAccount> => {
      const btc = `${index + 1}.00000001`;
      const { api_key, secret, passphrase, customer_id } = await openAccount(venue, btc);
      const ref = { tenantId, credentialId: randomUUID(), generation: 1 };
      const { sealed, sealingKeyId } = await seal(
        { ...ref, venueId: venue },
        {
          apiKey: api_key,
          secret,
          ...(passphrase !== undefined && { passphrase }),
          ...(customer_id !== undefined && { customerId: customer_id }),
        },
      );
      await createCredentialStore(owner.session(tenantId)).insert({
        ...CAME_WITH_ACCOUNT,
        id: ref.credentialId,
        venueId: venue,
        name: 'Bench',
        sealed,
        sealingKeyId,
        fingerprint: randomBytes(32),
        keyPrefix: 'abcd',
        keySuffix: 'wxyz',
        hasPassphrase: passphrase !== undefined,
        rights: RIGHTS,
        at: new Date(systemClock.now()).toISOString(),
      });
      return { ref, btc };
    };

    const restart = async (): Promise<number> => {
      await custody?.stop();
      const started = performance.now();
      custody = await startPinned('custody-server.js', CUSTODY_CORE, { environment });
      return performance.now() - started;
    };
    await restart();

    return await work({
      client,
      owner,
      gatewayUrl: postgres.url(GATEWAY_ROLE, 'bench'),
      setFault: async (venue, kind) => {
        await ask(`faults?venue=${venue}`, { method: 'DELETE' });
        const body = JSON.stringify({ venue, kind });
        if (kind !== undefined) await ask('faults', { method: 'POST', body });
      },
      restart,
      connectMany: async (venue, count, tenantCount) => {
        const tenants = await Promise.all(
          Array.from({ length: tenantCount }, async () => {
            const id = randomUUID();
            await createTenantStore(owner.session(id)).ensure('Bench');
            return id;
          }),
        );
        const accounts: StoredAccount[] = [];
        const indexes = Array.from({ length: count }, (_, index) => index);
        await inParallel(indexes, CONNECTIONS_AT_ONCE, async (index) => {
          accounts.push(await connectOne(venue, index, tenants[index % tenantCount] ?? ''));
        });
        return accounts;
      },
      requestsOf: async (venue) => {
        const totals = (await ask(`requests?venue=${venue}`)) as Record<string, Record<string, number>>;
        return totals[venue] ?? {};
      },
      memory: async () => {
        const status = await readFile(`/proc/${custody?.pid ?? 0}/status`, 'utf8');
        const megabytes = (field: string): number =>
          Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1_024;
        return { rssMb: megabytes('VmRSS'), peakMb: megabytes('VmHWM') };
      },
    });
  } finally {
    for (const stop of stops) await stop();
  }
};

/** Runs `work` on every item, so many at a time. */
export const inParallel = async <I, R>(
  items: readonly I[],
  width: number,
  work: (item: I) => Promise<R>,
): Promise<R[]> => {
  const results: R[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++)
      results[index] = await work(items[index] as I);
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
};
