/** Open orders, networks and deposit addresses on /ver1: schemas and the only mappings to them. */
import { z } from 'zod';
import type { AssetNetwork, AssetNetworks, DepositAddress } from '../../exchanges/market-port.ts';
import type { Held } from '../../features/balances/held-asset-store.ts';
import { isDecimalString } from '../../shared/money.ts';

const decimal = () => z.string().refine(isDecimalString).meta({ pattern: '^-?\\d+(\\.\\d+)?$' });
const told = <T extends z.ZodType>(schema: T) =>
  schema.nullable().describe('null: the exchange does not say');

export const tradingEntitiesSchema = z
  .strictObject({
    data: z.strictObject({
      active_bots_count: z.int(),
      active_deals_count: z.int(),
      active_smart_trades_count: z.int(),
      active_orders_count: z.int(),
      active_grid_bots_count: z.int(),
    }),
  })
  .meta({ id: 'ActiveTradingEntities' });

export const depositDataSchema = z
  .strictObject({
    address: z.string(),
    address_tag: z.string().describe('Empty: the network has none'),
    available_balance: decimal(),
    in_orders: decimal(),
    total_balance: decimal(),
  })
  .meta({ id: 'DepositData' });

export const networksInfoSchema = z
  .strictObject({
    currency: z.string(),
    name: z.string(),
    deposit_enable: told(z.boolean()),
    withdraw_enable: told(z.boolean()),
    network_list: z.array(
      z.strictObject({
        network: z.string(),
        default: told(z.boolean()),
        deposit_enable: told(z.boolean()),
        withdraw_enable: told(z.boolean()),
        deposit_tip: told(z.string()),
        withdraw_tip: told(z.string()),
        special_tip: told(z.string()),
        network_name: z.string(),
        network_url: z.null(),
        address_regexp: told(z.string()),
        withdraw_fee: told(decimal()),
        withdraw_min: told(decimal()),
        withdrawMax: told(decimal()),
        withdrawMultiple: told(decimal()),
        memo_regexp: told(z.string()),
        label: z.string().describe('Of the tag that goes with a deposit; empty: there is none'),
        require_address_tag: told(z.boolean()),
      }),
    ),
  })
  .meta({ id: 'NetworksInfo' });

/** Nothing but orders is run here: the other counts are always 0. */
export const toTradingEntities = (orders: number): z.input<typeof tradingEntitiesSchema> => ({
  data: {
    active_bots_count: 0,
    active_deals_count: 0,
    active_smart_trades_count: 0,
    active_orders_count: orders,
    active_grid_bots_count: 0,
  },
});

export const toDepositData = ({
  address,
  tag,
  held,
}: DepositAddress & { readonly held: Held }): z.input<typeof depositDataSchema> => ({
  address,
  address_tag: tag ?? '',
  available_balance: held.free,
  in_orders: held.locked,
  total_balance: held.total,
});

type Purpose = 'deposit' | 'withdraw';

const FLAG_OF = { deposit: 'depositEnabled', withdraw: 'withdrawEnabled' } as const;

/** With a purpose, networks that are closed for it are left out. */
export const toNetworksInfo = (
  { asset, name, networks }: AssetNetworks,
  purpose: Purpose | undefined,
): z.input<typeof networksInfoSchema> => ({
  currency: asset,
  name,
  deposit_enable: anyOf(networks.map(({ depositEnabled }) => depositEnabled)),
  withdraw_enable: anyOf(networks.map(({ withdrawEnabled }) => withdrawEnabled)),
  network_list: networks
    .filter((network) => purpose === undefined || network[FLAG_OF[purpose]] !== false)
    .map(toNetworkWire),
});

const toNetworkWire = (network: AssetNetwork) => ({
  network: network.id,
  default: network.isDefault,
  deposit_enable: network.depositEnabled,
  withdraw_enable: network.withdrawEnabled,
  deposit_tip: network.depositTip,
  withdraw_tip: network.withdrawTip,
  special_tip: network.specialTip,
  network_name: network.name,
  network_url: null,
  address_regexp: network.addressPattern,
  withdraw_fee: network.withdrawFee,
  withdraw_min: network.withdrawMin,
  withdrawMax: network.withdrawMax,
  withdrawMultiple: network.withdrawStep,
  memo_regexp: network.tagPattern,
  label: network.tagPattern === null ? '' : 'MEMO/Tag',
  // Where addresses have a form that is told, so has a tag if there is one.
  require_address_tag: network.addressPattern === null ? null : network.tagPattern !== null,
});

/** null: no network says yes, and not all say no. */
const anyOf = (flags: readonly (boolean | null)[]): boolean | null => {
  if (flags.includes(true)) return true;
  return flags.includes(null) ? null : false;
};
