/** `countersign serve`: everything on one machine. Starts the parts in order, keeps them running, stops them in order. */
import { mkdirSync } from 'node:fs';

import { seedDemo } from '../../seeds/demo.ts';
import type { Config } from '../config/config-schema.ts';
import type { Environment } from '../config/env.ts';
import { loadKek } from '../config/secrets.ts';
import { environmentOf, type PartName } from './part-environment.ts';
import { createTenantDatabase } from '../db/postgres-tenant-database.ts';
import { type DemoFile, writeDemoFile } from '../demo/demo-file.ts';
import { consoleLink, issueAdminLink } from '../features/administration/admin-link.ts';
import { systemClock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { type Child, type ReadyMessage, startChild } from './child.ts';
import { custodySocketPath } from './custody-socket.ts';
import { prepareDatabase } from './database-setup.ts';
import { localOperator } from './local-operator.ts';

export interface SupervisorOptions {
  readonly config: Config;
  readonly environment: Environment;
  /** The script that runs one part, given its name. */
  readonly entry: string;
  readonly logger: Logger;
}

export interface Supervisor {
  readonly baseUrl: string;
  /** Where an operator signs in to the console, this once; undefined: the admin API is off. */
  readonly consoleLink: string | undefined;
  readonly demoFile: string | undefined;
  readonly sandboxUrl: string | undefined;
  readonly databaseUrl: string;
  stop(): Promise<void>;
  /** Ends every part at once. */
  kill(): void;
}

// Longer than the 25 s that a gateway gives its requests.
const STOP_MS = 28_000;
const READY_MS = 30_000;

export const startSupervisor = async (options: SupervisorOptions): Promise<Supervisor> => {
  const { config, environment, logger } = options;
  // Postgres, when it runs as another user, has to pass through; nobody may list what is there.
  mkdirSync(config.dataDir, { recursive: true, mode: 0o711 });
  const database = await prepareDatabase(config, logger);
  const children: Child[] = [];

  const stop = async (): Promise<void> => {
    for (const child of [...children].reverse()) await child.stop();
    await database.stop();
  };

  /** The part's environment: what it needs and nothing that belongs to another part. */
  const start = async (
    name: PartName,
    extra: () => Environment,
    onReady: (message: ReadyMessage) => void,
  ) => {
    const child = await startChild(
      {
        name,
        entry: options.entry,
        environment: () => ({ ...environmentOf(name, environment), ...extra() }),
        logger,
        readyMs: READY_MS,
        stopMs: STOP_MS,
      },
      onReady,
    );
    children.push(child);
  };

  try {
    let sandbox: DemoFile['sandbox'] | undefined;
    if (config.exchanges.endpoint === 'sandbox' && config.sandbox.url === undefined) {
      // A sandbox that is started again listens where custody knows it.
      const port = (): string =>
        sandbox === undefined ? String(config.sandbox.port) : new URL(sandbox.url).port;
      await start(
        'sandbox',
        () => ({ COUNTERSIGN_SANDBOX_PORT: port() }),
        ({ url = '', facts }) => {
          sandbox = { url, accounts: facts as DemoFile['sandbox']['accounts'] };
        },
      );
    }
    const sandboxUrl = sandbox?.url ?? config.sandbox.url;
    const socketPath = custodySocketPath(config);
    const shared = { COUNTERSIGN_CUSTODY_SOCKET: socketPath };
    await start(
      'custody',
      () => ({
        ...shared,
        COUNTERSIGN_CUSTODY_DATABASE_URL: database.custodyUrl,
        ...(sandboxUrl !== undefined && { COUNTERSIGN_SANDBOX_URL: sandboxUrl }),
      }),
      () => undefined,
    );

    let baseUrl = '';
    let adminUrl: string | undefined;
    const port = (): string => (baseUrl === '' ? String(config.gateway.port) : new URL(baseUrl).port);
    const adminPort = (): Environment =>
      adminUrl === undefined ? {} : { COUNTERSIGN_ADMIN_PORT: new URL(adminUrl).port };
    await start(
      'gateway',
      () => ({
        ...shared,
        ...adminPort(),
        COUNTERSIGN_GATEWAY_DATABASE_URL: database.gatewayUrl,
        COUNTERSIGN_ADMIN_DATABASE_URL: database.adminUrl,
        COUNTERSIGN_PORT: port(),
      }),
      ({ url = '', facts }) => {
        baseUrl = url;
        adminUrl = (facts as { readonly adminUrl?: string }).adminUrl;
      },
    );
    await start(
      'worker',
      () => ({ ...shared, COUNTERSIGN_GATEWAY_DATABASE_URL: database.gatewayUrl }),
      () => undefined,
    );
    const demoFile = config.demo
      ? await seedAndDescribe(options, database.ownerUrl, baseUrl, sandbox)
      : undefined;
    return {
      baseUrl,
      consoleLink: await makeConsoleLink(options, database.ownerUrl, adminUrl),
      demoFile,
      sandboxUrl,
      databaseUrl: database.ownerUrl,
      stop,
      kill: () => children.forEach((child) => child.kill()),
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

/** In development alone: what a production process prints, others may read. */
const makeConsoleLink = async (
  { config, logger }: SupervisorOptions,
  ownerUrl: string,
  adminUrl: string | undefined,
): Promise<string | undefined> => {
  if (adminUrl === undefined || config.environment === 'production') return undefined;
  await using database = createTenantDatabase({
    url: ownerUrl,
    logger,
    applicationName: 'countersign-operator',
    maxConnections: 1,
  });
  const { token } = await issueAdminLink(database, localOperator(), systemClock);
  return consoleLink(config.admin.publicUrl ?? adminUrl, token);
};

const seedAndDescribe = async (
  { config, logger }: SupervisorOptions,
  ownerUrl: string,
  baseUrl: string,
  sandbox: DemoFile['sandbox'] | undefined,
): Promise<string> => {
  await using database = createTenantDatabase({
    url: ownerUrl,
    logger,
    applicationName: 'countersign-seed',
    maxConnections: 1,
  });
  const key = await seedDemo(database, loadKek(config, 'gateway').key);
  return writeDemoFile(config.dataDir, {
    baseUrl,
    ...key,
    sandbox: {
      url: sandbox?.url ?? config.sandbox.url ?? 'http://127.0.0.1',
      accounts: sandbox?.accounts ?? {},
    },
  });
};
