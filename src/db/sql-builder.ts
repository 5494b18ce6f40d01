/** Composes SQL and never runs it: sessions run what it builds (`session.run(sql('accounts').where(...))`). */
import knexPkg from 'knex';

const { knex } = knexPkg;

export const sql = knex({ client: 'pg' });
