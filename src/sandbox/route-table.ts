/** Finds the route of a request: by its exact path, or by a path with names in braces such as `/products/{id}/book`. */
import type { VenueRoute } from './venue.ts';

interface FoundRoute {
  /** As declared, so that what is counted by it stays bounded. */
  readonly endpoint: string;
  readonly route: VenueRoute;
}

export interface RouteTable {
  find(method: string, path: string): FoundRoute | undefined;
}

interface Template extends FoundRoute {
  readonly pattern: RegExp;
}

/** `routes` by `METHOD /path`; an exact path wins over one with names, earlier names over later ones. */
export const createRouteTable = (routes: ReadonlyMap<string, VenueRoute>): RouteTable => {
  const templates: Template[] = [...routes]
    .filter(([endpoint]) => endpoint.includes('{'))
    .map(([endpoint, route]) => ({ endpoint, route, pattern: patternOf(endpoint) }));
  return {
    find: (method, path) => {
      const endpoint = `${method} ${path}`;
      const route = routes.get(endpoint);
      if (route !== undefined) return { endpoint, route };
      return templates.find((template) => template.pattern.test(endpoint));
    },
  };
};

/** A name stands for one segment, or for what is left of it: `{asset}_address`. */
const patternOf = (endpoint: string): RegExp =>
  new RegExp(`^${endpoint.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '[^/]+')}$`);

/** The n-th segment of a path, decoded; the first one after the leading slash is 0. */
export const segmentOf = (path: string, index: number): string => {
  const segment = path.split('/')[index + 1] ?? '';
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};
