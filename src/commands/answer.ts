/** What a command answers on standard output: one JSON document under `--json`, lines and tables for people without. */

export interface Answer {
  /** A list: a JSON array, or a table of these columns; `nothing` is said of an empty one. */
  rows(rows: readonly object[], columns: readonly string[], nothing?: string): void;
  /** One thing: a JSON document, or these lines. */
  record(record: object, lines: readonly string[]): void;
  /** A stream: a JSON document a line, or this line. */
  event(record: object, line: string): void;
  /** The text in a colour where colours are understood, and as it is elsewhere. */
  readonly paint: (text: string, colour: Colour) => string;
}

type Colour = keyof typeof COLOURS;

// Of ECMA-48, "select graphic rendition".
const COLOURS = { red: 31, green: 32, yellow: 33, grey: 90 } as const;

export interface AnswerOptions {
  readonly asJson: boolean;
  /** Whether a terminal shows it that understands colours. */
  readonly hasColours: boolean;
  readonly write: (text: string) => void;
}

export const createAnswer = ({ asJson, hasColours, write }: AnswerOptions): Answer => {
  const say = (line: string): void => write(`${line}\n`);
  const heading = (line: string): string => (hasColours ? `\u001b[1m${line}\u001b[22m` : line);
  return {
    rows(rows, columns, nothing) {
      if (asJson) say(JSON.stringify(rows, null, 2));
      else if (rows.length === 0 && nothing !== undefined) say(nothing);
      else tableLines(rows, columns).forEach((line, index) => say(index === 0 ? heading(line) : line));
    },
    record(record, lines) {
      if (asJson) say(JSON.stringify(record, null, 2));
      else for (const line of lines) say(line);
    },
    paint: (text, colour) => (hasColours ? `\u001b[${COLOURS[colour]}m${text}\u001b[39m` : text),
    event: (record, line) => say(asJson ? JSON.stringify(record) : line),
  };
};

const tableLines = (rows: readonly object[], columns: readonly string[]): string[] => {
  const cells = [
    columns,
    ...rows.map((row) => columns.map((column) => shown((row as Readonly<Record<string, unknown>>)[column]))),
  ];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  return cells.map((line) =>
    line
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};

const shown = (value: unknown): string => {
  if (value === null || value === undefined || value === '') return '-';
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.join(',');
  // Names are callers' text: what a terminal would obey is not passed on.
  return (typeof value === 'string' ? value : JSON.stringify(value)).replaceAll(/\p{Cc}/gu, '?');
};
