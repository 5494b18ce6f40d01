/** What the benchmark's tenant holds; the same for the floor and for the gateway. */

export const BENCH_TENANT_KEY_ID = '00000000-0000-4000-8000-0000000be4c5';

/** A caller of the benchmark; each tenant's audit chain is serial, so writes are spread over several tenants. */
export interface BenchCaller {
  readonly tenantId: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

export const BENCH_HOLDINGS = [
  { asset: 'BNB', total: '12.00000001' },
  { asset: 'BTC', total: '0.51234567' },
  { asset: 'ETH', total: '7.5' },
  { asset: 'USDT', total: '1034.21000000' },
];
