/** Checks of the keys that stand above all others: who can read their files, and whether they open what is stored. */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from '../../config/config-schema.ts';
import { type Kek, type KekName, loadKek, loadPreviousKeks } from '../../config/secrets.ts';
import { unwrapKey } from '../../custody/root-key.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import { openCallerSecret } from '../../features/caller-keys/caller-secret.ts';
import { createDoctorStore, createTenantDoctorStore } from './doctor-store.ts';
import { type Finding, ok, problem, skipped, warning } from './finding.ts';

const VARIABLES = { root: 'COUNTERSIGN_ROOT_KEK', gateway: 'COUNTERSIGN_GATEWAY_KEK' } as const;

/** undefined: this command was not given the key, and none was made for development. */
const findKek = (config: Config, name: KekName): Kek | undefined => {
  const { secrets } = config;
  const isGiven =
    name === 'root'
      ? (secrets.rootKek ?? secrets.rootKekFile) !== undefined
      : (secrets.gatewayKek ?? secrets.gatewayKekFile) !== undefined;
  const isMade = config.environment !== 'production' && existsSync(generated(config, name));
  return isGiven || isMade ? loadKek(config, name) : undefined;
};

const generated = ({ dataDir }: Config, name: KekName): string =>
  path.join(dataDir, 'secrets', `${name}-kek`);

/** Its length, its mode and that both differ, the configuration has checked before. */
export const checkKeyFile = async (config: Config, name: KekName): Promise<Finding> => {
  const check = `${name} key`;
  const { rootKek, rootKekFile, gatewayKek, gatewayKekFile } = config.secrets;
  const [inline, file] = name === 'root' ? [rootKek, rootKekFile] : [gatewayKek, gatewayKekFile];
  const variable = VARIABLES[name];
  if (inline !== undefined)
    return config.environment === 'production'
      ? warning(
          check,
          `it stands in ${variable}, where whoever may look at the process sees it`,
          `put it into a file of mode 0400 and name that in ${variable}_FILE`,
        )
      : ok(check, `in ${variable}`);
  const place = file ?? generated(config, name);
  const found = await stat(place).catch(() => undefined);
  if (found === undefined) return skipped(check, `${variable}_FILE is not given to this command`);
  const folder = await stat(path.dirname(place));
  if ((found.mode & 0o077) !== 0)
    return problem(check, `${place} is open to other users`, `chmod 0400 ${place}`);
  if ((folder.mode & 0o022) !== 0 && (folder.mode & 0o1000) === 0)
    return problem(
      check,
      `other users may put another file in the place of ${place}`,
      `chmod go-w ${path.dirname(place)}`,
    );
  return ok(check, `${place}, of user ${found.uid} alone`);
};

/** Whether a gateway and custody on this machine run as users of their own. */
export const checkKeyOwners = async ({ secrets, environment }: Config): Promise<Finding[]> => {
  const { rootKekFile, gatewayKekFile } = secrets;
  if (rootKekFile === undefined || gatewayKekFile === undefined || environment !== 'production') return [];
  const [root, gateway] = await Promise.all([stat(rootKekFile), stat(gatewayKekFile)]);
  return root.uid === gateway.uid && root.uid !== 0
    ? [
        problem(
          'key owners',
          `user ${root.uid} owns both keys: a gateway that is broken into would read that of custody`,
          'let gateway and custody run as users of their own, each with its key',
        ),
      ]
    : [];
};

/** A database without keys fits any. */
export const checkRootKey = async (config: Config, database: TenantDatabase): Promise<Finding> => {
  const check = 'root key fits';
  const primary = findKek(config, 'root');
  if (primary === undefined) return skipped(check, 'the root key is not given to this command');
  const store = createDoctorStore(database.shared);
  const keks = [primary, ...loadPreviousKeks(config, 'root')];
  const used = await store.listRootKeys();
  const unknown = used.filter(({ kekId }) => !keks.some(({ id }) => id === kekId));
  if (unknown.length > 0)
    return problem(
      check,
      `the root key that is given is ${primary.id}, but ${unknown
        .map(({ kekId, count }) => `${count} stored keys are wrapped by ${kekId}`)
        .join(', ')}`,
      'give the key that belongs to this database; without it its exchange keys stay shut for ever',
    );
  const keys = Object.fromEntries(keks.map(({ id, key }) => [id, key]));
  for (const { kekId } of used) {
    const place = await store.findKeyOfRoot(kekId);
    if (place === undefined) continue;
    const { tenantId, keyId } = place;
    const wrapped = await createTenantDoctorStore(database.session(tenantId)).findWrapped(keyId);
    const where = { tenant: tenantId, key: keyId, domain: 'tenant-key' };
    const opens = await unwrapKey({ primary: primary.id, keys }, where, wrapped ?? '').then(
      () => true,
      () => false,
    );
    if (!opens)
      return problem(
        check,
        `sealing key ${keyId} of tenant ${tenantId} does not open`,
        'its row was changed: bring it back from a backup',
      );
  }
  return ok(check, used.length === 0 ? 'nothing is sealed yet' : `${primary.id} opens a stored sealing key`);
};

/** Tries one caller's secret. */
export const checkGatewayKey = async (
  config: Config,
  database: TenantDatabase,
  tenantIds: readonly string[],
): Promise<Finding> => {
  const check = 'gateway key fits';
  const kek = findKek(config, 'gateway');
  if (kek === undefined) return skipped(check, 'the gateway key is not given to this command');
  for (const tenantId of tenantIds) {
    const row = await createTenantDoctorStore(database.session(tenantId)).findCallerSecret();
    if (row === undefined) continue;
    const opens = await openCallerSecret(kek.key, { tenantId, callerKeyId: row.id }, row.sealed).then(
      () => true,
      () => false,
    );
    return opens
      ? ok(check, `${kek.id} opens a stored secret`)
      : problem(
          check,
          `gateway key ${kek.id} does not open the secret of caller key ${row.id}`,
          'give the key that belongs to this database; without it callers have to be given new secrets',
        );
  }
  return ok(check, 'no caller has a secret yet');
};
