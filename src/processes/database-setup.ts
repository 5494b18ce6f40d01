/** The database of `serve`: the configured one, or a Postgres of our own that is kept running; migrated, with its roles. */
import path from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import type { Config } from '../config/config-schema.ts';
import { ensureGeneratedSecret } from '../config/secrets.ts';
import { startEmbeddedPostgres } from '../db/embedded-postgres.ts';
import { migrateDatabase } from '../db/migrate.ts';
import { ADMIN_ROLE, CUSTODY_ROLE, GATEWAY_ROLE } from '../db/roles.ts';
import { systemClock } from '../shared/clock.ts';
import { errorFields, type Logger } from '../shared/logger.ts';

export interface PreparedDatabase {
  /** Owner of the schema; for migrations and seeds, never for a part that serves. */
  readonly ownerUrl: string;
  readonly gatewayUrl: string;
  readonly custodyUrl: string;
  readonly adminUrl: string;
  stop(): Promise<void>;
}

export const DATABASE = 'countersign';
/** Of the embedded Postgres, in the data folder. */
export const EMBEDDED_FOLDER = 'postgres';

export const prepareDatabase = async (config: Config, logger: Logger): Promise<PreparedDatabase> => {
  const { url } = config.database;
  return url === undefined ? prepareEmbedded(config, logger) : prepareConfigured(config, url, logger);
};

const prepareEmbedded = async (config: Config, logger: Logger): Promise<PreparedDatabase> => {
  if (config.environment === 'production') {
    throw new ConfigError(['database.url (DATABASE_URL): production needs a Postgres of its own']);
  }
  const postgres = await startEmbeddedPostgres({
    // A folder of its own: started by root it belongs to another user, who must not own what lies beside it.
    dataDir: path.join(config.dataDir, EMBEDDED_FOLDER),
    runAsUser: config.database.embeddedUser,
    logger,
  });
  const restart = (): void => {
    postgres.ensureRunning().catch((error: unknown) => {
      logger.error('Postgres did not start again', errorFields(error));
    });
  };
  postgres.onExit(restart);
  try {
    await postgres.ensureDatabase(DATABASE);
    const ownerUrl = postgres.url('postgres', DATABASE);
    // The socket folder is closed to other users, so the roles log in without a password.
    await migrateDatabase(ownerUrl, { clock: systemClock, logger });
    return {
      ownerUrl,
      gatewayUrl: postgres.url(GATEWAY_ROLE, DATABASE),
      custodyUrl: postgres.url(CUSTODY_ROLE, DATABASE),
      adminUrl: postgres.url(ADMIN_ROLE, DATABASE),
      stop: () => postgres.stop(),
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
};

/** Where no URL is given for a login role, the role gets a password that is made once and kept in the data folder. */
const prepareConfigured = async (
  config: Config,
  ownerUrl: string,
  logger: Logger,
): Promise<PreparedDatabase> => {
  const { gatewayUrl, custodyUrl, adminUrl } = config.database;
  const gatewayPassword =
    gatewayUrl === undefined ? ensureGeneratedSecret(config.dataDir, 'gateway-database-password') : undefined;
  const custodyPassword =
    custodyUrl === undefined ? ensureGeneratedSecret(config.dataDir, 'custody-database-password') : undefined;
  const adminPassword =
    adminUrl === undefined ? ensureGeneratedSecret(config.dataDir, 'admin-database-password') : undefined;
  await migrateDatabase(ownerUrl, {
    clock: systemClock,
    logger,
    gatewayPassword,
    custodyPassword,
    adminPassword,
  });
  return {
    ownerUrl,
    gatewayUrl: gatewayUrl ?? withLogin(ownerUrl, GATEWAY_ROLE, gatewayPassword ?? ''),
    custodyUrl: custodyUrl ?? withLogin(ownerUrl, CUSTODY_ROLE, custodyPassword ?? ''),
    adminUrl: adminUrl ?? withLogin(ownerUrl, ADMIN_ROLE, adminPassword ?? ''),
    stop: () => Promise.resolve(),
  };
};

const withLogin = (ownerUrl: string, role: string, password: string): string => {
  if (!URL.canParse(ownerUrl)) {
    throw new ConfigError([
      'database.url (DATABASE_URL): needs the form postgresql://user:password@host:port/database',
    ]);
  }
  const url = new URL(ownerUrl);
  url.username = role;
  url.password = password;
  return url.toString();
};
