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

const idOf = (what: string, describe: string) =>
  ({ type: 'string', demandOption: true, describe, coerce: readId(what) }) as const;

/** For `positional('tenant-id', TENANT_ID)`. */
export const TENANT_ID = idOf('tenant', 'Id of the tenant (countersign tenant list)');

/** For `positional('key-id', KEY_ID)`. */
export const KEY_ID = idOf('key', 'Id of the caller key (countersign key list)');

/** For `positional('admin-key-id', ADMIN_KEY_ID)`. */
export const ADMIN_KEY_ID = idOf('admin key', 'Id of the admin key (countersign admin key list)');
