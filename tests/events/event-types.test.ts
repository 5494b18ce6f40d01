/** No type of event is declared that nothing is seen to write. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import type { z } from 'zod';
import { EVENT_TYPES, type EventType } from '../../src/features/events/event-types.ts';

/** The file of the test that makes the change and looks at the event. */
const SEEN_IN: Readonly<Record<EventType, string>> = {
  'account.connected': 'events/account-events.test.ts',
  'account.updated': 'events/account-events.test.ts',
  'account.removed': 'events/account-events.test.ts',
  'account.locked': 'events/account-events.test.ts',
  'account.unlocked': 'events/account-events.test.ts',
  'account.keys_invalid': 'events/account-events.test.ts',
  'account.rights_changed': 'events/account-events.test.ts',
  'credential.stored': 'events/credential-events.test.ts',
  'credential.updated': 'events/credential-events.test.ts',
  'credential.replaced': 'events/credential-events.test.ts',
  'credential.deleted': 'events/credential-events.test.ts',
  'credential.validated': 'events/credential-events.test.ts',
  'credential.rights_changed': 'events/account-events.test.ts',
  'balance.synced': 'events/account-events.test.ts',
  'trades.synced': 'events/account-events.test.ts',
  'profit.daily': 'jobs/profit-daily.test.ts',
  'exchange.degraded': 'jobs/venue-watch.test.ts',
  'exchange.recovered': 'jobs/venue-watch.test.ts',
  'key.created': 'events/key-events.test.ts',
  'key.updated': 'events/key-events.test.ts',
  'key.rotated': 'events/key-events.test.ts',
  'key.revoked': 'events/key-events.test.ts',
  'webhook.disabled': 'webhooks/pauses.test.ts',
  'webhook.test': 'api/webhooks.test.ts',
  'security.canary_opened': 'events/custody-events.test.ts',
  'security.custody_frozen': 'events/custody-events.test.ts',
  'security.custody_thawed': 'events/custody-events.test.ts',
  'security.authentication_failures': 'events/failed-authentication.test.ts',
  'security.address_refused': 'events/key-events.test.ts',
};

test('every type of event is seen to be written by the change that it tells of', () => {
  expect(Object.keys(SEEN_IN).sort()).toEqual(Object.keys(EVENT_TYPES).sort());
  for (const [type, file] of Object.entries(SEEN_IN)) {
    const text = readFileSync(path.resolve(import.meta.dirname, '..', file), 'utf8');
    expect({ type, file, isNamed: text.includes(type) }).toEqual({ type, file, isNamed: true });
  }
});

test('no type tells a secret or an amount of money as a number', () => {
  for (const [type, { data }] of Object.entries(EVENT_TYPES)) {
    const names = Object.keys(data.shape);
    expect({ type, secrets: names.filter((name) => /secret|passphrase|api_key|private/.test(name)) }).toEqual(
      {
        type,
        secrets: [],
      },
    );
    for (const [name, field] of Object.entries<z.ZodType>(data.shape))
      if (name.endsWith('_amount')) expect(field.safeParse(1).success).toBe(false);
  }
});
