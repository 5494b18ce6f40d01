/** For the knex command line: `DATABASE_URL=... npx knex migrate:list`. The program itself migrates at its start. */
import { migrationSource } from './src/db/migration-source.ts';

export default {
  client: 'pg',
  connection: process.env['DATABASE_URL'],
  migrations: { migrationSource },
};
