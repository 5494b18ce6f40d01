/** The caller key that answers for an endpoint: whoever revokes a key that was stolen ends what it listens by, too. Pure. */
import type { Scope } from '../../auth/actor.ts';
import type { StoredEvent } from '../events/event-envelope.ts';
import { EVENT_TYPES, isEventType } from '../events/event-types.ts';

/** The key as it is now. */
export interface EndpointMaker {
  readonly end: 'revoked' | 'expired' | null;
  readonly scopes: readonly Scope[];
  /** null: all, and events of no account. */
  readonly accountIds: readonly number[] | null;
}

const ADOPT = 'another key takes it over with PATCH and enabled true';

/** Why the endpoint is switched off. */
export const MAKER_ENDED = {
  revoked: `the API key that made it was revoked; ${ADOPT}`,
  expired: `the API key that made it has expired; ${ADOPT}`,
};

/** Why a delivery is given up. */
export const NOT_SHOWN = 'the API key that made the endpoint may no longer see it';

/** The key may have been given less since the delivery was written. A test is for the endpoint, and tells nothing. */
export const maySee = ({ scopes, accountIds }: EndpointMaker, { type, accountId }: StoredEvent): boolean =>
  type === 'webhook.test' ||
  ((!isEventType(type) || scopes.includes(EVENT_TYPES[type].scope)) &&
    (accountIds === null || (accountId !== null && accountIds.includes(accountId))));
