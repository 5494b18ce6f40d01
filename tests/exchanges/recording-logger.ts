/** A logger that keeps its lines, so that a test can search them. */
import type { Logger } from '../../src/shared/logger.ts';

export interface RecordingLogger extends Logger {
  readonly lines: string[];
}

export const createRecordingLogger = (): RecordingLogger => {
  const lines: string[] = [];
  const record =
    (level: string) =>
    (message: string, fields = {}): void => {
      lines.push(JSON.stringify({ level, message, ...fields }));
    };
  return {
    lines,
    debug: record('debug'),
    info: record('info'),
    warn: record('warn'),
    error: record('error'),
  };
};
