/** One line per request: who, what kind, how it ended. Never a path, a query, a header or a body. */
import type { ServerResponse } from 'node:http';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { RequestContext } from './request-context.ts';

export type LogAccess = (method: string, context: RequestContext, response: ServerResponse) => void;

/** To be called when the response has closed. */
export const createAccessLog =
  (logger: Logger, clock: Clock): LogAccess =>
  (method, context, response) => {
    logger.info('request', {
      method,
      // Undefined for what matched no route; the path would be the caller's own text.
      route: context.route,
      status: response.headersSent ? response.statusCode : undefined,
      ms: clock.now() - context.startedAt,
      requestId: context.requestId,
      tenant: context.actor?.tenantId,
      key: context.actor?.keyId,
      ...(response.writableFinished ? undefined : { aborted: true }),
    });
  };
