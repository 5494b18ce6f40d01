/** Which page each address shows. */
import { AccountPage } from './pages/account-page.tsx';
import { AccountsPage } from './pages/accounts-page.tsx';
import { AdminKeysPage } from './pages/admin-keys-page.tsx';
import { AuditPage } from './pages/audit-page.tsx';
import { CredentialsPage } from './pages/credentials-page.tsx';
import { FreezePage } from './pages/freeze-page.tsx';
import { JobsPage } from './pages/jobs-page.tsx';
import { NoPage } from './pages/no-page.tsx';
import { OverviewPage } from './pages/overview-page.tsx';
import { SealingKeysPage } from './pages/sealing-keys-page.tsx';
import { TenantPage } from './pages/tenant-page.tsx';
import { TenantsPage } from './pages/tenants-page.tsx';
import { VenuesPage } from './pages/venues-page.tsx';
import { WebhooksPage } from './pages/webhooks-page.tsx';

export const PageOf = ({ segments }: { readonly segments: readonly string[] }) => {
  const [name, id, part, subId] = segments;
  switch (name) {
    case undefined:
      return <OverviewPage />;
    case 'tenants':
      if (id === undefined) return <TenantsPage />;
      if (part === 'accounts' && subId !== undefined) return <AccountPage tenantId={id} accountId={subId} />;
      return part === undefined ? <TenantPage tenantId={id} /> : <NoPage />;
    case 'accounts':
      return <AccountsPage />;
    case 'credentials':
      return <CredentialsPage />;
    case 'venues':
      return <VenuesPage />;
    case 'jobs':
      return <JobsPage />;
    case 'webhooks':
      return <WebhooksPage />;
    case 'audit':
      return <AuditPage />;
    case 'sealing-keys':
      return <SealingKeysPage />;
    case 'admin-keys':
      return <AdminKeysPage />;
    case 'freeze':
      return <FreezePage />;
    default:
      return <NoPage />;
  }
};
