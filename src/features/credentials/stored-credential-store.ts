/** SQL of stored credentials as their owner sees them. The sealed column is written elsewhere and never read here. */
import type { TenantSession } from '../../db/tenant-database.ts';
import type { KnownFacts } from './sent-keys.ts';
import type { CredentialMetadata, Permission, StoredCredential } from './stored-credential.ts';

/** What credentials are looked for by; one that was named so belongs to it as well (`binance` with `use_us`). */
export interface ExchangeFilter {
  readonly name: string;
  readonly venueId: string;
}

/** What is null stays as it is. */
export interface CredentialEdit {
  readonly name: string | null;
  readonly declaredPermissions: readonly Permission[] | null;
  readonly ipWhitelist: readonly string[] | null;
  readonly metadata: CredentialMetadata | null;
  readonly isActive: boolean | null;
  readonly at: string;
}

/** Where a credential's keys are, and which exchange they are for. */
export interface ChosenKeys
  extends Pick<
    StoredCredential,
    'venueId' | 'exchangeName' | 'accountMarketCode' | 'generation' | 'isActive'
  > {
  readonly credentialId: string;
}

const COLUMNS = `
  c.id, c.venue as "venueId", c.exchange_name as "exchangeName", c.name, c.generation,
  c.key_prefix as "keyPrefix", c.key_suffix as "keySuffix", c.has_passphrase as "hasPassphrase",
  c.can_read as "canRead", c.can_trade as "canTrade", c.can_withdraw as "canWithdraw",
  c.rights_source as "rightsSource", c.declared_permissions as "declaredPermissions",
  c.ip_whitelist as "ipWhitelist", c.metadata, c.is_active as "isActive",
  c.validation_status as "validationStatus", c.validation_error as "validationError",
  c.last_used_at as "lastUsedAt", c.last_validated_at as "lastValidatedAt",
  c.created_at as "createdAt", c.updated_at as "updatedAt",
  (select u.external_id from users u where u.tenant_id = $1 and u.id = c.user_id) as "userExternalId"`;

const ACCOUNT_MARKET_CODE = `
  (select a.market_code from accounts a
    where a.tenant_id = $1 and a.credential_id = c.id and a.removed_at is null and a.is_connected
    order by a.id limit 1) as "accountMarketCode"`;

// Other keys nobody stored and nobody uses: they are traps, and must not be opened by chance.
export const IN_USE = `c.shredded_at is null and (c.is_kept or exists (
             select from accounts u where u.tenant_id = $1 and u.credential_id = c.id and u.removed_at is null
                and u.is_connected))`;

const OF_EXCHANGE = '(c.venue = $2 or lower(c.exchange_name) = $3)';

const LIST = {
  name: 'credentials.list',
  text: `
    select ${COLUMNS}, ${ACCOUNT_MARKET_CODE} from credentials c
     where c.tenant_id = $1 and ${IN_USE}
     order by c.created_at, c.id`,
};

const LIST_OF_EXCHANGE = {
  name: 'credentials.list-of-exchange',
  text: `
    select ${COLUMNS}, ${ACCOUNT_MARKET_CODE} from credentials c
     where c.tenant_id = $1 and ${IN_USE} and ${OF_EXCHANGE}
     order by c.created_at, c.id`,
};

const FIND = {
  name: 'credentials.find',
  text: `
    select ${COLUMNS}, ${ACCOUNT_MARKET_CODE} from credentials c
     where c.tenant_id = $1 and c.id = $2 and ${IN_USE}`,
};

const CHOSEN = `c.id as "credentialId", c.venue as "venueId", c.exchange_name as "exchangeName", c.generation,
  c.is_active as "isActive", ${ACCOUNT_MARKET_CODE}`;

const CHOOSE = {
  name: 'credentials.choose',
  text: `
    select ${CHOSEN} from credentials c
     where c.tenant_id = $1 and ${IN_USE} and ${OF_EXCHANGE} and c.is_active
     order by c.venue = $2 desc, c.created_at, c.id limit 1`,
};

const CHOOSE_BY_ID = {
  name: 'credentials.choose-by-id',
  text: `
    select ${CHOSEN} from credentials c
     where c.tenant_id = $1 and c.id = $4 and ${IN_USE} and ${OF_EXCHANGE}`,
};

