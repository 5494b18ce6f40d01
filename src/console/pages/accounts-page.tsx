/** The connected accounts of all tenants. */
import { Anchor } from '@mantine/core';
import type { AdminAccount } from '../api-types.ts';
import { formatBtc, formatUsd } from '../formats.ts';
import { linkTo } from '../location.ts';
import { DataTable } from '../parts/data-table.tsx';
import { ChoiceFilter, ExchangeFilter, FilterBar, TenantFilter, useFilters } from '../parts/filters.tsx';
import { Answer, Nothing } from '../parts/notices.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Pager, usePaging } from '../parts/paging.tsx';
import { Time } from '../parts/values.tsx';
import { useAnswer } from '../use-answer.ts';
import { ACCOUNT_STATUSES, AccountStatus } from './account-status.tsx';

const FILTERS = { tenant_id: null, exchange: null, status: ACCOUNT_STATUSES.map(({ value }) => value) };

export const AccountsPage = () => {
  const filters = useFilters(FILTERS);
  const paging = usePaging(filters.key);
  const live = useAnswer('GET /api/admin/accounts', {
    ...filters.chosen,
    ...(paging.cursor !== undefined && { cursor: paging.cursor }),
  });
  const { values, set } = filters;
  return (
    <Page title="Accounts" intro="Exchange accounts of all tenants, with what they were last worth.">
      <Section title="Connected accounts">
        <FilterBar>
          <TenantFilter value={values.tenant_id} onChange={(value) => set('tenant_id', value)} />
          <ExchangeFilter value={values.exchange} onChange={(value) => set('exchange', value)} />
          <ChoiceFilter
            label="Status"
            value={values.status}
            onChange={(value) => set('status', value)}
            choices={ACCOUNT_STATUSES}
          />
        </FilterBar>
        <Answer live={live}>
          {({ items, next_cursor }) => (
            <>
              <DataTable
                caption="Accounts"
                rows={items}
                keyOf={({ id }) => id}
                columns={COLUMNS}
                empty={
                  filters.isAny ? (
                    <Nothing title="No account matches">Choose other filters to see more.</Nothing>
                  ) : (
                    <Nothing title="No account yet">
                      Accounts appear here when a tenant's program connects one with its caller key. Create a
                      tenant and a caller key first.
                    </Nothing>
                  )
                }
              />
              <Pager paging={paging} nextCursor={next_cursor} label="accounts" />
            </>
          )}
        </Answer>
      </Section>
    </Page>
  );
};

const COLUMNS = [
  {
    header: 'Account',
    cell: ({ tenant_id, id, name }: AdminAccount) => (
      <Anchor href={linkTo('tenants', tenant_id, 'accounts', id)}>{name}</Anchor>
    ),
  },
  {
    header: 'Tenant',
    cell: ({ tenant_id, tenant_name }: AdminAccount) => (
      <Anchor href={linkTo('tenants', tenant_id)}>{tenant_name}</Anchor>
    ),
  },
  { header: 'Exchange', cell: ({ market_code }: AdminAccount) => market_code },
  { header: 'Mode', cell: ({ mode }: AdminAccount) => mode },
  { header: 'Status', cell: (account: AdminAccount) => <AccountStatus account={account} /> },
  { header: 'USD', isNumeric: true, cell: ({ usd_amount }: AdminAccount) => formatUsd(usd_amount) },
  { header: 'BTC', isNumeric: true, cell: ({ btc_amount }: AdminAccount) => formatBtc(btc_amount) },
  { header: 'Synced', cell: ({ synced_at }: AdminAccount) => <Time at={synced_at} /> },
];
