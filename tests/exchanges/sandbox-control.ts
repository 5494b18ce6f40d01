/** Drives the sandbox's admin API from tests: accounts, faults, request counts. */
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { ExchangeKeys } from '../../src/exchanges/exchange.ts';

interface WireKeys {
  readonly api_key: string;
  readonly secret: string;
  readonly passphrase?: string;
  readonly customer_id?: string;
}

const toKeys = (keys: WireKeys): ExchangeKeys => ({
  apiKey: keys.api_key,
  secret: keys.secret,
  ...(keys.passphrase === undefined ? {} : { passphrase: keys.passphrase }),
  ...(keys.customer_id === undefined ? {} : { customerId: keys.customer_id }),
});

const admin = async (sandbox: Sandbox, method: string, path: string, body?: object): Promise<unknown> => {
  const response = await fetch(`${sandbox.url}/_sandbox/${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`sandbox admin: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
};

export const openAccounts = async (sandbox: Sandbox, input: object): Promise<ExchangeKeys[]> => {
  const answer = (await admin(sandbox, 'POST', 'accounts', { count: 1, ...input })) as {
    accounts: WireKeys[];
  };
  return answer.accounts.map(toKeys);
};

export const openAccount = async (sandbox: Sandbox, input: object): Promise<ExchangeKeys> => {
  const [keys] = await openAccounts(sandbox, input);
  if (keys === undefined) throw new Error('no account');
  return keys;
};

export const addTransfer = async (sandbox: Sandbox, apiKey: string, transfer: object): Promise<void> => {
  await admin(sandbox, 'POST', `accounts/${encodeURIComponent(apiKey)}/transfers`, transfer);
};

export const addFault = async (sandbox: Sandbox, fault: object): Promise<void> => {
  await admin(sandbox, 'POST', 'faults', fault);
};

export const clearFaults = async (sandbox: Sandbox): Promise<void> => {
  await admin(sandbox, 'DELETE', 'faults');
};

export const countRequests = async (sandbox: Sandbox, venue: string, part: string): Promise<number> => {
  const answer = JSON.stringify(await admin(sandbox, 'GET', `requests?venue=${venue}`));
  let total = 0;
  for (const [, endpoint, count] of answer.matchAll(/"([^"]+)":(\d+)/g)) {
    if (endpoint?.includes(part) === true) total += Number.parseInt(count ?? '0', 10);
  }
  return total;
};
