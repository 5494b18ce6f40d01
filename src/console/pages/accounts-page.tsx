/** The connected accounts of all tenants. */
import { Anchor } from '@mantine/core';
import type { Account } from '../api-types.ts';
import { formatBtc, formatUsd } from '../formats.ts';
import { linkTo } from '../location.ts';
import { DataTable } from '../parts/data-table.tsx';
import { ChoiceFilter, FilterBar, TenantFilter, useFilters } from '../parts/filters.tsx';
import { Answer, Nothing } from '../parts/notices.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Pager, usePaging } from '../parts/paging.tsx';
import { Time } from '../parts/values.tsx';
import { useAnswer } from '../use-answer.ts';
import { ACCOUNT_STATUSES, AccountStatus } from './account-status.tsx';

const VENUES_EVERY_MS = 60_000;

export const AccountsPage = () => {
  const filters = useFilters(['tenant_id', 'exchange', 'status']);
  const paging = usePaging(filters.key);
  const venues = useAnswer('GET /api/admin/venues', {}, VENUES_EVERY_MS);
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
          <ChoiceFilter
            label="Exchange"
            value={values.exchange}
            onChange={(value) => set('exchange', value)}
            choices={(venues.answer?.items ?? []).map(({ venue, name }) => ({ value: venue, label: name }))}
          />
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
    cell: ({ tenant_id, id, name }: Account) => (
      <Anchor href={linkTo('tenants', tenant_id, 'accounts', id)}>{name}</Anchor>
    ),
  },
  {
    header: 'Tenant',
    cell: ({ tenant_id, tenant_name }: Account) => (
      <Anchor href={linkTo('tenants', tenant_id)}>{tenant_name}</Anchor>
    ),
  },
  { header: 'Exchange', cell: ({ market_code }: Account) => market_code },
  { header: 'Mode', cell: ({ mode }: Account) => mode },
  { header: 'Status', cell: (account: Account) => <AccountStatus account={account} /> },
  { header: 'USD', isNumeric: true, cell: ({ usd_amount }: Account) => formatUsd(usd_amount) },
  { header: 'BTC', isNumeric: true, cell: ({ btc_amount }: Account) => formatBtc(btc_amount) },
  { header: 'Synced', cell: ({ synced_at }: Account) => <Time at={synced_at} /> },
];
