/** Exchange keys of all tenants: what they may do and whether they still work; never the keys themselves. */
import { Anchor } from '@mantine/core';
import type { AdminCredential } from '../api-types.ts';
import { formatCount } from '../formats.ts';
import { linkTo } from '../location.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { ExchangeFilter, FilterBar, TenantFilter, useFilters } from '../parts/filters.tsx';
import { Answer, Nothing } from '../parts/notices.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Pager, usePaging } from '../parts/paging.tsx';
import { Status } from '../parts/status.tsx';
import { Aside, Id, Time } from '../parts/values.tsx';
import { useAnswer } from '../use-answer.ts';

const FILTERS = { tenant_id: null, exchange: null };

export const CredentialsPage = () => {
  const filters = useFilters(FILTERS);
  const paging = usePaging(filters.key);
  const live = useAnswer('GET /api/admin/credentials', {
    ...filters.chosen,
    ...(paging.cursor !== undefined && { cursor: paging.cursor }),
  });
  const { values, set } = filters;
  return (
    <Page
      title="Credentials"
      intro="Exchange keys, sealed: custody alone opens them, and nobody is shown more than their first and last characters."
    >
      <Section title="Stored exchange keys">
        <FilterBar>
          <TenantFilter value={values.tenant_id} onChange={(value) => set('tenant_id', value)} />
          <ExchangeFilter value={values.exchange} onChange={(value) => set('exchange', value)} />
        </FilterBar>
        <Answer live={live}>
          {({ items, next_cursor }) => (
            <>
              <DataTable
                caption="Exchange keys"
                rows={items}
                keyOf={({ id }) => id}
                columns={COLUMNS}
                empty={
                  filters.isAny ? (
                    <Nothing title="No exchange key matches">Choose other filters to see more.</Nothing>
                  ) : (
                    <Nothing title="No exchange key yet">They come with the first connected account.</Nothing>
                  )
                }
              />
              <Pager paging={paging} nextCursor={next_cursor} label="credentials" />
            </>
          )}
        </Answer>
      </Section>
    </Page>
  );
};

const Validity = ({ credential }: { readonly credential: AdminCredential }) => {
  const { is_active, validation_status, validation_error } = credential;
  if (!is_active) return <Status tone="quiet">Switched off</Status>;
  return (
    <>
      <Status tone={validation_error === null ? 'good' : 'bad'}>{validation_status}</Status>
      {validation_error !== null && <Aside>{validation_error}</Aside>}
    </>
  );
};

const rightsOf = ({ can_read, can_trade, can_withdraw }: AdminCredential): string => {
  const rights = [
    can_read === true && 'read',
    can_trade === true && 'trade',
    can_withdraw === true && 'withdraw',
  ].filter((right) => right !== false);
  return rights.length === 0 ? 'not told' : rights.join(', ');
};

const COLUMNS: readonly Column<AdminCredential>[] = [
  { header: 'Name', cell: ({ name }) => name },
  {
    header: 'Tenant',
    cell: ({ tenant_id, tenant_name }) => <Anchor href={linkTo('tenants', tenant_id)}>{tenant_name}</Anchor>,
  },
  { header: 'Exchange', cell: ({ exchange }) => exchange },
  { header: 'Key', cell: ({ hint }) => <span className="mono">{hint}</span> },
  { header: 'Rights', cell: rightsOf },
  {
    header: 'Address lock',
    cell: ({ ip_restricted }) => (ip_restricted === null ? 'not told' : ip_restricted ? 'yes' : 'no'),
  },
  { header: 'Last check', cell: (credential) => <Validity credential={credential} /> },
  { header: 'Checked', cell: ({ last_validated_at }) => <Time at={last_validated_at} /> },
  { header: 'Generation', isNumeric: true, cell: ({ generation }) => formatCount(generation) },
  { header: 'Sealing key', cell: ({ sealing_key_id }) => <Id id={sealing_key_id} /> },
];
