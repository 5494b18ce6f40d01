/** Who gives the operator's commands, and the words that many of them read. */
import { userInfo } from 'node:os';
import { UsageError } from './usage-error.ts';

/** Named in audit rows. */
export const operator = (): string => `operator ${userInfo().username}`;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads the id of `what`; for `coerce`. */
const readId =
  (what: string) =>
  (word: string): string => {
    if (!UUID.test(word)) throw new UsageError(`${word} is no ${what} id`);
    return word.toLowerCase();
  };

const readOptionalId =
  (what: string) =>
  (word: string | undefined): string | undefined =>
    word === undefined ? undefined : readId(what)(word);

const idOf = (what: string, describe: string) =>
  ({ type: 'string', demandOption: true, describe, coerce: readId(what) }) as const;

/** For `option('tenant', optionalTenant('Only this tenant'))`. */
export const optionalTenant = (describe: string) =>
  ({ type: 'string', requiresArg: true, describe, coerce: readOptionalId('tenant') }) as const;

/** For `positional('tenant-id', TENANT_ID)`. */
export const TENANT_ID = idOf('tenant', 'Id of the tenant (countersign tenant list)');

/** For `positional('key-id', KEY_ID)`. */
export const KEY_ID = idOf('key', 'Id of the caller key (countersign key list)');

/** For `positional('sealing-key-id', SEALING_KEY_ID)`. */
export const SEALING_KEY_ID = idOf('sealing key', 'Id of the sealing key (countersign keys status)');

/** For `positional('admin-key-id', ADMIN_KEY_ID)`. */
export const ADMIN_KEY_ID = idOf('admin key', 'Id of the admin key (countersign admin key list)');

/** For `positional('endpoint-id', ENDPOINT_ID)`. */
export const ENDPOINT_ID = idOf('endpoint', 'Id of the webhook endpoint (countersign webhook list)');

const LARGEST_ACCOUNT_ID = 2_147_483_647;

/** For `positional('account-id', ACCOUNT_ID)`. */
export const ACCOUNT_ID = {
  type: 'string',
  demandOption: true,
  describe: 'Id of the account (countersign account list)',
  coerce: (word: string): number => {
    const id = /^[1-9]\d{0,9}$/.test(word) ? parseInt(word, 10) : Number.POSITIVE_INFINITY;
    if (id > LARGEST_ACCOUNT_ID) throw new UsageError(`${word} is no account id`);
    return id;
  },
} as const;
