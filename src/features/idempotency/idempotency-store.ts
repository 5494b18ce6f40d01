/** SQL of requests under an Idempotency-Key and of the answers to them. */
import type { TenantSession } from '../../db/tenant-database.ts';

export interface RequestKey {
  readonly callerKeyId: string;
  readonly key: string;
}

export interface Claim extends RequestKey {
  readonly hash: Buffer;
  /** Names this try among those that may follow it. */
  readonly attempt: string;
  readonly now: Date;
  readonly leasedUntil: Date;
  readonly expiresAt: Date;
}

export interface KeptRequest {
  readonly hash: Buffer;
  readonly state: 'running' | 'done';
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly body: Buffer | null;
  readonly isSealed: boolean;
}

export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly isSealed: boolean;
}

// A request whose lease is over died with its process before it changed anything: what it changed would have been
// committed with its answer. Another request under its key is refused all the same, until the key's day is over.
const CLAIM = {
  name: 'idempotency.claim',
  text: `
    insert into idempotency_keys as k
      (tenant_id, caller_key_id, key, request_hash, state, attempt, created_at, leased_until, expires_at)
    values ($1, $2, $3, $4, 'running', $5, $6, $7, $8)
    on conflict (tenant_id, caller_key_id, key) do update
      set request_hash = $4, state = 'running', attempt = $5, created_at = $6, leased_until = $7, expires_at = $8,
          status = null, headers = null, body = null, is_sealed = false
      where k.expires_at <= $6 or (k.state = 'running' and k.leased_until <= $6 and k.request_hash = $4)
    returning attempt`,
};

const FIND = {
  name: 'idempotency.find',
  text: `
    select request_hash as "hash", state, status, headers, body, is_sealed as "isSealed"
      from idempotency_keys where tenant_id = $1 and caller_key_id = $2 and key = $3`,
};

const FINISH = {
  name: 'idempotency.finish',
  text: `
    update idempotency_keys set state = 'done', status = $5, headers = $6, body = $7, is_sealed = $8
     where tenant_id = $1 and caller_key_id = $2 and key = $3 and attempt = $4 and state = 'running'
    returning attempt`,
};

const RELEASE = {
  name: 'idempotency.release',
  text: `
    delete from idempotency_keys
     where tenant_id = $1 and caller_key_id = $2 and key = $3 and attempt = $4 and state = 'running'`,
};

// A few at a time, with each new request: the table of a tenant stays as small as its day.
const SWEEP = {
  name: 'idempotency.sweep',
  text: `
    delete from idempotency_keys k
     using (select caller_key_id, key from idempotency_keys
             where tenant_id = $1 and expires_at <= $2
             order by tenant_id, expires_at limit 20 for update skip locked) as gone
     where k.tenant_id = $1 and k.caller_key_id = gone.caller_key_id and k.key = gone.key`,
};

const COUNT_ALIVE = {
  name: 'idempotency.count-alive',
  text: `
    select count(*)::int as count
      from (select from idempotency_keys where tenant_id = $1 and expires_at > $2 limit $3) alive`,
};

export const createIdempotencyStore = (session: TenantSession) => {
  const { tenantId } = session;
  return {
    /** Answers whether the request may run now. */
    async claim(claim: Claim): Promise<boolean> {
      const { callerKeyId, key, hash, attempt, now, leasedUntil, expiresAt } = claim;
      const values = [tenantId, callerKeyId, key, hash, attempt, now, leasedUntil, expiresAt];
      return (await session.query(CLAIM, values)).length > 0;
    },

    async find({ callerKeyId, key }: RequestKey): Promise<KeptRequest | undefined> {
      const [row] = await session.query<KeptRequest>(FIND, [tenantId, callerKeyId, key]);
      return row;
    },

    /** false: another try has taken over, and its answer counts. */
    async finish({ callerKeyId, key }: RequestKey, attempt: string, answer: KeptAnswer): Promise<boolean> {
      const { status, headers, body, isSealed } = answer;
      const values = [tenantId, callerKeyId, key, attempt, status, JSON.stringify(headers), body, isSealed];
      return (await session.query(FINISH, values)).length > 0;
    },

    /** The key is free for another try. */
    async release({ callerKeyId, key }: RequestKey, attempt: string): Promise<void> {
      await session.query(RELEASE, [tenantId, callerKeyId, key, attempt]);
    },

    /** How many rows there are whose day is not over; at most `most`. */
    async countAlive(now: Date, most: number): Promise<number> {
      const [row] = await session.query<{ count: number }>(COUNT_ALIVE, [tenantId, now, most]);
      return row?.count ?? 0;
    },

    /** Removes some rows whose day is over. */
    async sweep(now: Date): Promise<void> {
      await session.query(SWEEP, [tenantId, now]);
    },
  };
};
