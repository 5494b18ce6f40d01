/** What tests of the admin API do again and again: tenants, their keys and accounts, and what is written down. */
import { expect } from '@jest/globals';
import pg from 'pg';
import type { TestAdmin } from '../support/test-admin.ts';
import { createTestCaller, type TestAnswer, type TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../support/test-gateway.ts';

export interface Tenant {
  readonly id: string;
  readonly name: string;
  readonly status: string;
}

export interface IssuedKey {
  readonly id: string;
  readonly api_key: string;
  readonly api_secret: string;
}

export interface AuditRow {
  readonly action: string;
  readonly actor: string;
  readonly object: string;
  readonly outcome: string;
}

interface NewKey {
  readonly key: IssuedKey;
  readonly caller: TestCaller;
}

export interface AdminFixture {
  readonly gateway: TestGateway;
  readonly admin: TestAdmin;
  /** As the superuser. */
  readonly owner: pg.Pool;
  readonly newTenant: (name?: string) => Promise<Tenant>;
  readonly newKey: (tenant: Tenant, scopes?: readonly string[]) => Promise<NewKey>;
  /** Connects a Binance account of the sandbox. */
  readonly connect: (caller: TestCaller) => Promise<{ readonly id: number }>;
  readonly patch: (path: string, change: object) => Promise<TestAnswer>;
  readonly auditOf: (tenantId: string) => Promise<AuditRow[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

export const TENANTS = '/api/admin/tenants';

/** Dispose it in `afterAll`. */
export const startAdminFixture = async (options: TestGatewayOptions = {}): Promise<AdminFixture> => {
  const gateway = await startTestGateway(options);
  const admin = await gateway.newAdmin();
  const owner = new pg.Pool({ connectionString: gateway.database.ownerUrl, max: 2 });

  return {
    gateway,
    admin,
    owner,
    newTenant: async (name = 'Acme') => {
      const answer = await admin.post(TENANTS, { name });
      expect(answer.status).toBe(201);
      return answer.body as Tenant;
    },
    newKey: async (tenant, scopes = ['ACCOUNTS_READ', 'ACCOUNTS_WRITE', 'KEYS_WRITE']) => {
      const answer = await admin.post(`${TENANTS}/${tenant.id}/keys`, { name: 'First', scopes });
      expect(answer.status).toBe(201);
      const key = answer.body as IssuedKey;
      const { api_key: apiKey, api_secret: apiSecret } = key;
      const { baseUrl } = gateway;
      return { key, caller: createTestCaller({ baseUrl, tenantId: tenant.id, apiKey, apiSecret }) };
    },
    connect: async (caller) => {
      const keys = await gateway.sandbox.openAccount({ venue: 'binance', balances: { BTC: '1' } });
      const answer = await caller.post('/ver1/accounts/new', { type: 'binance', name: 'Main', ...keys });
      expect([answer.status, answer.text]).toEqual([201, expect.anything()]);
      return answer.body as { id: number };
    },
    patch: (target, change) =>
      admin.send({
        method: 'PATCH',
        target,
        body: JSON.stringify(change),
        headers: { 'Content-Type': 'application/json' },
      }),
    auditOf: async (tenantId) => {
      const { rows } = await owner.query<AuditRow>(
        'select action, actor, object, outcome from audit_log where tenant_id = $1 order by seq',
        [tenantId],
      );
      return rows;
    },
    async [Symbol.asyncDispose]() {
      await owner.end();
      await gateway[Symbol.asyncDispose]();
    },
  };
};

/** Changes reach other processes by NOTIFY: soon, and not at a moment that could be waited for. */
export const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + 5_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('it did not come true');
  }
};
