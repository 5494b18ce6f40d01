/** One account: its state, its balances, and what it was worth over time. */
import { Alert, Anchor } from '@mantine/core';
import type { AdminAccountDetail } from '../api-types.ts';
import { formatBtc, formatQuantity, formatUsd } from '../formats.ts';
import { linkTo } from '../location.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { Answer, Nothing } from '../parts/notices.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Time } from '../parts/values.tsx';
import { useAnswer } from '../use-answer.ts';
import { AccountStatus } from './account-status.tsx';
import { EquitySection } from './equity-section.tsx';

interface AccountPageProps {
  readonly tenantId: string;
  readonly accountId: string;
}

export const AccountPage = ({ tenantId, accountId }: AccountPageProps) => {
  const of = { tenant_id: tenantId, account_id: accountId };
  const live = useAnswer('GET /api/admin/tenants/{tenant_id}/accounts/{account_id}', of);
  return (
    <Page title={live.answer?.name ?? 'Account'}>
      <Answer live={live}>
        {(account) => (
          <>
            <Summary account={account} />
            <EquitySection tenantId={tenantId} accountId={accountId} />
            <Section title="Balances">
              <DataTable
                caption="Balances of the account"
                rows={account.balances}
                keyOf={({ asset }) => asset}
                columns={[
                  { header: 'Asset', cell: ({ asset }) => asset },
                  { header: 'Total', isNumeric: true, cell: ({ total }) => formatQuantity(total) },
                  { header: 'USD', isNumeric: true, cell: ({ usd_value }) => formatUsd(usd_value) },
                  { header: 'BTC', isNumeric: true, cell: ({ btc_value }) => formatBtc(btc_value) },
                ]}
                empty={
                  <Nothing title="No balance">
                    The account was empty when it was last synced, or it has not been synced yet.
                  </Nothing>
                }
              />
            </Section>
          </>
        )}
      </Answer>
    </Page>
  );
};

const Summary = ({ account }: { readonly account: AdminAccountDetail }) => (
  <Section title="Summary">
    {account.lock_reason !== null && (
      <Alert color="yellow" title="The account is locked">
        {account.lock_reason}
      </Alert>
    )}
    <Facts>
      <Fact name="Status">
        <AccountStatus account={account} />
      </Fact>
      <Fact name="Worth">
        {formatUsd(account.usd_amount)} · {formatBtc(account.btc_amount)} BTC
      </Fact>
      <Fact name="Exchange">{account.market_code}</Fact>
      <Fact name="Mode">{account.mode}</Fact>
      <Fact name="Tenant">
        <Anchor href={linkTo('tenants', account.tenant_id)}>{account.tenant_name}</Anchor>
      </Fact>
      <Fact name="Last synced">
        <Time at={account.synced_at} />
      </Fact>
      <Fact name="Connected">
        <Time at={account.created_at} />
      </Fact>
      <Fact name="Id">{account.id}</Fact>
    </Facts>
  </Section>
);
