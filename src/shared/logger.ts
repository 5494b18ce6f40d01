/** Structured logs, one JSON object a line. No URL query, no body and no secret is ever a field. */
import { types } from 'node:util';
import winston from 'winston';

/** A line's facts beside its message: short scalars only. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

// A line that grows without bound would let one bad peer fill the disk.
const FIELD_LIMIT = 2_000;

const bounded = (_key: string, value: unknown): unknown =>
  typeof value === 'string' && value.length > FIELD_LIMIT ? `${value.slice(0, FIELD_LIMIT)}…` : value;

// Where winston's transports look for the level and for the finished line.
const LEVEL = Symbol.for('level');
const LINE = Symbol.for('message');

const LEVELS = ['error', 'warn', 'info', 'debug'] as const;

/**
 * `component` names the process: gateway, custody, sandbox, supervisor. To stderr where stdout is for an answer.
 * Lines go to winston's transport as they are: its logger in between, two streams and three formats, costs a request
 * more than the line itself.
 */
export const createLogger = (
  component: string,
  level: LogLevel,
  output: 'stdout' | 'stderr' = 'stdout',
): Logger => {
  const transport = new winston.transports.Console({ stderrLevels: output === 'stderr' ? [...LEVELS] : [] });
  const lineOf = (own: (typeof LEVELS)[number], message: string, fields: LogFields | undefined): string =>
    JSON.stringify(
      { timestamp: new Date().toISOString(), component, ...fields, level: own, message },
      bounded,
    );
  const write = (own: (typeof LEVELS)[number]) => (message: string, fields?: LogFields) =>
    void transport.log?.({ [LEVEL]: own, [LINE]: lineOf(own, message, fields) }, noop);
  const at = (own: (typeof LEVELS)[number]) =>
    level !== 'silent' && LEVELS.indexOf(own) <= LEVELS.indexOf(level) ? write(own) : noop;
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
};

const noop = (): void => undefined;

/** The class and code of an error and nothing else: messages of drivers and exchanges can carry secrets. */
export const errorFields = (error: unknown): LogFields => {
  if (!types.isNativeError(error)) return { error: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    error: error.name,
    code,
    at: error.stack
      ?.split('\n')
      .find((line) => line.includes(' at '))
      ?.trim(),
  };
};
