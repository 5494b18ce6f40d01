/** What a production configuration must not contain: demo data, the sandbox, an embedded database, made-up secrets. */
import type { Config } from './config-schema.ts';

export const productionProblems = (config: Config): string[] => {
  const problems: string[] = [];
  if (config.demo) problems.push('demo (COUNTERSIGN_DEMO): production refuses demo data; set it to false');
  if (config.exchanges.endpoint === 'sandbox') {
    problems.push(
      'exchanges.endpoint (COUNTERSIGN_EXCHANGES): production refuses the sandbox; set it to live',
    );
  }
  const { url, gatewayUrl, custodyUrl } = config.database;
  if (url === undefined && gatewayUrl === undefined && custodyUrl === undefined) {
    problems.push(
      'database.url (DATABASE_URL): production needs a Postgres of its own; the embedded one is refused',
    );
  }
  const { host, port, publicUrl } = config.admin;
  const reachedAt =
    publicUrl ?? (port === undefined ? undefined : `http://${host.includes(':') ? `[${host}]` : host}`);
  if (reachedAt?.startsWith('http:') === true && !isThisMachine(reachedAt))
    problems.push(
      'admin.publicUrl (COUNTERSIGN_ADMIN_PUBLIC_URL): sessions of operators would cross the network in the clear; put TLS in front of the admin API and give its https URL, or leave admin.host at 127.0.0.1',
    );
  if (config.admin.oidcIssuer?.startsWith('https:') === false)
    problems.push('admin.oidcIssuer (COUNTERSIGN_ADMIN_OIDC_ISSUER): must be asked over https in production');
  for (const { issuer, jwksUri } of config.tokens.outside) {
    if (!jwksUri.startsWith('https:'))
      problems.push(`tokens.outside: the keys of ${issuer} must be read over https in production`);
  }
  return problems;
};

const isThisMachine = (url: string): boolean => {
  const hostname = URL.canParse(url) ? new URL(url).hostname : '';
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
};
