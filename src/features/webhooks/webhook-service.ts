/** Use cases on webhook endpoints, for callers whose key may manage them. An endpoint hears of nothing its maker could not see. */
import { randomUUID } from 'node:crypto';
import type { Actor } from '../../auth/actor.ts';
import type { RefuseReplay } from '../../auth/replay-guard.ts';
import type { TenantDatabase, TenantSession } from '../../db/tenant-database.ts';
import { type ReceiverRules, whyNoReceiver } from '../../outbound/receiver-url.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError, invalidParameters } from '../../shared/errors.ts';
import { createAuditStore } from '../audit/audit-store.ts';
import { checkPatterns, showingScopes } from './event-pattern.ts';
import type { SignatureKind, WebhookEndpoint } from './webhook-endpoint.ts';
import { createWebhookEndpointStore } from './webhook-endpoint-store.ts';
import { makeWebhookSecret } from './webhook-secret.ts';

interface Asked {
  /** When the caller says that it asks, milliseconds since the epoch; needed of a request that could be a replay. */
  readonly askedAt: number | undefined;
}

export interface EndpointIntake extends Asked {
  readonly url: string;
  readonly description: string | null;
  readonly eventTypes: readonly string[];
  /** undefined: as the key that signs. */
  readonly accountIds: readonly number[] | null | undefined;
  readonly signature: SignatureKind;
}

/** What is undefined stays as it is. */
export interface EndpointChange extends Asked {
  readonly url?: string | undefined;
  readonly description?: string | null | undefined;
  readonly eventTypes?: readonly string[] | undefined;
  readonly enabled?: boolean | undefined;
}

/** `secret`, of hmac, is told this once; null for ed25519. */
export interface IssuedEndpoint {
  readonly endpoint: WebhookEndpoint;
  readonly secret: string | null;
}

/** All but reading throw access_denied for an access token, and for an endpoint that hears of more than the key may see. */
export interface WebhookService {
  /** Oldest first; `total` is of all pages. */
  list(
    actor: Actor,
    page: { readonly limit: number; readonly offset: number },
  ): Promise<{ readonly endpoints: readonly WebhookEndpoint[]; readonly total: number }>;
  get(actor: Actor, id: string): Promise<WebhookEndpoint>;
  /** Throws conflict when the tenant has as many as it may. */
  create(actor: Actor, intake: EndpointIntake): Promise<IssuedEndpoint>;
  update(actor: Actor, id: string, change: EndpointChange): Promise<WebhookEndpoint>;
  /** Ends an overlap that still runs. `overlapMs` 0: the secret before ends at once. */
  rotate(actor: Actor, id: string, rotation: Asked & { readonly overlapMs: number }): Promise<IssuedEndpoint>;
  remove(actor: Actor, id: string): Promise<void>;
}

export interface WebhookServiceDeps {
  readonly database: TenantDatabase;
  /** The gateway's key, 32 bytes. */
  readonly gatewayKek: Buffer;
  readonly refuseReplay: RefuseReplay;
  readonly clock: Clock;
  readonly rules: ReceiverRules;
  /** Endpoints of one tenant. */
  readonly mostEndpoints: number;
}

