/**
 * Paper accounts: ccxt's requests are answered by the simulated venue in this process, on books that lie in Postgres.
 * The books are read for every request and written before its answer is given, so a restart loses nothing.
 */
import type { LocalVenue } from '../exchanges/ccxt-local-venue.ts';
import type { PaperVenue } from '../sandbox/paper-venue.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { DecimalString } from '../shared/money.ts';
import { readCredentialName } from './credential-name.ts';
import type { PaperLedgerStore } from './paper-ledger-store.ts';

type PaperRequest = Parameters<PaperVenue['answer']>[0];
type PaperAnswer = ReturnType<PaperVenue['answer']>;

// The request is answered anew on the newer books; each round, one of those who race gets through.
const ATTEMPTS = 10;

export const createPaperTrading = (deps: {
  readonly store: PaperLedgerStore;
  readonly clock: Clock;
  /** Amounts by asset of an account that is not stored yet. */
  readonly startingBalances: Readonly<Record<string, DecimalString>>;
}): LocalVenue => {
  const { store, clock } = deps;
  let made: Promise<PaperVenue> | undefined;
  /** The simulated venue is forty modules, which most custody processes never need. */
  const paperVenue = (): Promise<PaperVenue> =>
    (made ??= import('../sandbox/paper-venue.ts').then(({ createPaperVenue }) => createPaperVenue(clock)));

  const answerFor = async (credential: string, request: PaperRequest): Promise<PaperAnswer> => {
    const venue = await paperVenue();
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const answer = await tryToAnswer(venue, credential, request);
      if (answer !== undefined) return answer;
    }
    throw new AppError('exchange_error', 'The paper account is being changed by too many at once');
  };

  /** undefined: somebody else wrote the books meanwhile, and nothing of this request is in them. */
  const tryToAnswer = async (
    venue: PaperVenue,
    credential: string,
    request: PaperRequest,
  ): Promise<PaperAnswer | undefined> => {
    const { tenantId, credentialId } = readCredentialName(credential);
    const ledger = await store.find(tenantId, credentialId);
    const account = venue.openAccount(ledger?.opening ?? deps.startingBalances, ledger?.books ?? null);
    const before = venue.writeBooks(account);
    const answer = venue.answer(request, account);
    const books = venue.writeBooks(account);
    if (books === before) return answer;
    // While an account is being connected it is only looked at.
    if (ledger === undefined) throw new AppError('exchange_refused', 'The paper account is not stored yet');
    const change = { version: ledger.version, books, at: new Date(clock.now()) };
    return (await store.save(tenantId, credentialId, change)) ? answer : undefined;
  };

  return async (url, { method, headers, body }, credential) => {
    const request = toRequest(url, method, headers ?? {}, body ?? '', clock.now());
    const answer =
      credential === undefined
        ? (await paperVenue()).answer(request, undefined)
        : await answerFor(credential, request);
    return {
      status: answer.status,
      statusText: '',
      headers: answer.headers ?? {},
      text: () => Promise.resolve(answer.body.toString('utf8')),
    };
  };
};

/** Cut as text, as the transport to real venues does. */
const toRequest = (
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  nowMs: number,
): PaperRequest => {
  const target = url.slice(url.indexOf('/', url.indexOf('://') + 3));
  const mark = target.indexOf('?');
  return {
    method,
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? '' : target.slice(mark + 1),
    body: Buffer.from(body),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    nowMs,
  };
};
