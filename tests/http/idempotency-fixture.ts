/** What the tests of Idempotency-Key have in common: requests with a key, and a look at what was stored. */
import { randomUUID } from 'node:crypto';
import type { TestAnswer, TestCaller } from '../support/test-caller.ts';
import type { TestGateway } from '../support/test-gateway.ts';

export interface Ask {
  readonly method?: string;
  readonly target: string;
  readonly parameters?: object;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const ask = (
  by: TestCaller,
  { method = 'POST', target, parameters, key, headers }: Ask,
): Promise<TestAnswer> =>
  by.send({
    method,
    target,
    ...(parameters !== undefined && { body: JSON.stringify(parameters) }),
    headers: {
      ...(parameters !== undefined && { 'Content-Type': 'application/json' }),
      ...(key !== undefined && { 'Idempotency-Key': key }),
      ...headers,
    },
  });

export const aPaperAccount = (name = 'Paper'): Ask => ({
  target: '/ver1/accounts/new',
  parameters: { type: 'paper_trading', name },
});

export const replayed = ({ headers }: TestAnswer): string | null => headers.get('idempotency-replayed');

/** Runs SQL as the owner; the tenant is the first parameter. */
export const queryAs = <Row extends object>(
  gateway: TestGateway,
  { tenantId }: TestCaller,
  text: string,
): Promise<Row[]> =>
  gateway.owner.session(tenantId).query<Row>({ name: `test.${randomUUID()}`, text }, [tenantId]);
