/** SQL that reads audit chains and their checkpoints, page by page; nothing here writes. */
import type { Session, Statement, TenantSession } from '../../db/tenant-database.ts';
import type { AuditRow } from './audit-row.ts';
import type { Checkpoint, PublicJwk } from './checkpoint.ts';

const COLUMNS = `l.tenant_id as "tenantId", l.seq,
  to_char(l.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, l.actor, l.action, l.object, l.outcome,
  l.request_id as "requestId", encode(l.prev_hash, 'hex') as "prevHash", encode(l.hash, 'hex') as hash`;

/** A row of audit_checkpoints as a `Checkpoint`. */
export const CHECKPOINT_COLUMNS = `tenant_id as "tenantId", number, seq, encode(hash, 'hex') as hash,
  to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, key_id as "keyId",
  translate(encode(signature, 'base64'), E'+/=\\n', '-_') as signature`;

// By hash too: whoever drops the primary key can give two rows one number.
const CHAIN_PAGE = {
  name: 'audit.chain-page',
  text: `
    select ${COLUMNS} from audit_log l
     where l.tenant_id = $1 and l.seq >= $2 and (l.seq, l.hash) > ($2, decode($3, 'hex'))
     order by l.seq, l.hash limit $4`,
};

const EXPORT_PAGE = {
  name: 'audit.export-page',
  text: `
    select ${COLUMNS} from audit_log l
     where l.tenant_id = $1 and l.seq > $2 and ($3::text is null or l.actor = $3)
       and ($4::text is null or l.action = $4) and l.at >= coalesce($5::timestamptz, '-infinity')
       and l.at < coalesce($6::timestamptz, 'infinity')
     order by l.seq limit $7`,
};

const LIST_CHAINS = { name: 'audit.list-chains', text: 'select id from tenants order by id' };

const CHECKPOINT_PAGE = {
  name: 'audit.checkpoint-page',
  text: `
    select ${CHECKPOINT_COLUMNS}
      from audit_checkpoints where tenant_id = $1 and number > $2 order by number limit $3`,
};

const SIGNING_KEYS = {
  name: 'audit.signing-keys',
  text: 'select id as "keyId", public_jwk as "publicJwk" from audit_signing_keys order by created_at, id',
};

export interface AuditFilter {
  /** Exactly; undefined: any. */
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  /** ISO 8601; from inclusive, to exclusive. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Where a page ended: rows are listed newest first. */
export interface AuditPlace {
  readonly at: string;
  readonly tenantId: string;
  readonly seq: number;
}

// One text for each way to look: each has a plan of its own, with an index that begins with the tenant.
const listText = (tenant: string, byActor: boolean, byAction: boolean): string => `
  select ${COLUMNS} from audit_log l
   where l.tenant_id = ${tenant} and l.at >= coalesce($2::timestamptz, '-infinity')
     and l.at < coalesce($3::timestamptz, 'infinity')
     and ($4::timestamptz is null or (l.at, l.tenant_id, l.seq) < ($4, $5::uuid, $6::bigint))
     and ${byActor ? 'l.actor = $7' : '$7::text is null'} and ${byAction ? 'l.action = $8' : '$8::text is null'}
   order by l.at desc, l.tenant_id desc, l.seq desc limit $9`;

const WAYS = [
  { name: 'all', byActor: false, byAction: false },
  { name: 'actor', byActor: true, byAction: false },
  { name: 'action', byActor: false, byAction: true },
  { name: 'actor-action', byActor: true, byAction: true },
];
const LISTS = WAYS.map(({ name, byActor, byAction }) => ({
  name: `audit.list-${name}`,
  text: listText('$1', byActor, byAction),
}));
// The newest of each chain, and the newest of those: as many looks into an index as there are tenants.
const LISTS_OF_ALL = WAYS.map(({ name, byActor, byAction }) => ({
  name: `audit.list-of-all-${name}`,
  text: `
    select l.* from tenants t cross join lateral (${listText('t.id', byActor, byAction)}) l
     where $1::uuid is not null order by l.at desc, l."tenantId" desc, l.seq desc limit $9`,
}));

const wayOf = ({ actor, action }: AuditFilter): number =>
  (actor === undefined ? 0 : 1) + (action === undefined ? 0 : 2);

export const createAuditReadingStore = (session: TenantSession) => ({
  /** Rows after that number and hash, in order; `afterHash` '' begins at the number itself. */
  chainPage: (afterSeq: number, afterHash: string, limit: number): Promise<AuditRow[]> =>
    session.query<AuditRow>(CHAIN_PAGE, [session.tenantId, afterSeq, afterHash, limit]),

  /** In order, those after that number that fit. */
  exportPage: (filter: AuditFilter, afterSeq: number, limit: number): Promise<AuditRow[]> =>
    session.query<AuditRow>(EXPORT_PAGE, [
      session.tenantId,
      afterSeq,
      filter.actor ?? null,
      filter.action ?? null,
      filter.from ?? null,
      filter.to ?? null,
      limit,
    ]),

  checkpointPage: (afterNumber: number, limit: number): Promise<Checkpoint[]> =>
    session.query<Checkpoint>(CHECKPOINT_PAGE, [session.tenantId, afterNumber, limit]),

  /** Newest first, those that come after `place` in this order. */
  list: (filter: AuditFilter, place: AuditPlace | undefined, limit: number): Promise<AuditRow[]> =>
    listBy(session, LISTS[wayOf(filter)], filter, place, limit),

  /** The same of all chains that the role of the session may read. */
  listOfAll: (filter: AuditFilter, place: AuditPlace | undefined, limit: number): Promise<AuditRow[]> =>
    listBy(session, LISTS_OF_ALL[wayOf(filter)], filter, place, limit),
});

const listBy = (
  session: TenantSession,
  statement: Statement | undefined,
  filter: AuditFilter,
  place: AuditPlace | undefined,
  limit: number,
): Promise<AuditRow[]> => {
  if (statement === undefined) throw new Error('there is no such list');
  return session.query<AuditRow>(statement, [
    session.tenantId,
    filter.from ?? null,
    filter.to ?? null,
    place?.at ?? null,
    place?.tenantId ?? null,
    place?.seq ?? null,
    filter.actor ?? null,
    filter.action ?? null,
    limit,
  ]);
};

/** Every tenant that the role of the session may see has a chain, deleted ones and the operators' own too. */
export const listChains = async (session: Session): Promise<string[]> => {
  const rows = await session.query<{ id: string }>(LIST_CHAINS, []);
  return rows.map(({ id }) => id);
};

export const listSigningKeys = (
  shared: Session,
): Promise<{ readonly keyId: string; readonly publicJwk: PublicJwk }[]> => shared.query(SIGNING_KEYS, []);
