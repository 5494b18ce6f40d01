/** A node of the simulated Ethereum: JSON-RPC, single and in batches, for what a watcher of balances asks. */
import type { Ledger } from '../ledger.ts';
import { type Answer, json, publicRoute, type Venue } from '../venue.ts';
import { callContract, etherOf } from './ethereum-contracts.ts';

const CHAIN_ID = 1;
const BLOCK_MS = 12_000;
const MOST_CALLS = 1_000;
const ADDRESS = /^0x[0-9a-f]{40}$/i;
const DATA = /^0x(?:[0-9a-f]{2})*$/i;

/** Codes of JSON-RPC 2.0 and EIP-1474. */
const CODES = {
  parse: -32700,
  invalidRequest: -32600,
  unknownMethod: -32601,
  invalidParams: -32602,
  limitExceeded: -32005,
  unavailable: -32002,
  unauthorized: -32000,
  reverted: 3,
} as const;

class RpcRefusal extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export const createEthereumNode = (ledger: Ledger): Venue => ({
  id: 'ethereumwallet',
  hosts: { 'ethereum-node': ['/'] },
  routes: new Map([['POST /', publicRoute((request) => answer(ledger, request.body, request.nowMs))]]),
  apiKeyOf: () => undefined,
  authenticate: () => refuse(401, CODES.unauthorized, 'Must be authenticated!'),
  errors: {
    invalidKey: () => refuse(401, CODES.unauthorized, 'Must be authenticated!'),
    permissionDenied: () => refuse(403, CODES.unauthorized, 'Forbidden'),
    notFound: () => ({ status: 404, body: Buffer.from('404 page not found\n') }),
    rateLimited: (seconds) =>
      refuse(429, CODES.limitExceeded, 'limit exceeded', { 'retry-after': seconds.toString() }),
    unavailable: (status) => refuse(status, CODES.unavailable, 'no healthy upstream'),
  },
});

const refuse = (
  status: number,
  code: number,
  message: string,
  headers?: Readonly<Record<string, string>>,
): Answer => json(status, { jsonrpc: '2.0', id: null, error: { code, message } }, headers);

const answer = (ledger: Ledger, body: Buffer, nowMs: number): Answer => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    return refuse(200, CODES.parse, 'parse error');
  }
  if (!Array.isArray(parsed)) return json(200, answerOne(ledger, parsed, nowMs));
  if (parsed.length === 0) return refuse(200, CODES.invalidRequest, 'empty batch');
  if (parsed.length > MOST_CALLS) return refuse(200, CODES.invalidRequest, 'batch too large');
  return json(
    200,
    parsed.map((call) => answerOne(ledger, call, nowMs)),
  );
};

const answerOne = (ledger: Ledger, call: unknown, nowMs: number): object => {
  const { id = null, method, params = [] } = isObject(call) ? call : {};
  const head = { jsonrpc: '2.0', id };
  try {
    if (typeof method !== 'string' || !Array.isArray(params))
      throw new RpcRefusal(CODES.invalidRequest, 'invalid request');
    return { ...head, result: resultOf(ledger, method, params, nowMs) };
  } catch (error) {
    if (!(error instanceof RpcRefusal)) throw error;
    return { ...head, error: { code: error.code, message: error.message } };
  }
};

const resultOf = (
  ledger: Ledger,
  method: string,
  params: readonly unknown[],
  nowMs: number,
): string | boolean => {
  switch (method) {
    case 'eth_chainId':
      return hex(BigInt(CHAIN_ID));
    case 'net_version':
      return CHAIN_ID.toString();
    case 'eth_blockNumber':
      return hex(BigInt(Math.floor(nowMs / BLOCK_MS)));
    case 'eth_syncing':
      return false;
    case 'eth_getBalance':
      return hex(etherOf(ledger, textOf(params[0], ADDRESS)));
    case 'eth_call':
      return ethCall(ledger, params[0]);
    default:
      throw new RpcRefusal(CODES.unknownMethod, `the method ${method} does not exist/is not available`);
  }
};

const ethCall = (ledger: Ledger, call: unknown): string => {
  const { to, data, input } = isObject(call) ? call : {};
  const target = textOf(to, ADDRESS).toLowerCase();
  const callData = Buffer.from(textOf(input ?? data ?? '0x', DATA).slice(2), 'hex');
  const outcome = callContract(ledger, target, callData);
  if (!outcome.success) throw new RpcRefusal(CODES.reverted, 'execution reverted');
  return `0x${outcome.data.toString('hex')}`;
};

/** A quantity: without leading zeros. */
const hex = (value: bigint): string => `0x${value.toString(16)}`;

const textOf = (value: unknown, form: RegExp): string => {
  if (typeof value !== 'string' || !form.test(value))
    throw new RpcRefusal(CODES.invalidParams, 'invalid argument 0');
  return value;
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
