/**
 * Limits that several gateways share. Each gateway decides by itself, at no cost to the request, and tells the others
 * ten times a second what it let pass; a caller that takes fast is told of, and then waited for, sooner.
 */
import type { LocalRateLimiter, RateLimiter, Verdict } from './rate-limiter.ts';
import type { SharedTakes, Take } from './shared-takes.ts';

export interface TakeExchange extends Disposable {
  /** The limiter of one policy, e.g. `key`, which shares what it takes under that name. */
  join(policy: string, local: LocalRateLimiter): RateLimiter;
}

const TELL_EVERY_MS = 100;

/**
 * How much of a limit a gateway lets pass before the others must have heard of it: 5 %, at least one request. So
 * gateways together admit no more than the limit and this share for each gateway but one: 1,320 of 1,200 with three.
 */
const UNTOLD_SHARE = 0.05;

interface Member {
  readonly policy: string;
  readonly local: LocalRateLimiter;
  /** Requests taken, by key, that the others do not know of. */
  untold: Map<string, number>;
  /** Those that they are being told. */
  telling: ReadonlyMap<string, number>;
}

export const createTakeExchange = (shared: SharedTakes): TakeExchange => {
  const members: Member[] = [];
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  const tellAll = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    for (const member of members) {
      member.telling = member.untold;
      member.untold = new Map();
    }
    try {
      learnAll(members, await shared.add(members.flatMap(takesOf)));
    } catch {
      // Not told again: it may have arrived. Here it is counted, and there it is soon over.
    }
    for (const member of members) member.telling = NOTHING;
    running = undefined;
    if (members.some(({ untold }) => untold.size > 0)) tellSoon();
  };

  const tellNow = (): Promise<void> => (running ??= tellAll());

  const tellSoon = (): void => {
    timer ??= setTimeout(() => void tellNow(), TELL_EVERY_MS).unref();
  };

  const join = (policy: string, local: LocalRateLimiter): RateLimiter => {
    const member: Member = { policy, local, untold: new Map(), telling: NOTHING };
    members.push(member);
    const most = Math.max(1, Math.floor(local.limit * UNTOLD_SHARE));

    const isAhead = (key: string): boolean =>
      (member.untold.get(key) ?? 0) + (member.telling.get(key) ?? 0) >= most && shared.isReady();

    const takeHere = (key: string): Verdict => {
      const verdict = local.take(key);
      if (!verdict.allowed || !shared.isReady()) return verdict;
      const untold = (member.untold.get(key) ?? 0) + 1;
      member.untold.set(key, untold);
      // Halfway, so that the answer is there before anyone has to wait for it.
      if (untold * 2 >= most) void tellNow();
      else tellSoon();
      return verdict;
    };

    const takeOnceTold = async (key: string): Promise<Verdict> => {
      while (isAhead(key) && local.peek(key).allowed) await tellNow();
      return takeHere(key);
    };

    return {
      take: (key) => (isAhead(key) ? takeOnceTold(key) : takeHere(key)),
      peek: (key) => local.peek(key),
    };
  };

  return {
    join,
    [Symbol.dispose]: () => clearTimeout(timer),
  };
};

const NOTHING: ReadonlyMap<string, number> = new Map();

const takesOf = ({ policy, local, telling }: Member): Take[] =>
  [...telling].map(([key, count]) => ({ key: `${policy}:${key}`, micros: count * local.spacingMicros }));

/** `aheads` in the order of `takesOf`. */
const learnAll = (members: readonly Member[], aheads: readonly number[]): void => {
  let at = 0;
  for (const { local, telling, untold } of members) {
    for (const key of telling.keys()) {
      const ahead = aheads[at++] ?? 0;
      local.learn(key, ahead + (untold.get(key) ?? 0) * local.spacingMicros);
    }
  }
};
