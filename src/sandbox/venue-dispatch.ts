/** From a request to the venue's answer: host, route, faults, signature, permission, handler. */
import { type FaultBook, type FaultPlan, rightsUnderFault } from './faults.ts';
import { spoilAnswer, withBareNumbers } from './answer-types.ts';
import type { Ledger } from './ledger.ts';
import type { RequestCounter } from './request-counter.ts';
import { createRouteTable } from './route-table.ts';
import { type Answer, type Venue, type VenueRequest, type VenueRoute, isAnswer, json } from './venue.ts';

interface Dispatched {
  readonly plan: FaultPlan;
  /** The venue's answer; computed when the plan's delay is over. */
  answer(): Answer;
}

export interface VenueDispatch {
  /** undefined: no venue has this host. */
  dispatch(host: string, request: VenueRequest): Dispatched | undefined;
}

export const createVenueDispatch = (deps: {
  venues: readonly Venue[];
  ledger: Ledger;
  faults: FaultBook;
  counter: RequestCounter;
  /** Stands before the endpoints in the request counts. */
  label?: string;
}): VenueDispatch => {
  const byHost = new Map(
    deps.venues.flatMap((venue) => {
      const table = createRouteTable(venue.routes);
      return Object.entries(venue.hosts).map(([host, prefixes]) => [host, { venue, prefixes, table }]);
    }),
  );

  return {
    dispatch: (host, request) => {
      const target = byHost.get(host);
      if (target === undefined) return undefined;
      const { venue, prefixes, table } = target;
      const served = prefixes.some((prefix) => request.path.startsWith(prefix));
      const found = served ? table.find(request.method, request.path) : undefined;
      deps.counter.count(venue.id, found?.endpoint, deps.label);
      const holder = deps.ledger.find(venue.id, venue.apiKeyOf(request) ?? '');
      const plan = deps.faults.plan(venue, request, holder?.faults ?? []);
      const seen = plan.skewMs === 0 ? request : { ...request, nowMs: request.nowMs + plan.skewMs };
      const answer = (): Answer => answerOf(venue, found?.route, seen, plan);
      return { plan, answer: () => spoilAnswer(answer(), plan.spoilt) };
    },
  };
};

const answerOf = (
  venue: Venue,
  route: VenueRoute | undefined,
  request: VenueRequest,
  plan: FaultPlan,
): Answer => {
  if (typeof plan.outcome === 'object') return plan.outcome.answer;
  if (route === undefined) return venue.errors.notFound(request);
  if (route.security === 'public') return route.handle(request);
  const account = venue.authenticate(request);
  if (isAnswer(account)) return account;
  if (route.permission !== null && !account.permissions.has(route.permission))
    return venue.errors.permissionDenied();
  venue.settle?.(account, request.nowMs);
  const answer = route.handle(request, rightsUnderFault(account, plan));
  return account.bareNumbers ? withBareNumbers(answer) : answer;
};

export const unknownHost = (): Answer =>
  json(421, {
    error: 'x-sandbox-host names no simulated venue; without that header paths start with /_sandbox/',
  });
