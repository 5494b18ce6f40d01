/** Runs every check of `countersign doctor`, each by itself: what one finds keeps no other from looking. */
import { ConfigError } from '../../config/config-error.ts';
import type { Config } from '../../config/config-schema.ts';
import { createTenantDatabase } from '../../db/postgres-tenant-database.ts';
import { findUnsafe, findUnsafeForAdmin } from '../../db/safety-checks.ts';
import type { Session, TenantDatabase } from '../../db/tenant-database.ts';
import { listTenants } from '../../features/tenants/tenant-store.ts';
import { findLoginUrls } from '../../processes/login-urls.ts';
import { withOwnerUrl } from '../../processes/owner-database.ts';
import { systemClock } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';
import {
  checkLogin,
  checkMigrations,
  checkPartitions,
  checkRoles,
  checkServer,
  explainConnection,
} from './database-checks.ts';
import { type Finding, ok, problem, skipped } from './finding.ts';
import { checkGatewayKey, checkKeyFile, checkKeyOwners, checkRootKey } from './key-checks.ts';
import { checkDataFolder, checkDisk, checkNode, checkPort } from './machine-checks.ts';
import { checkCustody, checkRedisServer } from './service-checks.ts';
import { checkUpkeep } from './upkeep-checks.ts';

/** `readConfig` throws ConfigError; then there is nothing to look at but this machine. */
export const examine = async (readConfig: () => Config, logger: Logger): Promise<Finding[]> => {
  const node = checkNode(process.versions.node);
  let config: Config;
  try {
    config = readConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [
      node,
      ...error.problems.map((sentence) =>
        problem('configuration', sentence, 'correct it in config/*.json or the environment'),
      ),
    ];
  }
  return [
    node,
    ok('configuration', `valid, for ${config.environment}`),
    await checkDataFolder(config),
    await checkDisk(config),
    await checkKeyFile(config, 'root'),
    await checkKeyFile(config, 'gateway'),
    ...(await checkKeyOwners(config)),
    ...(await checkDatabase(config, logger)),
    await checkCustody(config, logger),
    await checkRedisServer(config, logger),
    await checkPort({ check: 'gateway', ...config.gateway, variable: 'COUNTERSIGN_PORT' }),
    await checkAdmin(config),
  ];
};

const checkAdmin = ({ admin, database, environment }: Config): Promise<Finding> | Finding => {
  const { port, host } = admin;
  if (port === undefined)
    return skipped('admin', 'COUNTERSIGN_ADMIN_PORT is not set: console and admin API are off');
  if (environment === 'production' && database.adminUrl === undefined)
    return problem(
      'admin',
      'console and admin API are off, as they have no database role',
      'set COUNTERSIGN_ADMIN_DATABASE_URL of the gateway to the role countersign_admin',
    );
  return checkPort({ check: 'admin', host, port, variable: 'COUNTERSIGN_ADMIN_PORT' });
};

const checkDatabase = async (config: Config, logger: Logger): Promise<Finding[]> => {
  if (config.database.url === undefined && config.environment === 'production')
    return [
      skipped('database', 'DATABASE_URL is not given to this command: it looks at the rest alone'),
      ...(await checkLogins(config, undefined, logger)),
    ];
  try {
    return await withOwnerUrl(config, logger, async (url) => {
      await using database = connect(url, logger);
      return [...(await checkAsOwner(config, database)), ...(await checkLogins(config, url, logger))];
    });
  } catch (error) {
    return [explainConnection('database', 'DATABASE_URL', error)];
  }
};

const checkAsOwner = async (config: Config, database: TenantDatabase): Promise<Finding[]> => {
  const server = await checkServer(database, systemClock);
  const migrations = await checkMigrations(database);
  // Older tables are not there, and what is not migrated tells nothing about the rest.
  if (migrations.state !== 'ok') return [...server, migrations];
  const tenantIds = (await listTenants(database)).map(({ id }) => id);
  return [
    ...server,
    migrations,
    ...(await checkRoles(database)),
    await checkPartitions(database),
    await checkRootKey(config, database),
    await checkGatewayKey(config, database, tenantIds),
    ...(await checkUpkeep(database, tenantIds)),
  ];
};

const checkLogins = async (
  config: Config,
  ownerUrl: string | undefined,
  logger: Logger,
): Promise<Finding[]> => {
  const urls = findLoginUrls(config, ownerUrl);
  const askAs = (find: (session: Session) => Promise<string[]>) => async (url: string) => {
    await using database = connect(url, logger);
    return await find(database.shared);
  };
  // Custody's role is looked at from outside, among the roles: here it has to log in.
  const logsIn = async (session: Session): Promise<string[]> => {
    await session.query({ name: 'doctor.logs-in', text: 'select 1' }, []);
    return [];
  };
  return [
    ...(await checkLogin(
      'gateway login',
      'COUNTERSIGN_GATEWAY_DATABASE_URL',
      urls.gateway,
      askAs(findUnsafe),
    )),
    ...(await checkLogin('custody login', 'COUNTERSIGN_CUSTODY_DATABASE_URL', urls.custody, askAs(logsIn))),
    ...(await checkLogin(
      'admin login',
      'COUNTERSIGN_ADMIN_DATABASE_URL',
      urls.admin,
      askAs(findUnsafeForAdmin),
    )),
  ];
};

const connect = (url: string, logger: Logger): TenantDatabase =>
  createTenantDatabase({ url, logger, applicationName: 'countersign-doctor', maxConnections: 1 });
