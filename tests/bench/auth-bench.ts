/** What authentication costs: signed against unsigned reads, verification alone, and a flood of bad signatures. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../../src/db/embedded-postgres.ts';
import { migrateDatabase } from '../../src/db/migrate.ts';
import { createTenantDatabase } from '../../src/db/postgres-tenant-database.ts';
import { GATEWAY_ROLE } from '../../src/db/roles.ts';
import { issueHmacKey, registerPublicKey } from '../../src/features/caller-keys/caller-key-issuer.ts';
import { createTenantStore } from '../../src/features/tenants/tenant-store.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createLogger } from '../../src/shared/logger.ts';
import {
  type Algorithm,
  ALGORITHMS,
  newSigningKey,
  type Signer,
  signStrict,
} from '../support/request-signer.ts';
import { bearerRequest, signAhead, signRequest, unsignedRequest, type Way } from './auth-data.ts';
import { type LoadResult, runLoad } from './load.ts';
import { type PinnedProcess, startPinned } from './pinned-process.ts';
import { interleave, median, type Row } from './rounds.ts';
import { verificationRows } from './verification-cost.ts';

const ROUNDS = 3;
const ROUND_MS = 1_000;
const CONNECTIONS = 16;
const KEYS_EACH = 4;
/** More than a gateway answers in a round. */
const SIGNED_AHEAD = 12_000;
const SERVER_CORE = 0;
// Both answer a constant and ask no database: what differs is who asks.
const SIGNED = '/ver1/validate';
const UNSIGNED = '/ver1/ping';

type Signers = Readonly<Record<Algorithm, readonly Signer[]>>;

export const benchAuth = async (): Promise<Row[]> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'countersign-bench-'));
  const logger = createLogger('bench', 'warn');
  const postgres = await startEmbeddedPostgres({ dataDir: folder, logger });
  const stops = [() => postgres.stop(), () => rm(folder, { recursive: true, force: true })];
  try {
    await postgres.ensureDatabase('bench');
    const ownerUrl = postgres.url('postgres', 'bench');
    await migrateDatabase(ownerUrl, { clock: systemClock, logger });
    const gatewayKek = randomBytes(32);
    const signers = await seedSigners(ownerUrl, gatewayKek);
    const start = async (failedAuthPerMinute?: number): Promise<number> => {
      const gateway: PinnedProcess = await startPinned('gateway-server.js', SERVER_CORE, {
        databaseUrl: postgres.url(GATEWAY_ROLE, 'bench'),
        socketPath: path.join(folder, 'nobody.sock'),
        gatewayKek: gatewayKek.toString('hex'),
        ...(failedAuthPerMinute !== undefined && { failedAuthPerMinute }),
      });
      stops.unshift(() => gateway.stop());
      return Number(new URL((gateway.ready as { url: string }).url).port);
    };
    const port = await start();
    return [
      ...verificationRows(signers),
      ...(await measureReads(port, signers)),
      ...(await measureFlood('no limits', port, 401, signers)),
      ...(await measureFlood('limits as delivered', await start(30), 429, signers)),
      ...(await measureLikeness(port, signers)),
    ];
  } finally {
    for (const stop of stops) await stop();
  }
};

const seedSigners = async (ownerUrl: string, gatewayKek: Buffer): Promise<Signers> => {
  await using owner = createTenantDatabase({
    url: ownerUrl,
    logger: createLogger('bench', 'warn'),
    applicationName: 'bench',
  });
  const entries = await owner.transact(randomUUID(), async (session) => {
    await createTenantStore(session).ensure('Bench');
    const made: [Algorithm, Signer[]][] = ALGORITHMS.map((algorithm) => [algorithm, []]);
    for (const [algorithm, signers] of made) {
      for (let at = 0; at < KEYS_EACH; at += 1) {
        const options = { name: `${algorithm} ${at}`, scopes: ['ACCOUNTS_READ'] as const };
        const { key, publicKey } = newSigningKey(algorithm);
        if (algorithm === 'hmac-sha256' || publicKey === undefined) {
          const { apiKey, apiSecret } = await issueHmacKey(session, gatewayKek, options);
          signers.push({ keyId: apiKey, algorithm, key: apiSecret });
        } else {
          const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
          const { keyId } = await registerPublicKey(session, { ...options, algorithm, publicKey: pem });
          signers.push({ keyId, algorithm, key });
        }
      }
    }
    return made;
  });
  return Object.fromEntries(entries) as unknown as Signers;
};

interface Contestant {
  readonly name: string;
  /** Made anew for each round. */
  readonly next: () => () => Buffer;
}

