#!/usr/bin/env node
/** Entry of every process: runs the command and turns what it throws into an exit code and a readable line. */
import { fileURLToPath } from 'node:url';
import { runCommand } from './cli.ts';
import { UsageError } from './commands/usage-error.ts';
import { ConfigError, EXIT_CONFIG } from './config/config-error.ts';
import { ChildExit } from './processes/child.ts';

const EXIT_USAGE = 64;

const exitCodeOf = (error: unknown): number => {
  if (error instanceof ConfigError) return EXIT_CONFIG;
  if (error instanceof UsageError) return EXIT_USAGE;
  return error instanceof ChildExit ? error.exitCode : 1;
};

try {
  await runCommand(process.argv.slice(2), fileURLToPath(import.meta.url));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(exitCodeOf(error));
}
