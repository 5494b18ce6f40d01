/** What the operator's commands have in common: who gives them, how they read their words and how they answer. */
import { userInfo } from 'node:os';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { Config } from '../config/config-schema.ts';
import type { Logger } from '../shared/logger.ts';
import { UsageError } from './usage-error.ts';

export interface OperatorCommand {
  readonly config: Config;
  readonly logger: Logger;
  /** What follows the command. */
  readonly words: readonly string[];
}

/** Named in audit rows. */
export const operator = (): string => `operator ${userInfo().username}`;

export const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** `--name value` and words without a name. Throws UsageError with `usage` for what is not among `options`. */
export const readWords = <Options extends NonNullable<ParseArgsConfig['options']>>(
  words: readonly string[],
  options: Options,
  usage: string,
) => {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : 'The words are wrong'}\n${usage}`);
  }
};

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The word when it is the id of `what`, else UsageError. */
export const readId = (word: string | undefined, what: string, usage: string): string => {
  if (word === undefined) throw new UsageError(`The ${what} id is missing\n${usage}`);
  if (!UUID.test(word)) throw new UsageError(`${word} is no ${what} id\n${usage}`);
  return word;
};

/** Of a command with verbs of its own, such as `key create`. */
export const noSuchVerb = (verb: string | undefined, usage: string): UsageError =>
  new UsageError(verb === undefined ? usage : `There is no "${verb}"\n${usage}`);

/** One JSON document, or a table for people. */
export const tell = (
  rows: readonly Readonly<Record<string, unknown>>[],
  asJson: boolean,
  columns: readonly string[],
): void => {
  if (asJson) {
    say(JSON.stringify(rows, null, 2));
    return;
  }
  const cells = [columns, ...rows.map((row) => columns.map((column) => shown(row[column])))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  for (const line of cells)
    say(
      line
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    );
};

const shown = (value: unknown): string => {
  if (value === null || value === undefined) return '-';
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
};
