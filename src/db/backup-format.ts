/**
 * The form of a backup: gzipped lines of JSON. The first says what it is, each of the others holds a row as Postgres
 * writes it, and the last one counts and sums up what came before, so that one that was cut off is noticed.
 */
import { z } from 'zod';

const FORMAT = 'countersign-backup';

export const backupHeaderSchema = z.object({
  format: z.literal(FORMAT),
  version: z.literal(1),
  createdAt: z.iso.datetime(),
  /** Of the database, in their order. */
  migrations: z.array(z.string()).min(1),
  tables: z.array(z.object({ name: z.string(), columns: z.array(z.string()).min(1) })).min(1),
  /** First days of the months that have partitions of their own. */
  months: z.array(z.iso.date()),
});
export type BackupHeader = z.output<typeof backupHeaderSchema>;

export const backupTrailerSchema = z.object({
  end: z.literal(true),
  rows: z.int().min(0),
  /** Of all lines before, each with its line feed. */
  sha256: z.string(),
  /** Last values, as text: they are bigints. */
  sequences: z.record(z.string(), z.string()),
});
export type BackupTrailer = z.output<typeof backupTrailerSchema>;

export const newHeader = (parts: Omit<BackupHeader, 'format' | 'version'>): BackupHeader => ({
  format: FORMAT,
  version: 1,
  ...parts,
});

// A row is never parsed on our side: numbers of any length pass as they are.
const ROW = /^\{"table":"([a-z_0-9]+)","row":(\{.*\})\}$/s;

/** `row` is JSON. */
export const rowLine = (table: string, row: string): string => `{"table":"${table}","row":${row}}`;

/** undefined: the line is no row. */
export const readRowLine = (line: string): { readonly table: string; readonly row: string } | undefined => {
  const [, table, row] = ROW.exec(line) ?? [];
  return table === undefined || row === undefined ? undefined : { table, row };
};