export const createWebhookService = (deps: WebhookServiceDeps): WebhookService => {
  const { database, clock, rules } = deps;
  const endpointsOf = (actor: Actor) => createWebhookEndpointStore(database.session(actor.tenantId));
  const now = (): string => new Date(clock.now()).toISOString();

  return {
    async list(actor, { limit, offset }) {
      const store = endpointsOf(actor);
      const [endpoints, total] = await Promise.all([store.list(limit, offset), store.count()]);
      return { endpoints, total };
    },

    async get(actor, id) {
      return foundEndpoint(isEndpointId(id) ? await endpointsOf(actor).find(id) : undefined);
    },

    async create(actor, intake) {
      refuseToken(actor);
      checkUrl(intake.url);
      const scopes = showingScopes(actor.scopes);
      const eventTypes = checkPatterns(intake.eventTypes, scopes);
      const accountIds = distinct(intake.accountIds ?? actor.accountIds);
      await deps.refuseReplay(actor, intake.askedAt, 'webhook.create');
      const id = randomUUID();
      const { url, description, signature } = intake;
      // Before the transaction: no cryptography while rows are held.
      const { tenantId } = actor;
      const made = await makeWebhookSecret(deps.gatewayKek, { tenantId, endpointId: id }, signature);
      const endpoint = await database.transact(tenantId, async (session) => {
        const store = createWebhookEndpointStore(session);
        await store.lockEvents();
        if (accountIds !== null && !(await store.hasAccounts(accountIds))) throw unknownAccount();
        if ((await store.countAll()) >= deps.mostEndpoints) throw tooMany(deps.mostEndpoints);
        const { secretJwe, publicKey } = made;
        const stored = await store.insert({
          ...{ id, url, description, eventTypes, scopes, accountIds, signature, publicKey, secretJwe },
          createdBy: actor.callerKeyId,
          at: now(),
        });
        await audit(session, actor, 'webhook.created', id);
        return stored;
      });
      return { endpoint, secret: made.secret };
    },

    update: (actor, id, change) =>
      changeEndpoint(actor, id, change, 'webhook.updated', async (store, before) => {
        if (change.url !== undefined) checkUrl(change.url);
        const disabled =
          change.enabled === undefined || change.enabled === (before.disabledAt === null)
            ? undefined
            : !change.enabled;
        return store.update(
          {
            ...before,
            url: change.url ?? before.url,
            description: change.description === undefined ? before.description : change.description,
            eventTypes:
              change.eventTypes === undefined
                ? before.eventTypes
                : checkPatterns(change.eventTypes, before.scopes),
            // Whoever switches it on answers for it: so it outlives the key that made it before.
            ...(change.enabled === true && { createdBy: actor.callerKeyId }),
            ...(disabled !== undefined && {
              disabledAt: disabled ? new Date(clock.now()) : null,
              disabledReason: disabled ? 'switched off by the tenant' : null,
            }),
          },
          now(),
        );
      }),

    async rotate(actor, id, { overlapMs, askedAt }) {
      const { signature } = await this.get(actor, id);
      const place = { tenantId: actor.tenantId, endpointId: id };
      const made = await makeWebhookSecret(deps.gatewayKek, place, signature);
      const { secretJwe, publicKey, secret } = made;
      const previousEndsAt = overlapMs === 0 ? null : new Date(clock.now() + overlapMs);
      const endpoint = await changeEndpoint(actor, id, { askedAt }, 'webhook.rotated', (store) =>
        store.rotate(id, { secretJwe, publicKey, previousEndsAt, at: now() }),
      );
      return { endpoint, secret };
    },

    async remove(actor, id) {
      // A request that comes back finds nothing to remove.
      await inTransaction(actor, id, 'webhook.removed', async (store) => store.remove(id, now()));
    },
  };

  /** The work of a change that a replayed request would undo or repeat. */
  async function changeEndpoint<T>(
    actor: Actor,
    id: string,
    { askedAt }: Asked,
    action: string,
    work: (store: Store, before: WebhookEndpoint) => Promise<T>,
  ): Promise<T> {
    refuseToken(actor);
    if (!isEndpointId(id)) throw noEndpoint();
    await deps.refuseReplay(actor, askedAt, `${action} ${id}`);
    return inTransaction(actor, id, action, work);
  }

  function inTransaction<T>(
    actor: Actor,
    id: string,
    action: string,
    work: (store: Store, before: WebhookEndpoint) => Promise<T>,
  ): Promise<T> {
    if (!isEndpointId(id)) throw noEndpoint();
    return database.transact(actor.tenantId, async (session) => {
      const store = createWebhookEndpointStore(session);
      await store.lockEvents();
      const before = foundEndpoint(await store.lock(id));
      refuseStronger(actor, before);
      const result = await work(store, before);
      await audit(session, actor, action, id);
      return result;
    });
  }

  function checkUrl(url: string): void {
    const problem = whyNoReceiver(url, rules);
    if (problem !== undefined) throw invalidParameters({ url: [problem] });
  }
};

type Store = ReturnType<typeof createWebhookEndpointStore>;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const isEndpointId = (id: string): boolean => UUID.test(id);

export const noEndpoint = (): AppError => new AppError('not_found', 'Not Found');

export const foundEndpoint = (endpoint: WebhookEndpoint | undefined): WebhookEndpoint => {
  if (endpoint === undefined) throw noEndpoint();
  return endpoint;
};

/** A token lives for minutes: what hears of all that happens must not live longer than what it was made with. */
const refuseToken = (actor: Actor): void => {
  if (actor.provenBy === 'bearer')
    throw new AppError(
      'access_denied',
      'Webhook endpoints are made and changed with signed requests, not with an access token',
    );
};

/** Whoever could point it elsewhere would hear of what its own key does not show. */
const refuseStronger = (actor: Pick<Actor, 'scopes'>, endpoint: WebhookEndpoint): void => {
  const lacking = endpoint.scopes.filter((scope) => !actor.scopes.has(scope));
  if (lacking.length > 0)
    throw new AppError(
      'access_denied',
      `This endpoint hears of more than the API key may see: it lacks ${lacking.join(', ')}`,
    );
};

const unknownAccount = (): AppError =>
  new AppError('not_found', 'account_ids names an account that does not exist');

const tooMany = (most: number): AppError =>
  new AppError(
    'conflict',
    `The tenant has ${most} webhook endpoints, which is as many as it may; remove one first`,
  );

const distinct = (ids: readonly number[] | null): readonly number[] | null =>
  ids === null ? null : [...new Set(ids)].sort((a, b) => a - b);

const audit = (session: TenantSession, actor: Actor, action: string, id: string): Promise<void> =>
  createAuditStore(session).append({
    actor: `key:${actor.callerKeyId}`,
    action,
    object: `webhook:${id}`,
    outcome: 'success',
    requestId: actor.requestId,
  });
