/** Webhook endpoints of all tenants and what was sent to them, with replay of one delivery or of all that was missed. */
import { Page } from '../parts/page.tsx';
import { useFilters } from '../parts/filters.tsx';
import { WEBHOOK_FILTERS } from './webhook-filters.ts';
import { DeliveriesSection } from './deliveries-section.tsx';
import { EndpointsSection } from './endpoints-section.tsx';

export const WebhooksPage = () => {
  const filters = useFilters(WEBHOOK_FILTERS);
  return (
    <Page
      title="Webhooks"
      intro="A delivery that fails is tried again for days; after the last attempt it is dead, and can be replayed."
    >
      <EndpointsSection filters={filters} />
      <DeliveriesSection filters={filters} />
    </Page>
  );
};
