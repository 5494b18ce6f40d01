/** The sandbox's own API under /_sandbox/: accounts, faults and request counts, for tests and benchmarks. */
import type { z } from 'zod';
import {
  accountChangeInput,
  clockInput,
  faultInput,
  newAccountsInput,
  transferInput,
  venueQuery,
} from './admin-input.ts';
import { accountView, applyChange } from './account-change.ts';
import type { Asset } from './asset-universe.ts';
import { keysOfAddress } from './chains/address-keys.ts';
import type { FaultBook } from './faults.ts';
import type { Ledger, SandboxAccount } from './ledger.ts';
import type { RequestCounter } from './request-counter.ts';
import type { SandboxClock } from './sandbox-clock.ts';
import type { TestNetworks } from './test-networks.ts';
import { addTransfer } from './transfers.ts';
import { type SandboxKeys, type VenueId, deriveKeys, randomName } from './venue-keys.ts';
import { type Answer, type VenueRequest, json, parameters } from './venue.ts';
import { WALLETS } from './wallets.ts';

export interface AdminApi {
  handle(request: VenueRequest): Answer;
}

const ACCOUNTS = '/_sandbox/accounts/';
const TRANSFERS = '/transfers';

/** Carries the answer to bad input out of the depths. */
class Refusal extends Error {
  readonly answer: Answer;
  constructor(status: number, error: string) {
    super(error);
    this.answer = json(status, { error });
  }
}

