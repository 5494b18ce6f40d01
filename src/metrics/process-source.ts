/** What a process of ours holds beyond what every Node process tells. */
import type { NonceStore } from '../auth/nonce-store.ts';
import type { TenantDatabase } from '../db/tenant-database.ts';
import { gauge, type MetricSource, type Reading } from './metric-source.ts';

const CONNECTIONS = 'countersign_database_connections';
const NONCES = 'countersign_nonces_kept';

export const createProcessSource = (
  database: Pick<TenantDatabase, 'connections'>,
  nonces?: Pick<NonceStore, 'count'>,
): MetricSource => ({
  name: 'process',
  families: [
    gauge(CONNECTIONS, 'Connections to Postgres that are open (busy or idle), and what waits for one'),
    ...(nonces === undefined
      ? []
      : [gauge(NONCES, 'Nonces that this process remembers; missing where Redis keeps them')]),
  ],
  read: () => {
    const { total, idle, waiting } = database.connections();
    const kept = nonces?.count();
    return [
      ...Object.entries({ busy: total - idle, idle, waiting }).map(
        ([state, value]): Reading => ({ family: CONNECTIONS, labels: { state }, value }),
      ),
      ...(kept === undefined ? [] : [{ family: NONCES, value: kept }]),
    ];
  },
});
