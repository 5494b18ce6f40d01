/** A venue on the loopback that gives scripted answers, for venues that the sandbox does not simulate. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCatalog } from '../../src/exchanges/catalog.ts';
import { type CcxtAdapter, createCcxtAdapter } from '../../src/exchanges/ccxt-adapter.ts';
import { CCXT_VENUES } from '../../src/exchanges/ccxt-venues.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createRecordingLogger } from './recording-logger.ts';

/** By `METHOD /path`: the body of the answer, or a status and the body. */
export type Script = Record<string, unknown>;

export interface ScriptedVenue extends AsyncDisposable {
  readonly adapter: CcxtAdapter;
  /** Endpoints in the order in which they were asked. */
  readonly asked: readonly string[];
}

export const refused = (status: number, body: unknown): unknown => ({ status, refusal: body });

export const startScriptedVenue = async (script: Script): Promise<ScriptedVenue> => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const endpoint = `${request.method ?? ''} ${(request.url ?? '').split('?')[0] ?? ''}`;
    asked.push(endpoint);
    const scripted = script[endpoint] ?? refused(404, { error: `nothing is scripted for ${endpoint}` });
    const answer =
      typeof scripted === 'object' && scripted !== null && 'refusal' in scripted
        ? (scripted as { status: number; refusal: unknown })
        : { status: 200, refusal: scripted };
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.refusal));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const adapter = await createCcxtAdapter({
    catalog: createCatalog(),
    venues: CCXT_VENUES,
    clock: systemClock,
    logger: createRecordingLogger(),
    sandboxUrl: `http://127.0.0.1:${port}`,
    callDeadlineMs: 10_000,
    privateInstances: 10,
    marketsMaxAgeMs: 3_600_000,
  });
  return {
    adapter,
    asked,
    [Symbol.asyncDispose]: async () => {
      await adapter.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
