/** The sandbox's admin API for tests of the whole gateway: accounts with keys as callers send them, and faults. */
import type { Sandbox, SandboxKeys } from '../../src/sandbox/sandbox.ts';

export interface SandboxControl {
  readonly url: string;
  /** A new venue account; answers its keys in the wire's names. */
  openAccount(account: {
    readonly venue: string;
    readonly balances?: Readonly<Record<string, unknown>>;
    readonly permissions?: readonly string[];
    readonly [option: string]: unknown;
  }): Promise<SandboxKeys>;
  changeAccount(apiKey: string, change: Readonly<Record<string, unknown>>): Promise<void>;
  /** A deposit or withdrawal, which moves the balance too. */
  addTransfer(apiKey: string, transfer: Readonly<Record<string, unknown>>): Promise<void>;
  addFault(fault: {
    readonly venue: string;
    readonly kind: string;
    readonly [parameter: string]: unknown;
  }): Promise<void>;
  clearFaults(): Promise<void>;
  /** How often each endpoint of the venue was asked, by `METHOD /path`. */
  requests(venue: string): Promise<Readonly<Record<string, number>>>;
}

export const createSandboxControl = (sandbox: Pick<Sandbox, 'url'>): SandboxControl => {
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${sandbox.url}/_sandbox/${path}`, {
      method,
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`sandbox admin answered ${response.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  return {
    url: sandbox.url,
    async openAccount(account) {
      const { accounts } = (await ask('POST', 'accounts', { count: 1, ...account })) as {
        accounts: SandboxKeys[];
      };
      const [first] = accounts;
      if (first === undefined) throw new Error('the sandbox opened no account');
      // The rest of the answer says which venue and wallet it is; callers send keys alone.
      const { api_key, secret, passphrase, customer_id, address } = first;
      return {
        api_key,
        secret,
        ...(passphrase !== undefined && { passphrase }),
        ...(customer_id !== undefined && { customer_id }),
        ...(address !== undefined && { address }),
      };
    },
    async changeAccount(apiKey, change) {
      await ask('PATCH', `accounts/${encodeURIComponent(apiKey)}`, change);
    },
    async addTransfer(apiKey, transfer) {
      await ask('POST', `accounts/${encodeURIComponent(apiKey)}/transfers`, transfer);
    },
    async addFault(fault) {
      await ask('POST', 'faults', fault);
    },
    async requests(venue) {
      const totals = (await ask('GET', `requests?venue=${venue}`)) as Record<string, Record<string, number>>;
      return totals[venue] ?? {};
    },
    async clearFaults() {
      await ask('DELETE', 'faults');
    },
  };
};