export const createAdminApi = (deps: {
  seed: string;
  clock: SandboxClock;
  assets: ReadonlyMap<string, Asset>;
  ledger: Ledger;
  testNetworks: TestNetworks;
  faults: FaultBook;
  counter: RequestCounter;
}): AdminApi => {
  const openAccounts = (request: VenueRequest): Answer => {
    const input = parse(newAccountsInput, bodyOf(request));
    const { venue, name, count, testnet } = input;
    if (testnet && !deps.testNetworks.has(venue)) throw new Refusal(400, 'the venue has no test network');
    const ledger = testnet ? deps.testNetworks.ledger() : deps.ledger;
    const seed = testnet ? `${deps.seed}/testnet` : deps.seed;
    const created = Array.from({ length: count ?? 1 }, (_, index) => {
      const keysName = name === undefined ? randomName() : count === undefined ? name : `${name}/${index}`;
      const account = ledger.open({
        venue,
        keys:
          input.address === undefined
            ? deriveKeys(seed, venue, `account/${keysName}`)
            : addressKeys(venue, input.address),
        permissions: new Set(input.permissions ?? ['read', 'trade']),
        ipRestricted: input.ip_restricted ?? false,
        openedAtMs: request.nowMs,
      });
      applyChange(account, input);
      return account.keys;
    });
    return json(201, count === undefined ? created[0] : { accounts: created });
  };

  const account = (request: VenueRequest): SandboxAccount => {
    const key = keyIn(request.path);
    const found = deps.ledger.findByKey(key) ?? deps.testNetworks.ledger().findByKey(key);
    if (found === undefined) throw new Refusal(404, 'no account has this key');
    return found;
  };

  const closeAccount = (target: SandboxAccount): Answer => {
    for (const ledger of [deps.ledger, deps.testNetworks.ledger()]) ledger.close(target);
    return json(200, { closed: true });
  };

  const changeAccount = (request: VenueRequest): Answer => {
    const target = account(request);
    const change = parse(accountChangeInput, bodyOf(request));
    // PUT replaces whole wallets, PATCH only the assets that it names.
    if (request.method === 'PUT') {
      if (change.balances !== undefined) target.wallets.spot.clear();
      for (const wallet of WALLETS)
        if (change.wallets?.[wallet] !== undefined) target.wallets[wallet].clear();
    }
    applyChange(target, change);
    return json(200, accountView(target));
  };

  const addFault = (request: VenueRequest): Answer => {
    const fault = parse(faultInput, bodyOf(request));
    deps.faults.add(fault);
    return json(201, { added: fault.kind });
  };

  const transfer = (request: VenueRequest): Answer => {
    const target = account(request);
    const { at, ...input } = parse(transferInput, bodyOf(request));
    const asset = deps.assets.get(input.asset);
    if (asset === undefined) throw new Refusal(400, 'asset: there is no such asset');
    const timeMs = at === undefined ? request.nowMs : Date.parse(at);
    return json(201, addTransfer(target, { ...input, asset, timeMs }));
  };

  const setClock = (request: VenueRequest): Answer => {
    const input = parse(clockInput, bodyOf(request));
    if ('now' in input) deps.clock.freeze(input.now);
    else if ('advance_ms' in input) deps.clock.advance(input.advance_ms);
    else deps.clock.shift(input.offset_ms);
    return clockAnswer();
  };
  const clockAnswer = (): Answer => json(200, { now: deps.clock.now(), frozen: deps.clock.frozen });

  const venueOf = (request: VenueRequest) => parse(venueQuery, parameters(request.query).get('venue'));

  const route = (request: VenueRequest): Answer => {
    switch (`${request.method} ${endpointOf(request.path)}`) {
      case 'GET /_sandbox/health':
        return json(200, { status: 'ok', accounts: deps.ledger.size });
      case 'POST /_sandbox/accounts':
        return openAccounts(request);
      case 'GET /_sandbox/accounts/{api_key}':
        return json(200, accountView(account(request)));
      case 'PATCH /_sandbox/accounts/{api_key}':
      case 'PUT /_sandbox/accounts/{api_key}':
        return changeAccount(request);
      case 'DELETE /_sandbox/accounts/{api_key}':
        return closeAccount(account(request));
      case 'POST /_sandbox/accounts/{api_key}/transfers':
        return transfer(request);
      case 'GET /_sandbox/clock':
        return clockAnswer();
      case 'POST /_sandbox/clock':
        return setClock(request);
      case 'DELETE /_sandbox/clock':
        deps.clock.reset();
        return clockAnswer();
      case 'POST /_sandbox/faults':
        return addFault(request);
      case 'DELETE /_sandbox/faults':
        deps.faults.clear(venueOf(request));
        return json(200, { cleared: true });
      case 'GET /_sandbox/requests':
        return json(200, deps.counter.totals(venueOf(request)));
      case 'DELETE /_sandbox/requests':
        deps.counter.reset();
        return json(200, { reset: true });
      default:
        throw new Refusal(404, 'no such admin endpoint');
    }
  };

  return {
    handle: (request) => {
      try {
        // A page in a browser on this machine could reach the port: pages send Origin, tools do not.
        if (request.headers.origin !== undefined) throw new Refusal(403, 'not for browsers');
        return route(request);
      } catch (error) {
        if (error instanceof Refusal) return error.answer;
        if (error instanceof RangeError) return json(400, { error: error.message });
        throw error;
      }
    },
  };
};

const addressKeys = (venue: VenueId, address: string): SandboxKeys => {
  const keys = keysOfAddress(venue, address);
  if (keys === undefined) throw new Refusal(400, 'address: this is no address of the venue');
  return keys;
};

const bodyOf = (request: VenueRequest): unknown => {
  try {
    return JSON.parse(request.body.toString('utf8'));
  } catch {
    throw new Refusal(400, 'the body is not JSON');
  }
};

const parse = <Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> => {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`);
  throw new Refusal(400, problems.join('; '));
};

const endpointOf = (path: string): string => {
  if (!path.startsWith(ACCOUNTS)) return path;
  return `${ACCOUNTS}{api_key}${path.endsWith(TRANSFERS) ? TRANSFERS : ''}`;
};

/** Keys may hold slashes: in the path they are URL-encoded. */
const keyIn = (path: string): string => {
  const end = path.endsWith(TRANSFERS) ? -TRANSFERS.length : undefined;
  try {
    return decodeURIComponent(path.slice(ACCOUNTS.length, end));
  } catch {
    throw new Refusal(400, 'the key in the path is not URL-encoded');
  }
};
