/** Goes through lists that come in pages. What is added or removed meanwhile may be met twice or missed. */

/** One page: its items, and whether there are more behind them. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly hasMore: boolean;
}

/** `read` is given how many items came before. An empty page ends the list, whatever it says. */
export async function* walkPages<Item>(
  read: (offset: number) => Promise<Page<Item>>,
): AsyncGenerator<Item, void, undefined> {
  for (let offset = 0; ; ) {
    const { items, hasMore } = await read(offset);
    yield* items;
    offset += items.length;
    if (!hasMore || items.length === 0) return;
  }
}
