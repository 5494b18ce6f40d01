/** SQL of a tenant's users, who are labels of keys and records. */
import type { TenantSession } from '../../db/tenant-database.ts';
import { isUniqueViolation } from '../../db/database-errors.ts';
import { AppError } from '../../shared/errors.ts';

export interface UserRecord extends Readonly<Record<string, unknown>> {
  readonly id: string;
  /** The tenant's own id of the user. */
  readonly externalId: string;
  readonly name: string | null;
  readonly createdAt: Date;
}

const COLUMNS = 'id, external_id as "externalId", name, created_at as "createdAt"';

const LIST = {
  name: 'users.list',
  text: `
    select ${COLUMNS} from users where tenant_id = $1 and external_id > $2 order by external_id limit $3`,
};

const INSERT = {
  name: 'users.insert',
  text: `
    insert into users (tenant_id, id, external_id, name, created_at) values ($1, $2, $3, $4, $5)
    returning ${COLUMNS}`,
};

export const createUserStore = (session: TenantSession) => ({
  /** By external id, after `after`; '' begins. */
  list: (after: string, limit: number): Promise<UserRecord[]> =>
    session.query<UserRecord>(LIST, [session.tenantId, after, limit]),

  /** Throws conflict when there is one of that external id. */
  async insert(user: UserRecord): Promise<UserRecord> {
    const { id, externalId, name, createdAt } = user;
    const values = [session.tenantId, id, externalId, name, createdAt];
    const [row] = await session.query<UserRecord>(INSERT, values).catch((error: unknown) => {
      if (isUniqueViolation(error, 'users_external_id_key'))
        throw new AppError('conflict', `The tenant has a user of the id ${externalId} already`);
      throw error;
    });
    if (row === undefined) throw new Error('the user was not returned');
    return row;
  },
});
