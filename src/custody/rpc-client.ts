/** The gateway's side of custody: the exchange port over a Unix socket. Calls fail fast and never hang. */
import { connect as connectSocket, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { CustodyReporter, CustodyStats, ExchangePort, SealingKeyIssuer } from '../exchanges/exchange.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { errorFields, type Logger } from '../shared/logger.ts';
import {
  createFrameReader,
  encodeFrame,
  METHODS,
  type Method,
  type Params,
  REQUEST_LIMIT_BYTES,
  RESPONSE_LIMIT_BYTES,
  type Result,
  type RpcResponse,
  responseSchema,
} from './rpc-protocol.ts';

export interface CustodyClient extends ExchangePort, SealingKeyIssuer, CustodyReporter {
  /** Throws custody_unavailable when custody does not answer; tells the venues it serves, and whether it is frozen. */
  ping(): Promise<{ readonly venues: readonly string[]; readonly frozen: boolean }>;
  stats(): Promise<CustodyStats>;
  close(): Promise<void>;
}

export interface CustodyClientOptions {
  readonly socketPath: string;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Total time of one call, as custody is told; the client waits a little longer for the answer. */
  readonly callDeadlineMs: number;
  /** Calls at once; more are refused. */
  readonly maxInFlight?: number;
}

interface Pending {
  resolve(response: RpcResponse): void;
  reject(error: AppError): void;
}

interface Link {
  readonly socket: Socket;
  readonly pending: Map<number, Pending>;
}

const DEFAULT_MAX_IN_FLIGHT = 2_000;
// The answer to a call that custody stopped at its deadline still has to arrive.
const ANSWER_GRACE_MS = 500;
const FIRST_BACK_OFF_MS = 50;
const LONGEST_BACK_OFF_MS = 2_000;
// A supervisor starts custody again within a second; together these are three.
const RECOVERY_WAITS_MS = [50, 100, 200, 400, 750, 1_500];

const away = (retryAfterMs?: number): AppError =>
  new AppError('custody_unavailable', 'The service that talks to exchanges is not available', {
    details: retryAfterMs === undefined ? {} : { retryAfterMs },
  });

export const createCustodyClient = (options: CustodyClientOptions): CustodyClient => {
  const { logger, clock, callDeadlineMs } = options;
  const maxInFlight = options.maxInFlight ?? DEFAULT_MAX_IN_FLIGHT;
  let link: Promise<Link> | undefined;
  const closing = new AbortController();
  let wasLost = false;
  let lastId = 0;
  let inFlight = 0;
  let failures = 0;
  let notBefore = 0;

  const open = async (): Promise<Link> => {
    let isOpen = false;
    const opened = await openLink(options.socketPath, () => {
      if (!isOpen) return;
      link = undefined;
      wasLost = true;
    });
    isOpen = true;
    return opened;
  };

  /** Custody that was there a moment ago is being started again: its callers wait for it instead of failing. */
  const reopen = async (): Promise<Link> => {
    for (const waitMs of RECOVERY_WAITS_MS) {
      try {
        return await open();
      } catch {
        await delay(waitMs, undefined, { signal: closing.signal });
      }
    }
    return await open();
  };

  /** The connection, opened on demand; after a failure the next attempt waits its turn and calls fail at once. */
  const connected = (): Promise<Link> => {
    if (closing.signal.aborted) return Promise.reject(away());
    if (link !== undefined) return link;
    const waitMs = notBefore - clock.now();
    if (waitMs > 0) return Promise.reject(away(waitMs));
    const opening = wasLost ? reopen() : open();
    wasLost = false;
    link = opening;
    opening.then(
      () => {
        failures = 0;
      },
      (error: unknown) => {
        link = undefined;
        notBefore = clock.now() + Math.min(FIRST_BACK_OFF_MS * 2 ** failures, LONGEST_BACK_OFF_MS);
        failures += 1;
        logger.warn('custody cannot be reached', errorFields(error));
      },
    );
    return opening;
  };

  const send = async (method: Method, params: object): Promise<RpcResponse> => {
    const { socket, pending } = await connected().catch((error: unknown) => {
      throw error instanceof AppError ? error : away();
    });
    lastId += 1;
    const id = lastId;
    const frame = encodeFrame({ id, method, deadlineMs: callDeadlineMs, params }, REQUEST_LIMIT_BYTES);
    return await new Promise<RpcResponse>((resolve, reject) => {
      const timer = setTimeout(() => settle(() => reject(away())), callDeadlineMs + ANSWER_GRACE_MS);
      const settle = (outcome: () => void): void => {
        clearTimeout(timer);
        pending.delete(id);
        outcome();
      };
      pending.set(id, {
        resolve: (response) => settle(() => resolve(response)),
        reject: (error) => settle(() => reject(error)),
      });
      socket.write(frame);
    });
  };

  const call = async <M extends Method>(method: M, params: Params<M>): Promise<Result<M>> => {
    if (inFlight >= maxInFlight) throw away();
    inFlight += 1;
    try {
      const response = await send(method, params);
      if ('error' in response)
        throw new AppError(response.error.code, response.error.message, { details: response.error.details });
      return METHODS[method].result.parse(response.result) as Result<M>;
    } finally {
      inFlight -= 1;
    }
  };

  return {
    ping: () => call('ping', {}),
    stats: () => call('stats', {}),
    ensureTenantKey: (tenantId) => call('ensureTenantKey', { tenantId }),
    connect: (context, ref, marketCodes) => call('connect', { context, ref, marketCodes: [...marketCodes] }),
    fetchAccount: (context, ref, marketCode) => call('fetchAccount', { context, ref, marketCode }),
    fetchTransfers: (context, ref, marketCode, since) =>
      call('fetchTransfers', { context, ref, marketCode, since }),
    fetchWallet: (context, wallet) => call('fetchWallet', { context, wallet }),
    fetchPrices: (context, venueId) => call('fetchPrices', { context, venueId }),
    fetchMarkets: (context, marketCode) => call('fetchMarkets', { context, marketCode }),
    fetchQuote: (context, marketCode, symbol) => call('fetchQuote', { context, marketCode, symbol }),
    fetchMaxLeverage: (context, ref, marketCode, symbol) =>
      call('fetchMaxLeverage', { context, ref, marketCode, symbol }),
    countOpenOrders: (context, ref, marketCode) => call('countOpenOrders', { context, ref, marketCode }),
    fetchNetworks: (context, ref, marketCode, asset) =>
      call('fetchNetworks', { context, ref, marketCode, asset }),
    fetchDepositAddress: (context, ref, marketCode, place) =>
      call('fetchDepositAddress', { context, ref, marketCode, place }),
    fetchTradeListing: (context, ref, marketCode) => call('fetchTradeListing', { context, ref, marketCode }),
    fetchTrades: (context, ref, marketCode, query) =>
      call('fetchTrades', { context, ref, marketCode, query }),
    fetchBnbBurn: (context, ref, marketCode) => call('fetchBnbBurn', { context, ref, marketCode }),
    setBnbBurn: (context, ref, marketCode, spot) => call('setBnbBurn', { context, ref, marketCode, spot }),
    fetchDustAssets: (context, ref, marketCode) => call('fetchDustAssets', { context, ref, marketCode }),
    fetchListing: (context, venueId, part) => call('fetchListing', { context, venueId, part }),
    fetchTicker: (context, venueId, symbol) => call('fetchTicker', { context, venueId, symbol }),
    fetchSpotQuotes: (context, venueId) => call('fetchSpotQuotes', { context, venueId }),
    checkVenue: (context, venueId, maxAgeMs) => call('checkVenue', { context, venueId, maxAgeMs }),
    venueStates: () => call('venueStates', {}),
    close: async () => {
      closing.abort();
      const last = await link?.catch(() => undefined);
      last?.socket.destroy();
    },
  };
};

const openLink = (socketPath: string, onClose: () => void): Promise<Link> =>
  new Promise((resolve, reject) => {
    const socket = connectSocket(socketPath);
    const pending = new Map<number, Pending>();
    const onMessage = (message: unknown): void => {
      const response = responseSchema.parse(message);
      pending.get(response.id)?.resolve(response);
    };
    const read = createFrameReader(RESPONSE_LIMIT_BYTES, onMessage);
    socket.on('data', (chunk: Buffer) => {
      try {
        read(chunk);
      } catch {
        socket.destroy();
      }
    });
    socket.once('connect', () => resolve({ socket, pending }));
    socket.on('error', reject);
    socket.on('close', () => {
      reject(new Error('the connection closed'));
      onClose();
      for (const waiting of [...pending.values()]) waiting.reject(away());
    });
  });
