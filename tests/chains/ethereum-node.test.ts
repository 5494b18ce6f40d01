// The simulated Ethereum node, asked by a real viem client.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createPublicClient, erc20Abi, http, type PublicClient } from 'viem';
import { mainnet } from 'viem/chains';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { openAccount } from '../sandbox/ccxt-client.ts';

const USDT = '0xdAC17F958D2ee523a2206206994597C13D831ec7';
const DAI = '0x6B175474E89094C44Da98b954EedeAC495271d0F';
const HOLDER = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
const NOBODY = '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359';

let sandbox: Sandbox;
let client: PublicClient;

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, seed: 'node', markets: 50 });
  await openAccount(sandbox, {
    venue: 'ethereumwallet',
    address: HOLDER,
    balances: { ETH: '1.000000000000000001', USDT: '12.5', DAI: '123456789012345678901234567890.5' },
  });
  const fetchOptions = { headers: { 'x-sandbox-host': 'ethereum-node' } };
  client = createPublicClient({
    chain: mainnet,
    transport: http(sandbox.url, { batch: true, retryCount: 0, fetchOptions }),
  });
});
afterAll(() => sandbox.close());

const post = async (body: string): Promise<unknown> => {
  const response = await fetch(sandbox.url, {
    method: 'POST',
    headers: { 'x-sandbox-host': 'ethereum-node', 'content-type': 'application/json' },
    body,
  });
  return response.json();
};

test('it is the main net and its blocks grow', async () => {
  const [chainId, block] = await Promise.all([client.getChainId(), client.getBlockNumber()]);
  expect(chainId).toBe(1);
  expect(block > 100_000_000n).toBe(true);
});

test('ether and tokens are what the ledger holds, to the last wei', async () => {
  expect(await client.getBalance({ address: HOLDER })).toBe(1_000_000_000_000_000_001n);
  expect(await client.getBalance({ address: NOBODY })).toBe(0n);
  const balanceOf = { abi: erc20Abi, functionName: 'balanceOf', args: [HOLDER] } as const;
  expect(await client.readContract({ address: USDT, ...balanceOf })).toBe(12_500_000n);
  expect(await client.readContract({ address: DAI, ...balanceOf })).toBe(
    123_456_789_012_345_678_901_234_567_890_500_000_000_000_000_000n,
  );
  expect(await client.readContract({ address: USDT, abi: erc20Abi, functionName: 'decimals' })).toBe(6);
});

test('a multicall tells which of its calls failed', async () => {
  const token = { address: USDT, abi: erc20Abi } as const;
  const answers = await client.multicall({
    contracts: [
      { ...token, functionName: 'balanceOf', args: [HOLDER] },
      { ...token, functionName: 'symbol' },
      { ...token, address: NOBODY, functionName: 'decimals' },
    ],
  });
  expect(answers.map(({ status }) => status)).toEqual(['success', 'failure', 'failure']);
  expect(answers[0].result).toBe(12_500_000n);
});

test('what it cannot do it refuses with the codes of JSON-RPC', async () => {
  const call = (method: string, params: unknown = []): string =>
    JSON.stringify({ jsonrpc: '2.0', id: 7, method, params });
  expect(await post('{')).toMatchObject({ error: { code: -32700 } });
  expect(await post('[]')).toMatchObject({ error: { code: -32600 } });
  expect(await post(call('eth_sendRawTransaction'))).toMatchObject({ id: 7, error: { code: -32601 } });
  expect(await post(call('eth_getBalance', ['0x1']))).toMatchObject({ error: { code: -32602 } });
  expect(await post(call('eth_call', [{ to: USDT, data: '0x12345678' }]))).toMatchObject({
    error: { code: 3 },
  });
  const multicall = '0xcA11bde05977b3631167028862bE2a173976CA11';
  const broken = `0x82ad56cb${'f'.repeat(128)}`;
  expect(await post(call('eth_call', [{ to: multicall, data: broken }]))).toMatchObject({
    error: { code: 3 },
  });
});
