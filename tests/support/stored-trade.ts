/** A trade of an account as a sync would have stored it, for routes that have nothing to tell without one. */
import { randomUUID } from 'node:crypto';
import type { TenantDatabase } from '../../src/db/tenant-database.ts';
import { createTradeStore } from '../../src/features/trades/trade-store.ts';

const FIND_WALLET = {
  name: 'test.wallet',
  text: `
    select a.credential_id as "credentialId", a.market_code as "marketCode", c.venue as "venueId"
      from accounts a join credentials c on c.tenant_id = a.tenant_id and c.id = a.credential_id
     where a.tenant_id = $1 and a.id = $2`,
};

const TRADE_DAY = '2026-01-15';

/** On TRADE_DAY. */
export const storeTrade = (owner: TenantDatabase, tenantId: string, accountId: number): Promise<void> =>
  owner.transact(tenantId, async (session) => {
    const [wallet] = await session.query<{ credentialId: string; marketCode: string; venueId: string }>(
      FIND_WALLET,
      [tenantId, accountId],
    );
    if (wallet === undefined) throw new Error(`account ${accountId} has no keys`);
    await createTradeStore(session).insert(wallet, [
      {
        id: randomUUID(),
        symbol: 'BTC/USDT',
        side: 'buy',
        price: '60000',
        amount: '0.01',
        total: '600',
        totalAsset: 'USDT',
        fee: { amount: '0.6', asset: 'USDT' },
        at: `${TRADE_DAY}T12:00:00.000Z`,
        btcValue: '0.01',
        usdValue: '600',
      },
    ]);
  });
