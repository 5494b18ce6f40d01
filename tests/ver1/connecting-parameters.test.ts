/** What callers send to connect an account, wrong in each way: every problem is told at once, in the contract's words. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let caller: TestCaller;

beforeAll(async () => {
  gateway = await startTestGateway();
  caller = await gateway.newCaller();
});
afterAll(() => gateway[Symbol.asyncDispose]());

describe('parameters', () => {
  const bad: [string, Record<string, unknown>, Record<string, string[]>][] = [
    [
      'nothing',
      {},
      { type: ['is missing'], name: ['is missing'], api_key: ['is missing'], secret: ['is missing'] },
    ],
    [
      'empty texts',
      { type: '', name: ' ', api_key: '', secret: '' },
      {
        type: ['is empty'],
        name: ['is empty'],
        api_key: ['is empty'],
        secret: ['is empty'],
      },
    ],
    [
      'short texts',
      { type: 'binance', name: 'a', api_key: '1234', secret: '1234' },
      {
        name: ['is too short (minimum is 2 characters)'],
        api_key: ['is too short (minimum is 5 characters)'],
        secret: ['is too short (minimum is 5 characters)'],
      },
    ],
    [
      'wrong types',
      { type: 'binance', name: { a: 1 }, api_key: 12345, secret: ['x'] },
      {
        name: ['is invalid'],
        api_key: ['is invalid'],
        secret: ['is invalid'],
      },
    ],
    [
      'an unknown type',
      { type: 'mtgox', name: 'Gone', api_key: '12345', secret: '12345' },
      {
        type: ['does not have a valid value'],
      },
    ],
    [
      'a missing passphrase',
      { type: 'okex', name: 'No phrase', api_key: '12345', secret: '12345' },
      {
        passphrase: ['is missing'],
      },
    ],
    [
      'a key that cannot be one, and optional texts that are too long',
      {
        type: 'binance',
        name: 'Odd',
        api_key: 'käse-käse',
        secret: '12345',
        subaccount_name: 's'.repeat(9_000),
      },
      { api_key: ['is invalid'], subaccount_name: ['is too long (maximum is 255 characters)'] },
    ],
    [
      'texts that are too long',
      { type: 'binance', name: 'n'.repeat(256), api_key: 'k'.repeat(5_000), secret: '12345' },
      {
        name: ['is too long (maximum is 255 characters)'],
        api_key: ['is too long (maximum is 4096 characters)'],
      },
    ],
  ];
  test.each(bad)('%s: every problem is listed', async (_what, parameters, attributes) => {
    const answer = await caller.post('/ver1/accounts/new', parameters);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({
      error: 'record_invalid',
      error_description: 'Invalid parameters',
      error_attributes: attributes,
    });
  });

  test('unknown parameters are ignored, and a form body is as good as JSON', async () => {
    const keys = await gateway.sandbox.openAccount({ venue: 'binance', balances: { BTC: '1' } });
    const form = new URLSearchParams({ type: 'binance', name: 'Füller & Co', nonsense: '1', ...keys });
    const answer = await caller.send({
      method: 'POST',
      target: '/ver1/accounts/new?',
      body: form.toString(),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ name: 'Füller & Co' });
  });
});
