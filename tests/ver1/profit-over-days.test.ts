/** Profits that were stored on an earlier day, as they are read later. A file of its own: its clock only goes forward. */
import { expect, test } from '@jest/globals';
import { type AccountRecord, DAY_MS, useProfits } from './profit-fixture.ts';

const fixture = useProfits();

test("on a new day yesterday's profit is not shown as today's, and after 30 days not that of the month", async () => {
  const { id } = await fixture.connect({ BTC: '1' });
  await fixture.past(id, 31 * DAY_MS, '0.5', '20000');
  await fixture.past(id, DAY_MS, '0.75', '30000');
  const synced = await fixture.sync(id);
  expect(synced).toMatchObject({ day_profit_btc: '0.25', btc_profit: 0.5, total_btc_profit: 0.5 });

  fixture.pass(DAY_MS);
  const nextDay = { day_profit_btc: '0', day_profit_usd: '0', btc_profit: 0.5, total_btc_profit: 0.5 };
  expect(await fixture.read(id)).toMatchObject(nextDay);
  expect(await fixture.read('summary')).toMatchObject(nextDay);
  const [listed] = (await fixture.caller.get('/ver1/accounts')).body as AccountRecord[];
  expect(listed).toMatchObject({ ...nextDay, day_profit_usd_percentage: 0 });

  fixture.pass(30 * DAY_MS);
  const muchLater = { day_profit_btc: '0', btc_profit: 0, usd_profit_percentage: 0, total_btc_profit: 0.5 };
  expect(await fixture.read(id)).toMatchObject(muchLater);
  expect(await fixture.read('summary')).toMatchObject(muchLater);
});
