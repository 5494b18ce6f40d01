/** `npm run demo`: the main job as an outside caller does it, with every step shown. */
import { type DemoFile, readDemoFile } from './demo-file.ts';
import { type SignedCall, signCall } from './legacy-signer.ts';
import { accountTable } from './account-table.ts';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

type Print = (line: string) => void;

/** Connects the sandbox binance account, syncs it and lists all; throws when an answer is not the expected one. */
export const runDemo = async (dataDir: string, print: Print): Promise<void> => {
  const demo = readDemoFile(dataDir);
  print(`Gateway ${demo.baseUrl}, caller key ${demo.apiKey.slice(0, 8)}…\n`);
  const account = await connect(demo, print);
  print(accountTable(account));

  const id = String(account['id']);
  print('\n— Balances, asked again');
  const loaded = await call(signCall(demo, 'POST', `/ver1/accounts/${id}/load_balances`), print);
  expectStatus(loaded, 201);
  const { btc_amount: btc, usd_amount: usd } = toRecord(loaded.body);
  print(`${String(btc)} BTC, ${String(usd)} USD`);

  print('\n— All accounts');
  const listed = await call(signCall(demo, 'GET', '/ver1/accounts'), print);
  expectStatus(listed, 200);
  for (const each of listed.body as readonly unknown[]) {
    const row = toRecord(each);
    print(
      `#${String(row['id'])}  ${String(row['name'])}  ${String(row['market_code'])}  ${String(row['usd_amount'])} USD`,
    );
  }
};

const connect = async (demo: DemoFile, print: Print): Promise<Readonly<Record<string, unknown>>> => {
  const keys = demo.sandbox.accounts['binance'];
  if (keys === undefined) throw new Error('demo.json has no sandbox account at binance');
  print('— Connect an account');
  const request = { type: 'binance', name: 'Demo account', ...keys };
  const answer = await call(signCall(demo, 'POST', '/ver1/accounts/new', request), print);
  if (answer.status !== 400 || !JSON.stringify(answer.body).includes('already connected')) {
    expectStatus(answer, 201);
    return toRecord(answer.body);
  }
  print('It is connected since an earlier run; looking it up by its key.');
  const found = await call(
    signCall(demo, 'GET', `/ver1/accounts?api_key=${encodeURIComponent(keys.api_key)}`),
    print,
  );
  expectStatus(found, 200);
  return toRecord((found.body as readonly unknown[])[0]);
};

const call = async (signed: SignedCall, print: Print): Promise<Answer> => {
  print(`signed string  ${hideSecrets(signed.signedString)}`);
  print(`request        ${signed.method} ${hideSecrets(signed.url)}`);
  for (const [name, value] of Object.entries(signed.headers)) print(`               ${name}: ${value}`);
  const response = await fetch(signed.url, {
    method: signed.method,
    headers: signed.headers,
    ...(signed.body !== '' && { body: signed.body }),
  });
  print(`answer         ${response.status} (${response.headers.get('x-request-id') ?? 'no request id'})`);
  return { status: response.status, body: await response.json() };
};

/** A terminal is a log too: the exchange secret is sent and signed, and not shown. */
const hideSecrets = (text: string): string =>
  text
    .replaceAll(/("(?:secret|passphrase)":")[^"]*"/g, '$1…"')
    .replaceAll(/(api_key(?:":"|=)\w{4})\w+/g, '$1…');

const expectStatus = (answer: Answer, status: number): void => {
  if (answer.status !== status) {
    throw new Error(
      `expected ${status}, the gateway answered ${answer.status}: ${JSON.stringify(answer.body)}`,
    );
  }
};

const toRecord = (value: unknown): Readonly<Record<string, unknown>> => {
  if (typeof value !== 'object' || value === null) throw new Error('the answer is not an object');
  return value as Readonly<Record<string, unknown>>;
};
