/** Runs the supervisor from the command line and prints where everything is. */
import type { Config } from '../config/config-schema.ts';
import type { Environment } from '../config/env.ts';
import type { Logger } from '../shared/logger.ts';
import { stopOnSignal } from './lifecycle.ts';
import { startSupervisor, type Supervisor } from './supervisor.ts';

export const runServe = async (invocation: {
  readonly config: Config;
  readonly environment: Environment;
  readonly entry: string;
  readonly logger: Logger;
}): Promise<void> => {
  const supervisor = await startSupervisor(invocation);
  stopOnSignal(
    () => supervisor.stop(),
    () => supervisor.kill(),
    invocation.logger,
  );
  process.stdout.write(`${summary(supervisor, invocation.config)}\n`);
};

const summary = (supervisor: Supervisor, config: Config): string => {
  const rows: [string, string | undefined][] = [
    ['gateway', supervisor.baseUrl],
    config.gateway.docs
      ? ['API page', `${supervisor.baseUrl}/docs`]
      : ['API document', `${supervisor.baseUrl}/openapi.json`],
    ['console', supervisor.consoleLink && `${supervisor.consoleLink} (once, within 10 minutes)`],
    ['sandbox venues', supervisor.sandboxUrl],
    ['database', config.database.url === undefined ? 'embedded Postgres' : 'DATABASE_URL'],
    ['data folder', config.dataDir],
    ['demo keys', supervisor.demoFile],
  ];
  const known = rows.filter((row): row is [string, string] => row[1] !== undefined);
  return [
    '',
    'Countersign is running.',
    ...known.map(([name, value]) => `  ${name.padEnd(15)} ${value}`),
    '',
  ].join('\n');
};
