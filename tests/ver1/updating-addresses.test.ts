/** POST /ver1/accounts/update of a watched address: the new one is looked at before it takes the old one's place. */
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { toEthereumChecksum } from '../../src/shared/chain-address.ts';
import { compare, multiply } from '../../src/shared/money.ts';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let caller: TestCaller;

beforeAll(async () => {
  gateway = await startTestGateway();
  caller = await gateway.newCaller();
});
afterAll(() => gateway[Symbol.asyncDispose]());
afterEach(() => gateway.sandbox.clearFaults());

const update = (parameters: Readonly<Record<string, unknown>>) =>
  caller.post('/ver1/accounts/update', parameters);

describe('an address', () => {
  const anAddress = async (eth: string): Promise<string> => {
    const address = toEthereumChecksum(`0x${randomBytes(20).toString('hex')}`);
    await gateway.sandbox.openAccount({ venue: 'ethereumwallet', address, balances: { ETH: eth } });
    return address;
  };
  const watch = async (address: string): Promise<number> => {
    const parameters = { type: 'ethereumwallet', name: 'My wallet', address };
    return ((await caller.post('/ver1/accounts/new', parameters)).body as { id: number }).id;
  };

  test('gives way to another one, with what lies there', async () => {
    const id = await watch(await anAddress('1'));
    const before = (await caller.get(`/ver1/accounts/${id}`)).body as { usd_amount: string };
    const address = await anAddress('100');
    const answer = await update({ account_id: id, address: address.toLowerCase(), api_key: 'ignored' });
    expect(answer).toMatchObject({ status: 201, body: { id, address } });
    const { usd_amount: after } = answer.body as { usd_amount: string };
    expect(compare(after, multiply(before.usd_amount, '50'))).toBeGreaterThan(0);
  });

  test('stays when the new one is bad, taken, or its chain down', async () => {
    const [first, second] = [await anAddress('1'), await anAddress('2')];
    const id = await watch(first);
    await watch(second);
    expect(await update({ account_id: id, address: '0x12' })).toMatchObject({
      status: 400,
      body: { error_attributes: { address: ['is invalid'] } },
    });
    expect(await update({ account_id: id, address: second })).toMatchObject({
      status: 400,
      body: { error_attributes: { address: ['This account is already connected!'] } },
    });
    const third = await anAddress('3');
    await gateway.sandbox.addFault({ venue: 'ethereumwallet', kind: 'server_error' });
    expect((await update({ account_id: id, address: third })).status).toBe(503);
    expect((await caller.get(`/ver1/accounts/${id}`)).body).toMatchObject({ address: first });
  });
});
