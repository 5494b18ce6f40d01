/** The floor: Express built for speed, HMAC and the SQL itself, and nothing else a gateway needs. */
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import pg from 'pg';
import type { BenchCaller } from './bench-data.ts';
import { FLOOR_INSERTS, FLOOR_READS, FLOOR_SELECT } from './floor-statements.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as { databaseUrl: string; callers: BenchCaller[] };
const callers = new Map(options.callers.map((caller) => [caller.apiKey, caller]));
const pool = new pg.Pool({ connectionString: options.databaseUrl, max: 10 });

const app = express();
app.disable('etag');
app.disable('x-powered-by');
app.set('query parser', 'simple');

class FastRequest extends IncomingMessage {}
class FastResponse extends ServerResponse {}
Object.setPrototypeOf(FastRequest.prototype, app.request);
Object.setPrototypeOf(FastResponse.prototype, app.response);
app.request = FastRequest.prototype as unknown as typeof app.request;
app.response = FastResponse.prototype as unknown as typeof app.response;

const verify = (request: express.Request, body: Buffer): BenchCaller | undefined => {
  const { apikey, signature } = request.headers;
  const caller = callers.get(String(apikey));
  if (caller === undefined) return undefined;
  const expected = createHmac('sha256', caller.apiSecret).update(request.url).update(body).digest();
  const given = Buffer.from(String(signature), 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected) ? caller : undefined;
};

const send = (response: express.Response, status: number, value: unknown): void => {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
};

app.get('/hello', (_request, response) => send(response, 200, { hello: 'world' }));

for (const [path, statement] of Object.entries(FLOOR_READS)) {
  app.all(path, async (request, response) => {
    const caller = verify(request, Buffer.alloc(0));
    if (caller === undefined) {
      send(response, 401, {});
      return;
    }
    const id = (request.params as { id?: string }).id ?? request.query['credential_id'] ?? 0;
    const { rows } = await pool.query<Record<string, unknown>>({
      ...statement,
      values: [caller.tenantId, id],
    });
    send(response, request.method === 'POST' ? 201 : 200, rows);
  });
}

app.get('/ver1/accounts/:id', async (request, response) => {
  const caller = verify(request, Buffer.alloc(0));
  if (caller === undefined) {
    send(response, 401, {});
    return;
  }
  const { rows } = await pool.query<Record<string, unknown>>({
    ...FLOOR_SELECT,
    values: [caller.tenantId, request.params.id],
  });
  send(response, 200, rows[0]);
});

app.post('/ver1/accounts/new', async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const caller = verify(request, body);
  if (caller === undefined) {
    send(response, 401, {});
    return;
  }
  const { name } = JSON.parse(body.toString()) as { name: string };
  send(response, 201, await insertAll(caller.tenantId, name));
});

const insertAll = async (tenantId: string, name: string): Promise<unknown> => {
  const client = await pool.connect();
  try {
    await client.query(`begin; select set_config('app.tenant_id', '${tenantId}', true)`);
    const credentialId = randomUUID();
    let account: Record<string, unknown> | undefined;
    for (const { statement, values } of FLOOR_INSERTS) {
      const given = values({ tenantId, credentialId, name, accountId: account?.['id'] });
      const { rows } = await client.query<Record<string, unknown>>({ ...statement, values: given });
      account ??= rows[0];
    }
    await client.query('commit');
    return account;
  } finally {
    client.release();
  }
};

const server = createServer({ IncomingMessage: FastRequest, ServerResponse: FastResponse }, app);
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('SIGTERM', () => process.exit(0));
