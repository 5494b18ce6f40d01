/** /api/admin routes of the audit log: read, taken away, and verified. */
import { z } from 'zod';
import type { AuditAdministration } from '../../features/audit/audit-administration.ts';
import type { AuditRow } from '../../features/audit/audit-row.ts';
import type { Route } from '../../http/route.ts';
import { streamAnswer } from '../../http/stream-answer.ts';
import { exactMoment, pageParameters, pageSchema, readCursor, toPage } from './admin-page.ts';
import { defineAdminRoute } from './admin-route.ts';

const LONGEST_WORD = 200;

const rowShape = {
  tenant_id: z.uuid().describe('Tenant of the chain; 00000000-0000-0000-0000-000000000000: the operators'),
  seq: z.int().describe('Place in the chain, from 1 without gaps'),
  at: z.string().describe('ISO 8601, UTC, with microseconds'),
  actor: z.string(),
  action: z.string(),
  object: z.string(),
  outcome: z.string(),
  request_id: z.string().nullable(),
  hash: z.string().describe('SHA-256 of the row in canonical JSON (RFC 8785), hex'),
};
const rowSchema = z.strictObject(rowShape).meta({ id: 'AuditRow' });
const exportedSchema = z
  .strictObject({ ...rowShape, prev_hash: z.string().nullable().describe('Hash of the row before, hex') })
  .meta({ id: 'ExportedAuditRow' });

const reportSchema = z
  .strictObject({
    ok: z.boolean(),
    chains: z.array(
      z.strictObject({
        tenant_id: z.uuid(),
        rows: z.int().describe('Rows that were read: all, or up to the one that is wrong'),
        checkpoints: z.int().describe('Signed checkpoints of the database that the chain was held against'),
        ok: z.boolean(),
        problem: z
          .strictObject({
            kind: z.enum(['altered', 'missing', 'truncated', 'swapped', 'inserted', 'forked', 'checkpoint']),
            seq: z.int().describe('The row that it is about, or the first of them'),
            message: z.string(),
          })
          .nullable(),
      }),
    ),
    outside: z
      .strictObject({ checkpoints: z.int(), unreadable: z.int().describe('Lines that are no checkpoint') })
      .nullable()
      .describe('What custody wrote outside the database; null: it could not be read here'),
  })
  .meta({ id: 'AuditReport' });

const filters = {
  tenant_id: z.uuid().optional(),
  actor: z.string().min(1).max(LONGEST_WORD).optional().describe('Exactly, e.g. admin:key:<id>'),
  action: z.string().min(1).max(LONGEST_WORD).optional().describe('Exactly, e.g. secret.opened'),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional().describe('Rows before it'),
};
interface Filters {
  readonly tenant_id?: string | undefined;
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export const createAdminAuditRoutes = (audit: AuditAdministration): Route[] => [
  defineAdminRoute({
    method: 'GET',
    path: '/api/admin/audit',
    operationId: 'adminListAudit',
    summary: 'What was done, by whom: newest first, of one tenant or of all',
    input: z.object({ ...filters, ...pageParameters }),
    output: pageSchema(rowSchema),
    status: 200,
    errors: ['record_invalid'],
    handle: async ({ admin, input }) => {
      const place = readCursor(input.cursor, z.tuple([exactMoment(), z.uuid(), z.int()]));
      const after = place === undefined ? undefined : { at: place[0], tenantId: place[1], seq: place[2] };
      const found = await audit.list(admin, toFilter(input), after, input.limit + 1);
      return toPage(found, input.limit, toWire, ({ at, tenantId, seq }) => [at, tenantId, seq]);
    },
  }),
  defineAdminRoute({
    method: 'GET',
    path: '/api/admin/audit/export',
    operationId: 'adminExportAudit',
    summary: 'The audit log as lines of JSON: one chain after the other, each oldest first',
    input: z.object(filters),
    output: exportedSchema,
    streams: 'application/x-ndjson',
    status: 200,
    errors: ['record_invalid', 'not_found'],
    handle: async ({ admin, input }) => {
      const pages = await audit.export(admin, toFilter(input));
      return streamAnswer(async function* (signal) {
        for await (const page of pages(signal)) yield page.map(toLine).join('');
      });
    },
  }),
  defineAdminRoute({
    method: 'POST',
    path: '/api/admin/audit/verify',
    operationId: 'adminVerifyAudit',
    summary: 'Recompute every hash, and hold the chains against their signed checkpoints',
    input: z.object({ tenant_id: z.uuid().optional() }),
    output: reportSchema,
    status: 200,
    changesNothing: true,
    errors: ['record_invalid', 'not_found'],
    handle: async ({ admin, input }) => {
      const { ok, chains, outside } = await audit.verify(admin, input.tenant_id);
      return {
        ok,
        chains: chains.map(({ tenantId, ...chain }) => ({ tenant_id: tenantId, ...chain })),
        outside,
      };
    },
  }),
];

const toFilter = ({ tenant_id: tenantId, actor, action, from, to }: Filters) => ({
  tenantId: tenantId?.toLowerCase(),
  actor,
  action,
  from,
  to,
});

const toWire = (row: AuditRow): z.input<typeof rowSchema> => ({
  tenant_id: row.tenantId,
  seq: row.seq,
  at: row.at,
  actor: row.actor,
  action: row.action,
  object: row.object,
  outcome: row.outcome,
  request_id: row.requestId,
  hash: row.hash,
});

const toLine = (row: AuditRow): string =>
  `${JSON.stringify({ ...toWire(row), prev_hash: row.prevHash } satisfies z.input<typeof exportedSchema>)}\n`;
