/** A small OpenID Connect provider for tests: everybody who comes is somebody already signed in there. */
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

export interface OidcServer {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Who is signed in there from now on, and what else the id token says. */
  person: JWTPayload;
  [Symbol.asyncDispose](): Promise<void>;
}

interface Grant {
  readonly challenge: string;
  readonly redirectUri: string;
  readonly nonce: string;
}

export const startOidcServer = async (): Promise<OidcServer> => {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
  const grants = new Map<string, Grant>();
  const [clientId, clientSecret] = ['console', randomBytes(16).toString('hex')];

  const json = (response: ServerResponse, status: number, body: object): void => {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(body));
  };

  const authorize = ({ searchParams: asked }: URL, response: ServerResponse): void => {
    const code = randomBytes(16).toString('hex');
    const redirectUri = asked.get('redirect_uri') ?? '';
    if (asked.get('code_challenge_method') !== 'S256' || asked.get('client_id') !== clientId) {
      json(response, 400, { error: 'invalid_request' });
      return;
    }
    grants.set(code, {
      challenge: asked.get('code_challenge') ?? '',
      redirectUri,
      nonce: asked.get('nonce') ?? '',
    });
    const back = new URL(redirectUri);
    back.search = new URLSearchParams({ code, state: asked.get('state') ?? '' }).toString();
    response.writeHead(302, { Location: back.href });
    response.end();
  };

  const token = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const sent = new URLSearchParams(await readText(request));
    const code = sent.get('code') ?? '';
    const grant = grants.get(code);
    grants.delete(code);
    const challenge = createHash('sha256')
      .update(sent.get('code_verifier') ?? '')
      .digest('base64url');
    const isGood =
      grant?.challenge === challenge &&
      grant.redirectUri === sent.get('redirect_uri') &&
      sent.get('client_secret') === clientSecret;
    if (!isGood) {
      json(response, 400, { error: 'invalid_grant' });
      return;
    }
    const idToken = await new SignJWT({ nonce: grant.nonce, ...server.person })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setIssuer(server.issuer)
      .setAudience(clientId)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(privateKey);
    json(response, 200, { access_token: 'unused', token_type: 'Bearer', id_token: idToken });
  };

  const listener = createServer((request, response) => {
    const url = new URL(request.url ?? '/', server.issuer);
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        json(response, 200, {
          issuer: server.issuer,
          authorization_endpoint: `${server.issuer}/authorize`,
          token_endpoint: `${server.issuer}/token`,
          jwks_uri: `${server.issuer}/jwks`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
        });
        break;
      case '/jwks':
        json(response, 200, { keys: [jwk] });
        break;
      case '/authorize':
        authorize(url, response);
        break;
      case '/token':
        void token(request, response);
        break;
      default:
        json(response, 404, {});
    }
  });
  await new Promise<void>((resolve) => {
    listener.listen(0, '127.0.0.1', resolve);
  });
  const server: OidcServer = {
    issuer: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    clientId,
    clientSecret,
    person: {},
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        listener.close(() => resolve());
        listener.closeAllConnections();
      }),
  };
  return server;
};

const readText = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};
