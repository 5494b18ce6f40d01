/** The dialect of the admin API: that of /api, under /api/admin. */
import type { Route } from '../../http/route.ts';
import type { ProofDescription, Surface } from '../../http/surface.ts';
import { createApiSurface } from '../api/api-surface.ts';

const UNAUTHENTICATED = 401;

/** A session changes nothing without its token; a signature of an admin key stands for itself. */
const OPERATORS_PROOF: ProofDescription = {
  schemes: {
    session: {
      type: 'apiKey',
      in: 'cookie',
      name: 'countersign-admin',
      description: 'A session of the console, `__Host-countersign-admin` over https',
    },
    csrfToken: {
      type: 'apiKey',
      in: 'header',
      name: 'X-CSRF-Token',
      description: 'csrf_token of GET /api/admin/session; needed with a session, for every change',
    },
    apiKey: { type: 'apiKey', in: 'header', name: 'Apikey', description: 'key_id of an admin key' },
    timestamp: { type: 'apiKey', in: 'header', name: 'X-Timestamp', description: 'Milliseconds since 1970' },
    nonce: {
      type: 'apiKey',
      in: 'header',
      name: 'X-Nonce',
      description: '22 to 64 characters, never sent before',
    },
    signature: {
      type: 'apiKey',
      in: 'header',
      name: 'Signature',
      description: 'Ed25519, under the profile strict or rfc9421, as callers sign',
    },
    signatureInput: { type: 'apiKey', in: 'header', name: 'Signature-Input' },
  },
  requirements: [
    { session: [], csrfToken: [] },
    { apiKey: [], timestamp: [], nonce: [], signature: [] },
    { signatureInput: [], signature: [] },
  ],
};

export const createAdminSurface = (routes: readonly Route[]): Surface => {
  const api = createApiSurface(routes);
  return {
    ...api,
    name: 'admin',
    root: '/api/admin',
    description: { ...api.description, ownProof: OPERATORS_PROOF },
    renderError: (error, requestId) => {
      const { headers, ...wire } = api.renderError(error, requestId);
      // Tokens do not count here.
      const challenge = { 'WWW-Authenticate': 'Signature realm="countersign admin"' };
      return { ...wire, headers: wire.status === UNAUTHENTICATED ? challenge : { ...headers } };
    },
  };
};
