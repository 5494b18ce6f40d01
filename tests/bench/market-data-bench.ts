/** Markets, tickers and routes as many callers ask for them, against a server that says hello. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/db/embedded-postgres.ts';
import { migrateDatabase } from '../../src/db/migrate.ts';
import { CUSTODY_ROLE, GATEWAY_ROLE } from '../../src/db/roles.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { seedCaller } from './bench-caller.ts';
import type { BenchCaller } from './bench-data.ts';
import { type LoadResult, runLoad } from './load.ts';
import { type PinnedProcess, startPinned } from './pinned-process.ts';
import { interleave, median, type Row } from './rounds.ts';
import { signedRequest } from './signed-request.ts';

const ROUNDS = 5;
const ROUND_MS = 2_000;
const CONNECTIONS = 16;
const SERVER_CORE = 0;
const OTHERS_CORE = 1;
const MARKETS = 2_000;

interface Servers {
  readonly floorPort: number;
  readonly gatewayPort: number;
  readonly caller: BenchCaller;
}

interface Work {
  readonly name: string;
  readonly target: string;
  readonly headers?: string;
  readonly status: number;
}

const MARKETS_TARGET = '/api/exchange/markets?exchange=kraken';

export const benchMarketData = async (): Promise<Row[]> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'countersign-bench-'));
  const logger = createLogger('bench', 'warn');
  const postgres = await startEmbeddedPostgres({ dataDir: path.join(folder, 'pgdata'), logger });
  const stops: (() => Promise<unknown>)[] = [
    () => postgres.stop(),
    () => rm(folder, { recursive: true, force: true }),
  ];
  try {
    const start = async (script: string, core: number, options: object): Promise<PinnedProcess> => {
      const started = await startPinned(script, core, options);
      stops.unshift(() => started.stop());
      return started;
    };
    return await measure(await startServers(folder, postgres, start));
  } finally {
    for (const stop of stops) await stop();
  }
};

const startServers = async (
  folder: string,
  postgres: EmbeddedPostgres,
  start: (script: string, core: number, options: object) => Promise<PinnedProcess>,
): Promise<Servers> => {
  await postgres.ensureDatabase('bench');
  const ownerUrl = postgres.url('postgres', 'bench');
  await migrateDatabase(ownerUrl, { clock: systemClock, logger: createLogger('bench', 'warn') });
  const gatewayKek = randomBytes(32);
  const caller = await seedCaller(ownerUrl, gatewayKek);
  const venues = await start('sandbox-server.js', OTHERS_CORE, { markets: MARKETS });
  const socketPath = path.join(folder, 'run', 'custody.sock');
  await start('custody-server.js', OTHERS_CORE, {
    environment: {
      NODE_ENV: 'development',
      COUNTERSIGN_LOG_LEVEL: 'error',
      COUNTERSIGN_DATA_DIR: folder,
      COUNTERSIGN_CUSTODY_SOCKET: socketPath,
      COUNTERSIGN_CUSTODY_DATABASE_URL: postgres.url(CUSTODY_ROLE, 'bench'),
      COUNTERSIGN_SANDBOX_URL: (venues.ready as { url: string }).url,
    },
  });
  const floor = await start('floor-server.js', SERVER_CORE, { databaseUrl: ownerUrl, callers: [] });
  const gateway = await start('gateway-server.js', SERVER_CORE, {
    databaseUrl: postgres.url(GATEWAY_ROLE, 'bench'),
    socketPath,
    gatewayKek: gatewayKek.toString('hex'),
  });
  return {
    floorPort: (floor.ready as { port: number }).port,
    gatewayPort: Number(new URL((gateway.ready as { url: string }).url).port),
    caller,
  };
};

const measure = async (servers: Servers): Promise<Row[]> => {
  const etag = await warmUp(servers);
  const works: readonly Work[] = [
    { name: `${MARKETS} markets`, target: MARKETS_TARGET, status: 200 },
    {
      name: `${MARKETS} markets, Brotli`,
      target: MARKETS_TARGET,
      headers: 'Accept-Encoding: br',
      status: 200,
    },
    {
      name: `${MARKETS} markets, 304`,
      target: MARKETS_TARGET,
      headers: `If-None-Match: ${etag}`,
      status: 304,
    },
    { name: 'ticker', target: '/api/exchange/ticker?exchange=okx&symbol=BTC/USDT', status: 200 },
    { name: 'route over 11 venues', target: '/api/exchange/route?base=BTC&quote=USDT&size=0.1', status: 200 },
    { name: 'health of all', target: '/api/exchange/health', status: 200 },
  ];
  const hello = Buffer.from('GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  const rows: Row[] = [];
  for (const work of works) {
    const request = requestOf(servers.caller, work);
    const [floor = [], gateway = []] = await interleave(
      [
        () => measureRound(servers.floorPort, hello, 200),
        () => measureRound(servers.gatewayPort, request, work.status),
      ],
      ROUNDS,
    );
    rows.push(...rowsOf(work.name, floor, gateway));
  }
  return rows;
};

/** Loads what the venues tell, so that the rounds find it; answers the tag of the markets. */
const warmUp = async ({ gatewayPort, caller }: Servers): Promise<string> => {
  const ask = async (target: string): Promise<Response> => {
    const head = signedRequest(caller, 'GET', target).toString('latin1').split('\r\n').slice(1, -2);
    const headers = head.map((line): [string, string] => {
      const cut = line.indexOf(': ');
      return [line.slice(0, cut), line.slice(cut + 2)];
    });
    const answer = await fetch(`http://127.0.0.1:${gatewayPort}${target}`, { headers });
    if (answer.status !== 200) throw new Error(`${target} answered ${answer.status}: ${await answer.text()}`);
    return answer;
  };
  // The first comparisons load the markets of every venue, and leave out those that take too long for it.
  let venues = 0;
  for (let tries = 0; venues < 9 && tries < 30; tries += 1) {
    const { total_count } = (await (await ask('/api/exchange/route?base=BTC&quote=USDT')).json()) as {
      total_count: number;
    };
    venues = total_count;
  }
  return (await ask(MARKETS_TARGET)).headers.get('etag') ?? '';
};

const requestOf = (caller: BenchCaller, { target, headers }: Work): Buffer => {
  const whole = signedRequest(caller, 'GET', target).toString('latin1');
  return Buffer.from(headers === undefined ? whole : whole.replace(/\r\n\r\n$/, `\r\n${headers}\r\n\r\n`));
};

const measureRound = async (port: number, request: Buffer, status: number): Promise<LoadResult> => {
  const result = await runLoad({
    port,
    connections: CONNECTIONS,
    durationMs: ROUND_MS,
    next: () => request,
    status,
  });
  if (result.failures > 0) throw new Error(`${result.failures} requests were not answered with ${status}`);
  return result;
};

const rowsOf = (name: string, floor: readonly LoadResult[], gateway: readonly LoadResult[]): Row[] => {
  const of = (rounds: readonly LoadResult[], figure: 'requestsPerSecond' | 'p50Ms' | 'p99Ms') =>
    median(rounds.map((round) => round[figure]));
  return [
    { name, value: of(gateway, 'requestsPerSecond'), unit: 'requests/s' },
    { name: `${name}: p50`, value: of(gateway, 'p50Ms'), unit: 'ms' },
    { name: `${name}: p99`, value: of(gateway, 'p99Ms'), unit: 'ms' },
    {
      name: `${name}: ratio`,
      value: of(gateway, 'requestsPerSecond') / of(floor, 'requestsPerSecond'),
      unit: 'of hello',
    },
  ];
};
