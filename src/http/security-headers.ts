/** Helmet's headers, computed once: with these options they are the same on every response. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';

/** Flat `[name, value, ...]`. Asks helmet itself, so that an update of it is an update of these. */
export const readSecurityHeaders = (): readonly string[] => {
  const headers: string[] = [];
  const recorder = {
    setHeader: (name: string, value: string) => headers.push(name, value),
    removeHeader: () => undefined,
  };
  const middleware = helmet({
    // The answers are data: nothing in them may load, run or be framed.
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    xFrameOptions: { action: 'deny' },
    // Left out: they speak to browsers of twenty years ago, or about pages that link and frame.
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    originAgentCluster: false,
  });
  middleware(Object.create(null) as IncomingMessage, recorder as unknown as ServerResponse, (error) => {
    if (error !== undefined) throw new Error('helmet refused its options', { cause: error });
  });
  return headers;
};
