/** /api route that explains a refused request to whoever sent it. */
import { EXPLAIN_PATH, type Explainer } from '../../auth/explainer.ts';
import { definePublicRoute, type Route } from '../../http/route.ts';
import type { Clock } from '../../shared/clock.ts';
import { explainParameters, explanationSchema, toExplanationWire, toSignedRequest } from './explain-wire.ts';

export const createExplainRoutes = (explainer: Explainer, clock: Clock): Route[] => [
  definePublicRoute({
    method: 'POST',
    path: EXPLAIN_PATH,
    operationId: 'explainRequest',
    summary: 'Say what was signed for a request, as the gateway reads it, and where your own text differs',
    input: explainParameters,
    output: explanationSchema,
    status: 200,
    errors: ['record_invalid', 'not_found'],
    handle: async ({ input, sent }) => {
      const request = input.request === undefined ? sent : toSignedRequest(input.request, sent);
      const own = { text: input.canonical, sha256: input.canonical_sha256 };
      return toExplanationWire(await explainer.explain(request, own), new Date(clock.now()));
    },
  }),
];
