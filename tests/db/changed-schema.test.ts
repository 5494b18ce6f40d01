/** A migration under a running gateway: prepared statements recover, and no row is read in the shape of the old table. */
import { expect, test } from '@jest/globals';
import { connectOwner } from '../../src/db/migrate.ts';
import { createTenantDatabase } from '../../src/db/postgres-tenant-database.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { createTestDatabase } from '../support/test-database.ts';

test('a statement whose columns changed fails once as unavailable and then reads the new columns', async () => {
  await using testDatabase = await createTestDatabase();
  const owner = connectOwner(testDatabase.ownerUrl);
  await using database = createTenantDatabase({
    url: testDatabase.ownerUrl,
    logger: createLogger('test', 'silent'),
    applicationName: 'test',
    maxConnections: 1,
  });
  try {
    const all = { name: 'test.prices', text: 'select * from prices' };
    await owner.raw("insert into prices (venue, asset, btc, usd, as_of) values ('v', 'a', 1, 2, now())");
    const read = () => database.shared.query<Record<string, unknown>>(all, []);
    for (let time = 0; time < 3; time += 1) expect((await read())[0]).toMatchObject({ btc: '1', usd: '2' });

    await owner.raw('alter table prices add column eur numeric default 3');
    await expect(read()).rejects.toMatchObject({ code: 'service_unavailable' });
    expect((await read())[0]).toMatchObject({ btc: '1', usd: '2', eur: '3' });
  } finally {
    await owner.destroy();
  }
});
