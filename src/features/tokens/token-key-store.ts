/** SQL of the keys that sign access tokens; they belong to no tenant. */
import type { Session } from '../../db/tenant-database.ts';

export interface TokenKeyRow {
  readonly generation: number;
  readonly kid: string;
  readonly privateJwe: string;
  readonly notBefore: Date;
  readonly retiresAt: Date;
}

export interface NewTokenKey extends TokenKeyRow {
  readonly publicJwk: object;
}

const LIST = {
  name: 'token-keys.list',
  text: `
    select generation, kid, private_jwe as "privateJwe", not_before as "notBefore", retires_at as "retiresAt"
      from token_keys where retires_at > $1 order by generation`,
};

const GREATEST_GENERATION = {
  name: 'token-keys.greatest-generation',
  text: 'select generation from token_keys where generation > 0 order by generation desc limit 1',
};

// Of several processes that make the next key, one wins; the others use its key.
const INSERT = {
  name: 'token-keys.insert',
  text: `
    insert into token_keys (generation, kid, public_jwk, private_jwe, not_before, retires_at)
    values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
};

export const createTokenKeyStore = (shared: Session) => ({
  /** Those that retire after `since`, oldest first. */
  list: (since: Date): Promise<TokenKeyRow[]> => shared.query<TokenKeyRow>(LIST, [since.toISOString()]),

  /** 0 when there never was a key. */
  async greatestGeneration(): Promise<number> {
    const [row] = await shared.query<{ generation: number }>(GREATEST_GENERATION, []);
    return row?.generation ?? 0;
  },

  /** Does nothing when another process made the key of that generation. */
  async insert(key: NewTokenKey): Promise<void> {
    await shared.query(INSERT, [
      key.generation,
      key.kid,
      JSON.stringify(key.publicJwk),
      key.privateJwe,
      key.notBefore.toISOString(),
      key.retiresAt.toISOString(),
    ]);
  },
});
