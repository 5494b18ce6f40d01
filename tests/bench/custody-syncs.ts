/** 200 balance syncs at once over all simulated venues, each with a key of its own; and custody's start. */
import { createCatalog } from '../../src/exchanges/catalog.ts';
import { EXCHANGE_IDS } from '../../src/sandbox/venue-keys.ts';
import { type CustodyRig, type StoredAccount, withCustodyRig } from './custody-rig.ts';
import { median, type Row } from './rounds.ts';

const SYNCS = 200;
const TENANTS_PER_VENUE = 4;
const ROUNDS = 5;
const STARTS = 5;
const MARKETS = 240;

interface Ticket extends StoredAccount {
  readonly marketCode: string;
}

interface Round {
  readonly ms: number;
  /** Answers with another account's balance: signed with another's key. */
  readonly mixed: number;
  readonly refused: readonly string[];
}

export const benchCustodySyncs = (): Promise<Row[]> =>
  withCustodyRig(MARKETS, async (rig) => {
    const starts: number[] = [];
    for (let start = 0; start < STARTS; start += 1) starts.push(await rig.restart());
    const loadedAtStart = (await rig.client.venueStates()).length;
    const idle = await rig.memory();

    const tickets = await openTickets(rig);
    await rig.restart();
    const cold = await runRound(rig, tickets);
    const warm: Round[] = [];
    for (let round = 0; round < ROUNDS; round += 1) warm.push(await runRound(rig, tickets));
    const all = [cold, ...warm];
    const refused = all.flatMap(({ refused: codes }) => codes);
    return [
      { name: 'custody: process start to ready', value: median(starts), unit: 'ms', aim: '<= 1000' },
      { name: 'custody: venues loaded by then', value: loadedAtStart, unit: 'venues', aim: '0' },
      { name: 'custody: memory by then', value: idle.rssMb, unit: 'MB' },
      {
        name: `${SYNCS} syncs of ${EXCHANGE_IDS.length} venues, nothing loaded or open`,
        value: cold.ms,
        unit: 'ms',
      },
      {
        name: `${SYNCS} syncs of ${EXCHANGE_IDS.length} venues, again`,
        value: median(warm.map(({ ms }) => ms)),
        unit: 'ms',
      },
      {
        name: "syncs answered with another's balance",
        value: all.reduce((sum, { mixed }) => sum + mixed, 0),
        unit: 'syncs',
        aim: '0',
      },
      {
        name: 'syncs refused for their nonce or time',
        value: refused.filter((code) => code === 'clock_skew').length,
        unit: 'syncs',
        aim: '0',
      },
      {
        name: `syncs refused${refused.length === 0 ? '' : ` (${[...new Set(refused)].join(', ')})`}`,
        value: refused.length,
        unit: 'syncs',
        aim: '0',
      },
      { name: 'custody with all of them: memory', value: (await rig.memory()).rssMb, unit: 'MB' },
    ];
  });

const openTickets = async (rig: CustodyRig): Promise<Ticket[]> => {
  const catalog = createCatalog();
  const tickets: Ticket[] = [];
  for (const [index, venue] of EXCHANGE_IDS.entries()) {
    const count = Math.floor(SYNCS / EXCHANGE_IDS.length) + (index < SYNCS % EXCHANGE_IDS.length ? 1 : 0);
    const marketCode = catalog.getVenue(venue).markets[0].code;
    const accounts = await rig.connectMany(venue, count, TENANTS_PER_VENUE);
    tickets.push(...accounts.map((account) => ({ ...account, marketCode })));
  }
  return tickets;
};

const runRound = async (rig: CustodyRig, tickets: readonly Ticket[]): Promise<Round> => {
  const started = performance.now();
  const ends = await Promise.all(
    tickets.map(async ({ ref, btc, marketCode }) => {
      try {
        const context = { requestId: 'bench', purpose: 'sync' } as const;
        const { balances } = await rig.client.fetchAccount(context, ref, marketCode);
        return balances.find(({ asset }) => asset === 'BTC')?.total === btc ? 'right' : 'mixed';
      } catch (error) {
        return { code: (error as { readonly code?: string }).code ?? 'unknown' };
      }
    }),
  );
  return {
    ms: performance.now() - started,
    mixed: ends.filter((end) => end === 'mixed').length,
    refused: ends.flatMap((end) => (typeof end === 'string' ? [] : [end.code])),
  };
};
