/** The dialect of the admin API: that of /api, under /api/admin. */
import type { Route } from '../../http/route.ts';
import type { Surface } from '../../http/surface.ts';
import { createApiSurface } from '../api/api-surface.ts';

const UNAUTHENTICATED = 401;

export const createAdminSurface = (routes: readonly Route[]): Surface => {
  const api = createApiSurface(routes);
  return {
    ...api,
    name: 'admin',
    root: '/api/admin',
    renderError: (error, requestId) => {
      const { headers, ...wire } = api.renderError(error, requestId);
      // Tokens do not count here.
      const challenge = { 'WWW-Authenticate': 'Signature realm="countersign admin"' };
      return { ...wire, headers: wire.status === UNAUTHENTICATED ? challenge : { ...headers } };
    },
  };
};
