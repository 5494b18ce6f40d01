/** Puts the custody process together: the only place that holds root keys, exchange secrets and ccxt. */
import { createTenantDatabase } from '../db/postgres-tenant-database.ts';
import type { TenantDatabase } from '../db/tenant-database.ts';
import { createCatalog } from '../exchanges/catalog.ts';
import { createCcxtAdapter } from '../exchanges/ccxt-adapter.ts';
import { CCXT_VENUES } from '../exchanges/ccxt-venues.ts';
import type { EgressPolicy } from '../exchanges/egress-gate.ts';
import { type ChainSettings, createChainWallets } from '../exchanges/chains/chain-wallets.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { DecimalString } from '../shared/money.ts';
import { credentialPrefix } from './credential-name.ts';
import { createCustodyService } from './custody-service.ts';
import { createCustodyStore, type CustodyStore } from './custody-store.ts';
import { createDecryptBudget, type DecryptLimits } from './decrypt-budget.ts';
import { startFreezeSwitch } from './freeze-switch.ts';
import { createCheckpointFile } from './checkpoint-file.ts';
import { createCheckpointKeys } from './checkpoint-keys.ts';
import { createCheckpointStore } from './checkpoint-store.ts';
import { startCheckpointWriter } from './checkpoint-writer.ts';
import { createKeyChain, type KeyChain } from './key-chain.ts';
import { createKeyMover } from './key-mover.ts';
import { createKeyRotationStore } from './key-rotation-store.ts';
import { startKeyRotator } from './key-rotator.ts';
import type { RootKeys } from './root-key.ts';
import { assertRootKeysKnown } from './root-key-check.ts';
import { createOpeningLog } from './opening-log.ts';
import { createPaperLedgerStore } from './paper-ledger-store.ts';
import { createPaperTrading } from './paper-trading.ts';
import { startTenantLimits } from './tenant-limits.ts';
import { startRpcServer } from './rpc-server.ts';

export interface CustodyConfig {
  /** Path of the Unix socket; its folder is made, and closed to everyone else. */
  readonly socketPath: string;
  /** Connects as the login role countersign_custody. */
  readonly databaseUrl: string;
  readonly rootKeys: RootKeys;
  /** Origin of the sandbox venues; absent: the real ones. */
  readonly sandboxUrl?: string;
  readonly chains: ChainSettings;
  /** What a new paper account starts with: amounts by asset. */
  readonly paperBalances: Readonly<Record<string, DecimalString>>;
  /** Bound of one exchange call with all its requests and retries. */
  readonly callDeadlineMs: number;
  /** How many exchange instances with keys are kept. */
  readonly privateInstances: number;
  readonly marketsMaxAgeMs?: number;
  /** Keep to the venues' request limits; when not given, with live venues only. */
  readonly throttle?: boolean;
  /** How venues that fail, or are asked too much, are treated. */
  readonly egress?: EgressPolicy;
  /** How many exchange keys may be opened in a minute. */
  readonly decryptLimits?: DecryptLimits;
  /** Calls at once; more are refused. */
  readonly maxInFlight?: number;
  /** Folder that audit checkpoints are written to, outside the database. */
  readonly checkpointFolder: string;
  /** Group that may use the socket beside our own user. */
  readonly socketGroupId?: number | undefined;
  readonly logger: Logger;
  readonly clock: Clock;
}

export interface Custody {
  close(): Promise<void>;
}

// Listings change a few times a day; an unknown new market only lacks a price until then.
const MARKETS_MAX_AGE_MS = 60 * 60 * 1_000;
// Several venues may be down, each with as many calls waiting as it may have, and the others still be served.
const MAX_IN_FLIGHT = 2_000;
const DEFAULT_DECRYPT_LIMITS: DecryptLimits = { tenantPerMinute: 1_200, totalPerMinute: 6_000 };

/** Resolves when custody serves calls. A failure leaves nothing behind. */
export const startCustody = async (config: CustodyConfig): Promise<Custody> => {
  const { logger, clock } = config;
  const catalog = createCatalog();
  const database = createTenantDatabase({
    url: config.databaseUrl,
    logger,
    applicationName: 'countersign-custody',
  });
  const store = createCustodyStore(database);
  const keyChain = createKeyChain({ store, rootKeys: config.rootKeys, clock });
  const adapter = await createCcxtAdapter({
    catalog,
    venues: CCXT_VENUES,
    clock,
    logger,
    sandboxUrl: config.sandboxUrl,
    localVenues: {
      paper_trading: createPaperTrading({
        store: createPaperLedgerStore(database),
        clock,
        startingBalances: config.paperBalances,
      }),
    },
    throttle: config.throttle,
    egress: config.egress,
    callDeadlineMs: config.callDeadlineMs,
    privateInstances: config.privateInstances,
    marketsMaxAgeMs: config.marketsMaxAgeMs ?? MARKETS_MAX_AGE_MS,
  });
  const wallets = createChainWallets({
    settings: config.chains,
    sandboxUrl: config.sandboxUrl,
    callDeadlineMs: config.callDeadlineMs,
    clock,
    logger,
  });
  const forgetKeys = (): void => {
    adapter.forgetAll();
    keyChain.forgetAll();
  };
  const freeze = startFreezeSwitch({
    store,
    databaseUrl: config.databaseUrl,
    logger,
    onFrozen: forgetKeys,
  });
  const limits = startTenantLimits({
    store,
    databaseUrl: config.databaseUrl,
    logger,
    onChanged: (tenantId) => {
      adapter.forgetAll(credentialPrefix(tenantId));
      keyChain.forgetAll();
    },
  });
  const upkeep: AsyncDisposable[] = [limits];
  const release = async (): Promise<void> => {
    await Promise.all(upkeep.map((each) => each[Symbol.asyncDispose]()));
    await freeze[Symbol.asyncDispose]();
    await adapter.close();
    await database[Symbol.asyncDispose]();
  };
  try {
    upkeep.push(...(await startUpkeep(config, database, store, keyChain)));
    const server = await startRpcServer({
      socketPath: config.socketPath,
      handlers: createCustodyService({
        store,
        keyChain,
        openings: createOpeningLog(store, forgetKeys),
        budget: createDecryptBudget(config.decryptLimits ?? DEFAULT_DECRYPT_LIMITS, clock),
        limits,
        freeze,
        adapter,
        wallets,
        catalog,
        logger,
      }),
      logger,
      maxInFlight: config.maxInFlight ?? MAX_IN_FLIGHT,
      groupId: config.socketGroupId,
    });
    return {
      close: async () => {
        await server.close();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
};

/** What custody does of its own: it signs the audit chains, and turns keys over. Throws ConfigError for a missing root key. */
const startUpkeep = async (
  config: CustodyConfig,
  database: TenantDatabase,
  store: CustodyStore,
  keyChain: KeyChain,
): Promise<AsyncDisposable[]> => {
  const { databaseUrl, rootKeys, clock, logger } = config;
  const rotations = createKeyRotationStore(database);
  await assertRootKeysKnown(rotations, rootKeys);
  const checkpoints = createCheckpointStore(database);
  const checkpointKeys = createCheckpointKeys({ store: checkpoints, rootKeys, logger });
  return [
    startCheckpointWriter({
      database,
      databaseUrl,
      store: checkpoints,
      keys: checkpointKeys,
      file: createCheckpointFile(config.checkpointFolder, clock),
      clock,
      logger,
    }),
    startKeyRotator({
      store,
      rotations,
      keyChain,
      mover: createKeyMover({ store, rotations, keyChain, logger }),
      checkpointKeys,
      rootKeys,
      databaseUrl,
      logger,
    }),
  ];
};
