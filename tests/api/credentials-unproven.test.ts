/** Keys that come in while their exchange cannot be asked: kept, said to be unproven, and checked as soon as it can. */
import { describe, expect, test } from '@jest/globals';
import { useCredentials } from './credentials-fixture.ts';

const use = useCredentials();

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('an exchange that cannot be asked', () => {
  test.each(['server_error', 'html_200', 'hang', 'reset', 'maintenance', 'truncated_json'])(
    'with %s: the keys are kept, and said to be unproven',
    async (kind) => {
      const sent = await use.keys('kraken', { faults: [{ kind, path: '/0/private' }] });
      const stored = await use.store('kraken', sent, { permissions: ['read'] });
      expect(stored).toMatchObject({
        validation_status: 'exchange_unavailable',
        validation_error: expect.any(String),
        last_validation: null,
        permissions: ['read'],
        exchange_metadata: { permissions_source: 'declared' },
      });
    },
  );

  test('they can be used at once, and are checked next then', async () => {
    const sent = await use.keys('bitfinex', { faults: ['server_error'] });
    const { id } = await use.store('bitfinex', sent);
    const due = async (): Promise<boolean> => {
      const rows = await use.rows<{ due: boolean }>(
        `select due_at <= now() as due from jobs
          where tenant_id = $1 and credential_id = $2::uuid and kind = 'credential_check'`,
        [id],
      );
      return rows[0]?.due === true;
    };
    expect(await due()).toBe(false);
    await use.gateway.sandbox.changeAccount(sent.api_key, { faults: [] });
    expect(await use.sync(`exchange=bitfinex&credential_id=${id}`)).toMatchObject({
      body: { success: true },
    });
    expect((await use.get(id)).body).toMatchObject({
      validation_status: 'exchange_unavailable',
      last_used: expect.stringMatching(DATE),
    });
    expect(await due()).toBe(true);
  });
});
