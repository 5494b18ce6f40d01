/** What `countersign audit` does, on the database as its owner. */
import path from 'node:path';
import { checkpointFolder } from '../config/secrets.ts';
import { createAuditedReads } from '../features/administration/audited-reads.ts';
import {
  type AuditAdministration,
  createAuditAdministration,
} from '../features/audit/audit-administration.ts';
import type { AuditFilter } from '../features/audit/audit-reading-store.ts';
import { listAllTenantIds } from '../features/tenants/tenant-store.ts';
import { localOperator } from '../processes/local-operator.ts';
import { withOwnerDatabase } from '../processes/owner-database.ts';
import { systemClock } from '../shared/clock.ts';
import type { CommandContext } from './command.ts';
import { UsageError } from './usage-error.ts';

export const verifyAudit = (
  context: CommandContext,
  tenantId: string | undefined,
  checkpoints: string | undefined,
): Promise<void> =>
  withAudit(context, checkpoints, async (audit) => {
    const progress = context.startProgress('rows verified');
    const report = await audit
      .verify(localOperator(), tenantId, { onRows: (rows) => progress.report(rows, 0) })
      .finally(() => progress.finish());
    const { paint } = context.answer;
    const rows = report.chains.reduce((sum, chain) => sum + chain.rows, 0);
    const wrong = report.chains.flatMap(({ tenantId: id, problem }) =>
      problem === null
        ? []
        : [paint(`Chain of tenant ${id}, row ${problem.seq}: ${problem.kind}. ${problem.message}.`, 'red')],
    );
    context.answer.record(report, [
      ...wrong,
      `${report.chains.length} chains, ${rows} rows: ${report.ok ? 'whole' : `${wrong.length} not whole`}.`,
      report.outside === null
        ? 'No checkpoints outside the database were found: it was taken at its word. Name their folder with --checkpoints.'
        : `Held against ${report.outside.checkpoints} checkpoints outside the database.`,
    ]);
    if (!report.ok) process.exitCode = 1;
  });

export const exportAudit = (
  context: CommandContext,
  filter: AuditFilter & { readonly tenantId?: string | undefined },
): Promise<void> => {
  for (const name of ['from', 'to'] as const) {
    const text = filter[name];
    if (text !== undefined && Number.isNaN(Date.parse(text)))
      throw new UsageError(`--${name} ${text} is no time; write it as 2026-01-31 or 2026-01-31T12:00:00Z`);
  }
  return withAudit(context, undefined, async (audit) => {
    const pages = await audit.export(localOperator(), filter);
    for await (const page of pages(new AbortController().signal))
      for (const row of page)
        context.answer.event(row, `${row.at} ${row.actor} ${row.action} ${row.object}: ${row.outcome}`);
  });
};

const withAudit = (
  { config, logger }: CommandContext,
  checkpoints: string | undefined,
  work: (audit: AuditAdministration) => Promise<void>,
): Promise<void> =>
  withOwnerDatabase(config, logger, async (database) => {
    const chains = await listAllTenantIds(database);
    const audit = createAuditAdministration({
      reads: createAuditedReads({ database, clock: systemClock }),
      database,
      listChains: () => Promise.resolve(chains),
      checkpointFolder: checkpoints === undefined ? checkpointFolder(config) : path.resolve(checkpoints),
    });
    await work(audit);
  });
