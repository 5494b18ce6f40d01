/** What operators do with the audit log: read it, take it away, and have it verified. Nothing here changes a row. */
import type { Administrator } from '../../auth/administrator.ts';
import type { TenantDatabase, TenantSession } from '../../db/tenant-database.ts';
import { AppError } from '../../shared/errors.ts';
import type { AuditedReads } from '../administration/audited-reads.ts';
import {
  type AuditFilter,
  type AuditPlace,
  createAuditReadingStore,
  listSigningKeys,
} from './audit-reading-store.ts';
import type { AuditRow } from './audit-row.ts';
import {
  type ChainReport,
  createAuditVerification,
  type VerificationProgress,
} from './audit-verification.ts';
import { readOutsideCheckpoints } from './outside-checkpoints.ts';

export interface AuditReport {
  readonly ok: boolean;
  readonly chains: readonly ChainReport[];
  /** What custody wrote outside the database and this could read; null: nothing, so the database was taken at its word. */
  readonly outside: { readonly checkpoints: number; readonly unreadable: number } | null;
}

export interface AuditAdministration {
  /** Newest first; `tenantId` undefined: of all chains. */
  list(
    admin: Administrator,
    filter: AuditFilter & { readonly tenantId?: string | undefined },
    place: AuditPlace | undefined,
    limit: number,
  ): Promise<AuditRow[]>;
  /** Pages of one chain after the other, each oldest first. Throws not_found for a tenant that never was. */
  export(
    admin: Administrator,
    filter: AuditFilter & { readonly tenantId?: string | undefined },
  ): Promise<(signal: AbortSignal) => AsyncGenerator<readonly AuditRow[]>>;
  /** `tenantId` undefined: all chains. Throws not_found for a tenant that never was. */
  verify(
    admin: Administrator,
    tenantId: string | undefined,
    progress?: VerificationProgress & { readonly onChains?: (done: number, total: number) => void },
  ): Promise<AuditReport>;
}

export interface AuditAdministrationDeps {
  readonly reads: AuditedReads;
  /** Of a role that reads the chain of whichever tenant its session is of. */
  readonly database: TenantDatabase;
  /** Ids of all tenants that ever were, the operators' own among them. */
  readonly listChains: (session: TenantSession) => Promise<string[]>;
  /** Where custody writes checkpoints; it may be on another machine, and empty here. */
  readonly checkpointFolder: string;
}

const EXPORT_ROWS = 1_000;

export const createAuditAdministration = (deps: AuditAdministrationDeps): AuditAdministration => {
  const { reads, database } = deps;

  const chainsOf = async (
    admin: Administrator,
    action: string,
    tenantId: string | undefined,
  ): Promise<string[]> => {
    const known = await reads.read(admin, { action, tenantId }, deps.listChains);
    if (tenantId === undefined) return known;
    const wanted = tenantId.toLowerCase();
    if (!known.includes(wanted)) throw new AppError('not_found', `There is no tenant ${tenantId}`);
    return [wanted];
  };

  return {
    list: (admin, { tenantId, ...filter }, place, limit) =>
      reads.read(admin, { action: 'audit.read', tenantId }, (session) =>
        tenantId === undefined
          ? createAuditReadingStore(session).listOfAll(filter, place, limit)
          : createAuditReadingStore({ ...session, tenantId }).list(filter, place, limit),
      ),

    async export(admin, { tenantId, ...filter }) {
      const chains = await chainsOf(admin, 'audit.export', tenantId);
      return async function* (signal) {
        for (const chain of chains) {
          const store = createAuditReadingStore(database.session(chain));
          let after: number | undefined = 0;
          while (after !== undefined && !signal.aborted) {
            const page = await store.exportPage(filter, after, EXPORT_ROWS);
            if (page.length > 0) yield page;
            after = page.length < EXPORT_ROWS ? undefined : page.at(-1)?.seq;
          }
        }
      };
    },

    async verify(admin, tenantId, progress = {}) {
      const known = await chainsOf(admin, 'audit.verify', tenantId);
      const outside = await readOutsideCheckpoints(deps.checkpointFolder);
      // A chain whose tenant is gone with all its rows is remembered outside.
      const chains =
        tenantId === undefined ? [...new Set([...known, ...(outside?.newest.keys() ?? [])])] : known;
      const signingKeys = await listSigningKeys(database.shared);
      const verification = createAuditVerification({ database, signingKeys, outside });
      const reports: ChainReport[] = [];
      for (const chain of chains) {
        reports.push(await verification.verifyChain(chain, progress));
        progress.onChains?.(reports.length, chains.length);
      }
      return {
        ok: reports.every(({ ok }) => ok),
        chains: reports,
        outside:
          outside === undefined ? null : { checkpoints: outside.count, unreadable: outside.unreadable },
      };
    },
  };
};
