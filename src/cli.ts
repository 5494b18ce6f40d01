/** The commands of `countersign`, and what each is given. What they do is loaded by the one that runs. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ADMIN_COMMANDS } from './commands/admin-commands.ts';
import { ACCOUNT_COMMANDS } from './commands/account-commands.ts';
import { createAnswer } from './commands/answer.ts';
import { AUDIT_COMMANDS } from './commands/audit-commands.ts';
import { BACKUP_COMMANDS } from './commands/backup-commands.ts';
import type { Command, CommandContext, CommandGroup } from './commands/command.ts';
import { CUSTODY_COMMANDS } from './commands/custody-commands.ts';
import { DATABASE_COMMANDS } from './commands/database-commands.ts';
import { KEY_COMMANDS } from './commands/key-commands.ts';
import { DOCTOR_COMMANDS } from './commands/doctor-commands.ts';
import { createParser } from './commands/parser.ts';
import { PROCESS_COMMANDS } from './commands/process-commands.ts';
import { createProgress } from './commands/progress.ts';
import { PROJECT_COMMANDS } from './commands/project-commands.ts';
import { SEALING_KEY_COMMANDS } from './commands/sealing-key-commands.ts';
import { TENANT_COMMANDS } from './commands/tenant-commands.ts';
import { VENUE_COMMANDS } from './commands/venue-commands.ts';
import { WEBHOOK_COMMANDS } from './commands/webhook-commands.ts';
import { UsageError } from './commands/usage-error.ts';
import type { Config } from './config/config-schema.ts';
import { findProjectRoot, loadConfig } from './config/config.ts';
import { readEnvironment } from './config/env.ts';
import { systemClock } from './shared/clock.ts';
import { createLogger, type Logger } from './shared/logger.ts';

/** In the order of the help. */
export const COMMANDS: readonly (Command | CommandGroup)[] = [
  ...PROCESS_COMMANDS,
  ...DATABASE_COMMANDS,
  ...BACKUP_COMMANDS,
  TENANT_COMMANDS,
  KEY_COMMANDS,
  ACCOUNT_COMMANDS,
  VENUE_COMMANDS,
  WEBHOOK_COMMANDS,
  ADMIN_COMMANDS,
  SEALING_KEY_COMMANDS,
  AUDIT_COMMANDS,
  ...CUSTODY_COMMANDS,
  ...DOCTOR_COMMANDS,
  ...PROJECT_COMMANDS,
];

const DEFAULT_WIDTH = 100;

/** Throws ConfigError for a bad configuration, and UsageError for a line that is no command. */
export const runCommand = async (words: readonly string[], entry: string): Promise<void> => {
  const parser = createParser(COMMANDS, {
    version: readVersion(),
    width: process.stdout.columns || DEFAULT_WIDTH,
  });
  const line = await parser.read(words);
  if ('text' in line) {
    process.stdout.write(`${line.text}\n`);
    return;
  }
  // A reader that has seen enough, such as head, is no fault.
  if (line.command.hasAnswer) process.stdout.on('error', endWithReader);
  try {
    await line.run(createContext(line.command, line.path[0] ?? '', line.asJson, entry));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${error.message}\n\n${await parser.help(line.path)}`);
  }
};

const endWithReader = (error: Error): never => {
  process.exit('code' in error && error.code === 'EPIPE' ? 0 : 1);
};

const createContext = (
  { hasAnswer }: Command,
  name: string,
  asJson: boolean,
  entry: string,
): CommandContext => {
  const environment = readEnvironment();
  let config: Config | undefined;
  let logger: Logger | undefined;
  return {
    get config() {
      return (config ??= loadConfig(environment));
    },
    get logger() {
      return (logger ??= createLogger(
        name,
        // What is normal is no news to a person at a terminal, unless asked for.
        hasAnswer && environment['COUNTERSIGN_LOG_LEVEL'] === undefined ? 'warn' : this.config.logLevel,
        hasAnswer ? 'stderr' : 'stdout',
      ));
    },
    environment,
    entry,
    answer: createAnswer({
      asJson,
      hasColours: process.stdout.isTTY && environment['NO_COLOR'] === undefined,
      write: (text) => void process.stdout.write(text),
    }),
    startProgress: (label) =>
      createProgress({
        label,
        isTerminal: process.stderr.isTTY,
        clock: systemClock,
        write: (text) => void process.stderr.write(text),
      }),
  };
};

const readVersion = (): string => {
  const file = path.join(findProjectRoot(), 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
};
