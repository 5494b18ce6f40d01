/** Walks a venue's trades from the oldest span to now, page by page; where it stands is a text that outlives processes. */
import { z } from 'zod';
import type { JsonObject } from './ccxt-exchange.ts';
import type { TradeRequest, TradeRows, TradeSource } from './ccxt-trade-source.ts';
import type { TradePage, TradeQuery, VenueTrade } from './trade-port.ts';

/** Where a walk stands. Without an end it rests: the next page opens a span that reaches towards now. */
const placeSchema = z.object({
  fromMs: z.int().min(0),
  untilMs: z.exactOptional(z.int().min(0)),
  list: z.exactOptional(z.int().min(0)),
  token: z.exactOptional(z.string()),
});
type Place = z.output<typeof placeSchema>;
type OpenPlace = Place & { readonly untilMs: number };

// A venue may list a trade some time after it happened, and its clock may be ahead of ours.
const OVERLAP_MS = 5 * 60_000;
// A span that ended so short a time ago needs no other behind it: the overlap covers what came since.
const RECENT_MS = 60_000;
// Spans without trades are skipped within one call, but not without end: the call has a deadline.
const MOST_REQUESTS = 20;

export interface Walk {
  readonly source: TradeSource;
  readonly query: TradeQuery;
  readonly nowMs: number;
  readonly ask: (request: Omit<TradeRequest, 'exchange' | 'market'>) => Promise<TradeRows>;
  /** Those of the market asked for, oldest first. */
  readonly parse: (rows: readonly JsonObject[]) => VenueTrade[];
}

export const walkTrades = async ({ source, query, nowMs, ask, parse }: Walk): Promise<TradePage> => {
  const sinceMs = query.since === null ? 0 : Math.max(0, Date.parse(query.since));
  const limit = Math.min(query.limit, source.mostRows);
  let place = readPlace(query.cursor) ?? { fromMs: sinceMs };
  for (let requests = 1; ; requests += 1) {
    const open = openSpan(source, place, nowMs);
    const { fromMs, untilMs, token } = open;
    const list = source.lists?.[open.list ?? 0] ?? '';
    const answer = await ask({ list, fromMs, untilMs, token, limit });
    const endMs = answer.resume === undefined ? untilMs : Number.POSITIVE_INFINITY;
    const trades = parse(answer.rows).filter(({ at }) => Date.parse(at) >= fromMs && Date.parse(at) <= endMs);
    const step = advance(source, open, answer, nowMs);
    place = step.place;
    if (step.isLast || trades.length > 0 || requests >= MOST_REQUESTS)
      return { trades, cursor: JSON.stringify(place), isLast: step.isLast };
  }
};

/** A cursor that does not read begins anew: what is stored already is not stored twice. */
const readPlace = (cursor: string | null): Place | undefined => {
  if (cursor === null) return undefined;
  try {
    return placeSchema.parse(JSON.parse(cursor));
  } catch {
    return undefined;
  }
};

const openSpan = ({ longestMs, keepsMs }: TradeSource, place: Place, nowMs: number): OpenPlace => {
  const { untilMs } = place;
  if (untilMs !== undefined) return { ...place, untilMs };
  const fromMs = keepsMs === undefined ? place.fromMs : Math.max(place.fromMs, nowMs - keepsMs);
  const end = longestMs === undefined ? nowMs : Math.min(nowMs, fromMs + longestMs);
  return { ...place, fromMs, untilMs: Math.max(fromMs, end) };
};

const advance = (
  { lists }: TradeSource,
  open: OpenPlace,
  { next, resume }: TradeRows,
  nowMs: number,
): { place: Place; isLast: boolean } => {
  const { fromMs, untilMs, list = 0 } = open;
  if (next !== undefined) return { place: { ...open, token: next }, isLast: false };
  if (resume !== undefined) return { place: { fromMs, token: resume }, isLast: true };
  if (list + 1 < (lists?.length ?? 1)) return { place: { fromMs, untilMs, list: list + 1 }, isLast: false };
  if (untilMs < nowMs - RECENT_MS) return { place: { fromMs: untilMs + 1 }, isLast: false };
  return { place: { fromMs: Math.max(0, untilMs - OVERLAP_MS) }, isLast: true };
};
