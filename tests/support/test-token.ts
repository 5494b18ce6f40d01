/** Access tokens for tests: asked for with a caller's key, and sent in its place. */
import type { Scope } from '../../src/auth/actor.ts';
import { createTestCaller, type TestCaller } from './test-caller.ts';

let last = 0;

/** Each request for a token needs a moment of its own. */
export const nextMoment = (): number => {
  last = Math.max(Date.now(), last + 1);
  return last;
};

export const newToken = async (
  caller: TestCaller,
  scopes: readonly Scope[] = ['ACCOUNTS_READ', 'ACCOUNTS_WRITE'],
  more: Readonly<Record<string, unknown>> = {},
): Promise<string> => {
  const { status, text, body } = await caller.post('/api/auth/token', {
    scopes,
    timestamp: nextMoment(),
    ...more,
  });
  if (status !== 200) throw new Error(`asking for a token answered ${status}: ${text}`);
  return (body as { access_token: string }).access_token;
};

/** A caller who sends this token and nothing else. */
export const createBearerCaller = (caller: TestCaller, token: string): TestCaller =>
  createTestCaller({
    baseUrl: caller.baseUrl,
    tenantId: caller.tenantId,
    apiKey: caller.apiKey,
    apiSecret: caller.apiSecret,
    signer: () => ({ Authorization: `Bearer ${token}` }),
  });