const measureReads = async (port: number, signers: Signers): Promise<Row[]> => {
  const token = await askForToken(port, signers['hmac-sha256'][0]);
  const bearer = bearerRequest(SIGNED, token);
  const unsigned = unsignedRequest(UNSIGNED);
  const signed = (way: Way, algorithm: Algorithm): Contestant => ({
    name: `${way} ${algorithm}`,
    next: () => signAhead(way, signers[algorithm], SIGNED, SIGNED_AHEAD),
  });
  const contestants: Contestant[] = [
    { name: 'unsigned', next: () => () => unsigned },
    { name: 'bearer token', next: () => () => bearer },
    signed('legacy', 'hmac-sha256'),
    ...ALGORITHMS.map((algorithm) => signed('strict', algorithm)),
    ...ALGORITHMS.map((algorithm) => signed('rfc9421', algorithm)),
  ];
  const rounds = await interleave(
    contestants.map(
      ({ next }) =>
        () =>
          load(port, next(), 200),
    ),
    ROUNDS,
  );
  const speeds = rounds.map((results) => median(results.map(({ requestsPerSecond }) => requestsPerSecond)));
  const [base = Number.NaN] = speeds;
  return contestants.flatMap(({ name }, at) => {
    const speed = speeds[at] ?? Number.NaN;
    return [
      { name: `read, ${name}`, value: speed, unit: 'requests/s' },
      { name: `read, ${name}: ratio`, value: speed / base, unit: 'of unsigned' },
    ];
  });
};

const load = async (
  port: number,
  next: () => Buffer,
  status: number,
  connections = CONNECTIONS,
): Promise<LoadResult> => {
  const result = await runLoad({ port, connections, durationMs: ROUND_MS, next, status });
  if (result.failures > 0) throw new Error(`${result.failures} requests were not answered with ${status}`);
  return result;
};

const askForToken = async (port: number, signer: Signer | undefined): Promise<string> => {
  if (signer === undefined) throw new Error('the benchmark has no signer');
  const body = JSON.stringify({ scopes: ['ACCOUNTS_READ'] });
  const request = { method: 'POST', target: '/api/auth/token', host: `127.0.0.1:${port}`, body };
  const response = await fetch(`http://${request.host}${request.target}`, {
    method: 'POST',
    body,
    headers: signStrict(signer, request),
  });
  const { access_token: token } = (await response.json()) as { access_token: string };
  return token;
};

const GOOD_CONNECTIONS = 4;

/** Good callers alone, and the same beside a flood of requests with a wrong signature for a key that there is. */
const measureFlood = async (name: string, port: number, status: number, signers: Signers): Promise<Row[]> => {
  const [owner, victim] = signers['hmac-sha256'];
  if (owner === undefined || victim === undefined) throw new Error('the benchmark has no signer');
  const good = signRequest('legacy', owner, SIGNED);
  const bad = signRequest('legacy', { ...victim, key: 'not the secret' }, SIGNED);
  const goodLoad = () => load(port, () => good, 200, GOOD_CONNECTIONS);
  // Until the flood has used up what a failing address may do, its answers are 401.
  const flood = () =>
    runLoad({ port, connections: CONNECTIONS, durationMs: ROUND_MS, next: () => bad, status });
  await goodLoad();
  await flood();
  const [quiet = [], loud = []] = await interleave<{ good: LoadResult; flooded: number }>(
    [
      async () => ({ good: await goodLoad(), flooded: 0 }),
      async () => {
        const [kept, { requestsPerSecond }] = await Promise.all([goodLoad(), flood()]);
        return { good: kept, flooded: requestsPerSecond };
      },
    ],
    ROUNDS,
  );
  const p99 = (rounds: readonly { good: LoadResult }[]) => median(rounds.map((one) => one.good.p99Ms));
  const speed = (rounds: readonly { good: LoadResult }[]) =>
    median(rounds.map((one) => one.good.requestsPerSecond));
  return [
    { name: `flood, ${name}: refused`, value: median(loud.map((one) => one.flooded)), unit: `${status}s/s` },
    { name: `flood, ${name}: good callers, p99`, value: p99(loud), unit: 'ms' },
    { name: `flood, ${name}: good callers, p99 ratio`, value: p99(loud) / p99(quiet), unit: 'of quiet' },
    { name: `flood, ${name}: good callers`, value: speed(loud) / speed(quiet), unit: 'of quiet requests/s' },
  ];
};

/** Whether the time of an answer tells an unknown key from a wrong signature. */
const measureLikeness = async (port: number, signers: Signers): Promise<Row[]> => {
  const rows: Row[] = [];
  for (const algorithm of ALGORITHMS) {
    const [known, other] = signers[algorithm];
    if (known === undefined || other === undefined) throw new Error('the benchmark has no signer');
    const forged = { ...known, key: algorithm === 'hmac-sha256' ? 'not the secret' : other.key };
    const stranger = { ...forged, keyId: randomBytes(32).toString('hex') };
    const [unknown = [], wrong = []] = await interleave(
      [stranger, forged].map((signer) => {
        const request = signRequest('strict', signer, SIGNED);
        return () => load(port, () => request, 401, 1);
      }),
      ROUNDS,
    );
    const p50 = (rounds: readonly LoadResult[]) => median(rounds.map(({ p50Ms }) => p50Ms));
    rows.push({
      name: `unknown key against wrong signature, ${algorithm}: p50`,
      value: p50(unknown) / p50(wrong),
      unit: 'ratio',
      aim: '0.95 to 1.05',
    });
  }
  return rows;
};