// With those whose keys are shredded: what was read with them may have been kept.
const CHOOSE_PAST = {
  name: 'credentials.choose-past',
  text: `
    select ${CHOSEN} from credentials c
     where c.tenant_id = $1 and ${OF_EXCHANGE} and (c.shredded_at is not null or ${IN_USE})
     order by c.shredded_at is null and c.is_active desc, c.shredded_at is null desc, c.venue = $2 desc,
           case when c.shredded_at is null then c.created_at end, c.shredded_at desc, c.id
     limit 1`,
};

// What is null stays as it is.
const EDIT = {
  name: 'credentials.edit',
  text: `
    update credentials
       set name = coalesce($3, name), declared_permissions = coalesce($4, declared_permissions),
           ip_whitelist = coalesce($5, ip_whitelist), metadata = coalesce($6, metadata),
           is_active = coalesce($7, is_active), updated_at = $8
     where tenant_id = $1 and id = $2 and shredded_at is null
    returning venue as "venueId"`,
};

const LIST_ACCOUNT_IDS = {
  name: 'credentials.list-account-ids',
  text: `
    select id from accounts
     where tenant_id = $1 and credential_id = $2 and removed_at is null and is_connected order by id`,
};

const SERVES_OTHERS = {
  name: 'credentials.serves-others',
  text: 'select credential_serves_others($1, $2) as "servesOthers"',
};

const FIND_KEY_FACTS = {
  name: 'credentials.find-key-facts',
  text: `
    select customer_id as "customerId", subaccount_name as "subaccountName" from accounts
     where tenant_id = $1 and credential_id = $2 and removed_at is null and is_connected
     order by id limit 1`,
};

export const createStoredCredentialStore = (session: TenantSession) => {
  const named = ({ name, venueId }: ExchangeFilter) => [session.tenantId, venueId, name.trim().toLowerCase()];
  return {
    /** Oldest first. */
    async list(exchange: ExchangeFilter | undefined): Promise<StoredCredential[]> {
      return exchange === undefined
        ? session.query<StoredCredential>(LIST, [session.tenantId])
        : session.query<StoredCredential>(LIST_OF_EXCHANGE, named(exchange));
    },

    async find(id: string): Promise<StoredCredential | undefined> {
      const [row] = await session.query<StoredCredential>(FIND, [session.tenantId, id]);
      return row;
    },

    /** Answers the exchange; undefined: there is no such credential. */
    async edit(id: string, edit: CredentialEdit): Promise<string | undefined> {
      const [row] = await session.query<{ venueId: string }>(EDIT, [
        session.tenantId,
        id,
        edit.name,
        edit.declaredPermissions,
        edit.ipWhitelist,
        edit.metadata === null ? null : JSON.stringify(edit.metadata),
        edit.isActive,
        edit.at,
      ]);
      return row?.venueId;
    },

    /** Connected accounts that use the credential, oldest first. */
    async listAccountIds(id: string): Promise<number[]> {
      const rows = await session.query<{ id: number }>(LIST_ACCOUNT_IDS, [session.tenantId, id]);
      return rows.map((row) => row.id);
    },

    /** Whether connected accounts use it that the session does not reach. */
    async servesOthers(id: string): Promise<boolean> {
      const [row] = await session.query<{ servesOthers: boolean }>(SERVES_OTHERS, [session.tenantId, id]);
      return row?.servesOthers === true;
    },

    /** What accounts say of the keys beside them. */
    async findKeyFacts(id: string): Promise<KnownFacts> {
      const [row] = await session.query<KnownFacts>(FIND_KEY_FACTS, [session.tenantId, id]);
      return row ?? { customerId: null, subaccountName: null };
    },

    /** The oldest active one of the exchange. */
    async choose(exchange: ExchangeFilter): Promise<ChosenKeys | undefined> {
      const [row] = await session.query<ChosenKeys>(CHOOSE, named(exchange));
      return row;
    },

    async chooseById(exchange: ExchangeFilter, id: string): Promise<ChosenKeys | undefined> {
      const [row] = await session.query<ChosenKeys>(CHOOSE_BY_ID, [...named(exchange), id]);
      return row;
    },

    /** The same as `choose`, or else an inactive one, or else the one that was deleted last. */
    async choosePast(exchange: ExchangeFilter): Promise<ChosenKeys | undefined> {
      const [row] = await session.query<ChosenKeys>(CHOOSE_PAST, named(exchange));
      return row;
    },
  };
};
