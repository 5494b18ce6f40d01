/** JSON-RPC 2.0 to a chain's node: several calls in one HTTP request, each answer found by its id. */
import { AppError } from '../../shared/errors.ts';
import { badAnswer, type ChainHttp } from './chain-http.ts';
import type { NodeEndpoint } from './chain-reader.ts';

export interface RpcCall {
  readonly method: string;
  readonly params: readonly unknown[];
}

const HEX = /^0x[0-9a-f]*$/i;
/** EIP-1474: limit exceeded. Nodes that meter by JSON-RPC rather than by HTTP answer it. */
const LIMIT_EXCEEDED = -32005;

/** The results in the order of the calls, all of them hexadecimal; throws when one of them is refused. */
export const callBatch = async (
  http: ChainHttp,
  endpoint: NodeEndpoint,
  calls: readonly RpcCall[],
  signal: AbortSignal,
): Promise<string[]> => {
  const body = JSON.stringify(calls.map((call, id) => ({ jsonrpc: '2.0', id, ...call })));
  const answer = parse(await http.post(endpoint.url, endpoint.headers, body, signal));
  // A node that refuses the whole batch answers with a single object.
  const answers: readonly unknown[] = Array.isArray(answer) ? answer : [answer];
  for (const { error } of answers.filter(isObject)) if (error !== undefined) throw refusal(error);
  return calls.map((_, id) => {
    const own = answers.filter(isObject).find((item) => item['id'] === id);
    const result = own?.['result'];
    if (typeof result !== 'string' || !HEX.test(result)) throw badAnswer();
    return result;
  });
};

const refusal = (error: unknown): AppError => {
  const code = isObject(error) ? error['code'] : undefined;
  if (typeof code !== 'number') return badAnswer();
  return code === LIMIT_EXCEEDED
    ? new AppError('exchange_rate_limited', 'The chain limits our requests')
    : new AppError('exchange_error', 'The chain answered with an error');
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw badAnswer();
  }
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
