/**
 * Key-encryption keys of this process: read from a file or the environment, generated in development only.
 * Custody's root key and the gateway's key never meet in one process.
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ConfigError } from './config-error.ts';
import type { Config } from './config-schema.ts';

/** `root` is held by custody alone; `gateway` seals callers' own secrets. */
export type KekName = 'root' | 'gateway';

export interface Kek {
  /** First 16 hex digits of the key's SHA-256: names the key without telling it. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

const KEK_BYTES = 32;
// 32 random bytes have about 30 distinct values; fewer than 16 happens by chance less than once in 10^12.
const LEAST_DISTINCT_BYTES = 16;

const SETTINGS = {
  root: { value: 'rootKek', file: 'rootKekFile', variable: 'COUNTERSIGN_ROOT_KEK' },
  gateway: { value: 'gatewayKek', file: 'gatewayKekFile', variable: 'COUNTERSIGN_GATEWAY_KEK' },
} as const;

/** The path of a secret that development generates once and keeps. */
const generatedSecretPath = (dataDir: string, name: string): string => path.join(dataDir, 'secrets', name);

/** Throws ConfigError when the key is missing in production, weak, or readable by others. */
export const loadKek = (config: Config, name: KekName): Kek => {
  const setting = SETTINGS[name];
  const inline = config.secrets[setting.value];
  const file = config.secrets[setting.file];
  if (inline !== undefined) return toKek(inline, setting.variable);
  if (file !== undefined) return toKek(readSecretFile(file, setting.variable), setting.variable);
  if (config.environment === 'production') {
    throw new ConfigError([
      `${setting.variable}_FILE is not set: production needs its own key (openssl rand -hex 32 > file; chmod 0400 file)`,
    ]);
  }
  return toKek(ensureGeneratedSecret(config.dataDir, `${name}-kek`), setting.variable);
};

const PREVIOUS = {
  root: {
    values: 'previousRootKeks',
    files: 'previousRootKekFiles',
    variable: 'COUNTERSIGN_PREVIOUS_ROOT_KEKS',
    fileVariable: 'COUNTERSIGN_PREVIOUS_ROOT_KEK',
  },
} as const;

/** Keys before the one of `loadKek`: they open, and nothing new is sealed with them. Throws as it does. */
export const loadPreviousKeks = (config: Config, name: keyof typeof PREVIOUS): Kek[] => {
  const { values, files, variable, fileVariable } = PREVIOUS[name];
  return [
    ...(config.secrets[values] ?? []).map((text) => toKek(text, variable)),
    ...(config.secrets[files] ?? []).map((file) => toKek(readSecretFile(file, fileVariable), variable)),
  ];
};

/** Where custody writes checkpoints of the audit chains, and whoever verifies reads them. */
export const checkpointFolder = ({ audit, dataDir }: Pick<Config, 'audit' | 'dataDir'>): string =>
  audit.checkpointDir === undefined
    ? path.join(dataDir, 'audit')
    : path.resolve(dataDir, audit.checkpointDir);

/** Of the console at the identity provider of operators; undefined: it is a public client. */
export const loadOidcClientSecret = ({ admin }: Pick<Config, 'admin'>): string | undefined =>
  admin.oidcClientSecret ??
  (admin.oidcClientSecretFile === undefined
    ? undefined
    : readSecretFile(admin.oidcClientSecretFile, 'COUNTERSIGN_ADMIN_OIDC_CLIENT_SECRET'));

/** What is wrong with the keys that are given; one that is not given is missed by the process that needs it. */
export const kekProblems = (config: Config): string[] => {
  const ids: string[] = [];
  const problems = (Object.keys(SETTINGS) as KekName[]).flatMap((name) => {
    const { value, file } = SETTINGS[name];
    if (config.secrets[value] === undefined && config.secrets[file] === undefined) return [];
    try {
      ids.push(loadKek(config, name).id);
      return [];
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    }
  });
  for (const name of Object.keys(PREVIOUS) as (keyof typeof PREVIOUS)[])
    try {
      loadPreviousKeks(config, name);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
    }
  if (ids.length === 2 && ids[0] === ids[1]) {
    problems.push('COUNTERSIGN_ROOT_KEK and COUNTERSIGN_GATEWAY_KEK: must be two different keys');
  }
  return problems;
};

/** Reads a development secret, making it on first use: 32 random bytes as hex, mode 0400. */
export const ensureGeneratedSecret = (dataDir: string, name: string): string => {
  const file = generatedSecretPath(dataDir, name);
  if (!existsSync(file)) {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, randomBytes(KEK_BYTES).toString('hex'), { mode: 0o400, flush: true });
    renameSync(draft, file);
  }
  return readFileSync(file, 'utf8').trim();
};

const readSecretFile = (file: string, variable: string): string => {
  let mode: number;
  try {
    mode = statSync(file).mode;
  } catch {
    throw new ConfigError([`${variable}_FILE: cannot read ${file}`]);
  }
  if ((mode & 0o077) !== 0)
    throw new ConfigError([`${variable}_FILE: ${file} is open to others; chmod 0400 ${file}`]);
  return readFileSync(file, 'utf8').trim();
};

const toKek = (text: string, variable: string): Kek => {
  const key = /^[0-9a-fA-F]{64}$/.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  if (key.length !== KEK_BYTES)
    throw new ConfigError([`${variable}: needs 32 bytes as 64 hex digits or base64`]);
  if (new Set(key).size < LEAST_DISTINCT_BYTES) {
    throw new ConfigError([
      `${variable}: the key is too regular to be random; make one with: openssl rand -hex 32`,
    ]);
  }
  return { id: createHash('sha256').update(key).digest('hex').slice(0, 16), key };
};
