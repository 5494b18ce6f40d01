/** `npm run demo`: the main job as an outside caller does it, with every step shown. */
import type { Account } from '../sdk/api-types.ts';
import { ApiError, NoAnswerError } from '../sdk/api-error.ts';
import { type Client, createClient } from '../sdk/client.ts';
import type { Attempt } from '../sdk/sender.ts';
import { accountTable } from './account-table.ts';
import { type DemoFile, readDemoFile } from './demo-file.ts';

type Print = (line: string) => void;

/** Connects the sandbox binance account, syncs it and lists all; throws when an answer is not the expected one. */
export const runDemo = async (dataDir: string, print: Print): Promise<void> => {
  const demo = readDemoFile(dataDir);
  print(`Gateway ${demo.baseUrl}, caller key ${demo.apiKey.slice(0, 8)}…\n`);
  const client = createClient({
    baseUrl: demo.baseUrl,
    key: { id: demo.apiKey, secret: demo.apiSecret },
    // What 3Commas clients do, who have nothing else.
    profile: 'legacy',
    onAttempt: (attempt) => printAttempt(attempt, print),
  });

  const account = await connect(client, demo, print);
  print(accountTable({ ...account }));

  print('\n— Balances, asked again');
  const loaded = await client.accounts.loadBalances({ account_id: account.id });
  print(`${loaded.btc_amount} BTC, ${loaded.usd_amount} USD`);

  print('\n— All accounts');
  for await (const { id, name, market_code, usd_amount } of client.accounts.each())
    print(`#${id}  ${name}  ${market_code}  ${usd_amount} USD`);
};

const connect = async (client: Client, demo: DemoFile, print: Print): Promise<Account> => {
  const keys = demo.sandbox.accounts['binance'];
  if (keys === undefined) throw new Error('demo.json has no sandbox account at binance');
  print('— Connect an account');
  try {
    const { api_key, secret } = keys;
    return await client.accounts.connect({ type: 'binance', name: 'Demo account', api_key, secret });
  } catch (error) {
    if (error instanceof NoAnswerError)
      throw new Error(`no gateway answers at ${demo.baseUrl}; start it in another terminal with: npm start`, {
        cause: error,
      });
    if (!(error instanceof ApiError) || !error.message.includes('already connected')) throw error;
  }
  print('It is connected since an earlier run; looking it up by its key.');
  const [found] = await client.accounts.list({ api_key: keys.api_key });
  if (found === undefined) throw new Error('the connected account is not in the list');
  return found;
};

const printAttempt = ({ method, url, headers, signedText, answer }: Attempt, print: Print): void => {
  print(`signed string  ${hideSecrets(signedText ?? '')}`);
  print(`request        ${method} ${hideSecrets(url)}`);
  for (const [name, value] of Object.entries(headers)) print(`               ${name}: ${value}`);
  if (answer === undefined) print('answer         none');
  else print(`answer         ${answer.status} (${answer.headers.get('x-request-id') ?? 'no request id'})`);
};

/** A terminal is a log too: the exchange secret is sent and signed, and not shown. */
const hideSecrets = (text: string): string =>
  text
    .replaceAll(/("(?:secret|passphrase)":")[^"]*"/g, '$1…"')
    .replaceAll(/(api_key(?:":"|=)\w{4})\w+/g, '$1…');
