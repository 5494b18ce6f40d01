/** What the matrices are made of: the routes as declared, the places in them where an id stands, and how to send them. */
import { z } from 'zod';
import type { Route } from '../../src/http/route.ts';
import type { Surface } from '../../src/http/surface.ts';
import type { TestAnswer, TestCaller } from '../support/test-caller.ts';
import { type Parameters, sampleOf } from './route-samples.ts';

export type Thing = 'account' | 'credential' | 'portfolio' | 'key' | 'endpoint' | 'delivery' | 'job';

/** What an id parameter of that name names. */
export const THINGS: Readonly<Record<string, Thing>> = {
  account_id: 'account',
  allowed_account_ids: 'account',
  account_ids: 'account',
  endpoint_id: 'endpoint',
  delivery_id: 'delivery',
  credential_id: 'credential',
  portfolio_id: 'portfolio',
  key_id: 'key',
  job_id: 'job',
};

/** Names that end like an id and name nothing that a tenant owns. */
const NO_IDS = new Set(['customer_id', 'last_event_id', 'user_id']);

export interface ServedRoute {
  readonly surface: Surface;
  readonly route: Route;
}

export const servedRoutes = (surfaces: readonly Surface[]): ServedRoute[] =>
  surfaces.flatMap((surface) => surface.routes.map((route) => ({ surface, route })));

/** Every parameter of the route that is an id: in the path, the query or the body. */
export const idPlaces = ({ input, path }: Route): string[] => {
  const { properties = {} } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const names = new Set([...inPath, ...Object.keys(properties)]);
  return [...names].filter((name) => /(^|_)ids?$/.test(name) && !NO_IDS.has(name));
};

export type Id = number | string;

export type Ids = Readonly<Record<string, Id>>;

/** The route's sample with these ids, signed by the caller. */
export const sendSample = (
  caller: TestCaller,
  { route }: ServedRoute,
  ids: Ids,
  options: { readonly prefix?: string; readonly query?: string } = {},
): Promise<TestAnswer> => {
  const inPath = (name: string): boolean => route.path.includes(`{${name}}`);
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => String(ids[name] ?? 'missing'));
  const parameters: Parameters = {
    ...sampleOf(route.operationId),
    ...Object.fromEntries(
      Object.entries(ids)
        .filter(([name]) => !inPath(name))
        .map(([name, id]) => [name, name.endsWith('s') ? [id] : id]),
    ),
  };
  const target = (options.prefix ?? '') + path;
  const { method } = route;
  const reads = method === 'GET' || method === 'DELETE';
  const inQuery = (name: string): boolean => reads || route.inQuery?.includes(name) === true;
  const part = (wanted: boolean) =>
    Object.fromEntries(Object.entries(parameters).filter(([name]) => inQuery(name) === wanted));
  const query = [
    new URLSearchParams(part(true) as Record<string, string>).toString(),
    options.query ?? '',
  ].filter((part) => part !== '');
  return caller.send({
    method,
    target: query.length === 0 ? target : `${target}?${query.join('&')}`,
    ...(!reads && { body: JSON.stringify(part(false)), headers: { 'Content-Type': 'application/json' } }),
  });
};
