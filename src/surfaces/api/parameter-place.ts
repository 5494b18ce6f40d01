/** Where a parameter of an /api route stands: in the path, the query or the JSON body. */
import type { Route } from '../../http/route.ts';

export type Place = 'path' | 'query' | 'body';

export const hasBody = (route: Pick<Route, 'method'>): boolean =>
  route.method !== 'GET' && route.method !== 'DELETE';

export const placeOf = (name: string, route: Route): Place => {
  if (route.path.includes(`{${name}}`)) return 'path';
  return hasBody(route) && route.inQuery?.includes(name) !== true ? 'body' : 'query';
};
