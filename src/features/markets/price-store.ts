/** SQL of the last known prices per venue: what values balances while a venue's tickers cannot be had. */
import type { Session } from '../../db/tenant-database.ts';
import type { AssetPrice } from './price-book.ts';

const SAVE = {
  name: 'prices.save',
  text: `
    insert into prices (venue, asset, btc, usd, as_of)
    select $1, asset, btc, usd, $5
      from unnest($2::text[], $3::numeric[], $4::numeric[]) as price (asset, btc, usd)
     order by asset
    on conflict (venue, asset) do update
      set btc = excluded.btc, usd = excluded.usd, as_of = excluded.as_of
      where prices.as_of < excluded.as_of`,
};

const LOAD = {
  name: 'prices.load',
  text: `select asset, btc, usd, as_of as "asOf" from prices where venue = $1 and as_of > $2`,
};

export interface StoredPrice extends AssetPrice {
  readonly asset: string;
  readonly asOf: Date;
}

export const createPriceStore = (shared: Session) => ({
  /** Newer prices replace older ones; rows are written in one order, so that two writers cannot deadlock. */
  async save(venueId: string, prices: ReadonlyMap<string, AssetPrice>, asOf: string): Promise<void> {
    const rows = [...prices];
    await shared.query(SAVE, [
      venueId,
      rows.map(([asset]) => asset),
      rows.map(([, price]) => price.btc),
      rows.map(([, price]) => price.usd),
      asOf,
    ]);
  },

  /** Prices of a venue not older than `since`. */
  async load(venueId: string, since: Date): Promise<StoredPrice[]> {
    return shared.query<StoredPrice>(LOAD, [venueId, since]);
  },
});

export type PriceStore = ReturnType<typeof createPriceStore>;
