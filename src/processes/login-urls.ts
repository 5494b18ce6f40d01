/** The connection strings of the login roles, as the parts of `serve` get them; for a command that looks at all of them. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../config/config-schema.ts';
import { ADMIN_ROLE, CUSTODY_ROLE, GATEWAY_ROLE } from '../db/roles.ts';

export interface LoginUrls {
  readonly gateway: string | undefined;
  readonly custody: string | undefined;
  readonly admin: string | undefined;
}

/** undefined: the string is given to another process, and not to this one. Makes nothing. */
export const findLoginUrls = (config: Config, ownerUrl: string | undefined): LoginUrls => {
  const { gatewayUrl, custodyUrl, adminUrl, url } = config.database;
  const derived = (role: string, name: string): string | undefined => {
    if (ownerUrl === undefined || !URL.canParse(ownerUrl)) return undefined;
    const login = new URL(ownerUrl);
    login.username = role;
    // The socket of the embedded Postgres is closed to other users: nobody has a password there.
    if (url !== undefined) {
      const file = path.join(config.dataDir, 'secrets', `${name}-database-password`);
      if (!existsSync(file)) return undefined;
      login.password = readFileSync(file, 'utf8').trim();
    }
    return login.toString();
  };
  return {
    gateway: gatewayUrl ?? derived(GATEWAY_ROLE, 'gateway'),
    custody: custodyUrl ?? derived(CUSTODY_ROLE, 'custody'),
    admin: adminUrl ?? derived(ADMIN_ROLE, 'admin'),
  };
};
