/** Which events follow from what a proof of exchange keys found, against what was stored before. Pure. */
import type { KeyRights } from '../../exchanges/exchange.ts';
import type { NewEvent } from '../events/event-store.ts';
import type { KeysBefore } from './key-proof-store.ts';
import { describeChange, type ValidationStatus } from './stored-credential.ts';

interface Told {
  readonly credentialId: string;
  readonly requestId: string | undefined;
}

/** Rights that nobody had seen before have not changed. */
const rightsEvents = (
  { credentialId, requestId }: Told,
  before: Pick<
    KeysBefore,
    'venueId' | 'canRead' | 'canTrade' | 'canWithdraw' | 'rightsSource' | 'accountIds'
  >,
  rights: KeyRights,
): NewEvent[] => {
  if (before.rightsSource === null || describeChange(before, rights).length === 0) return [];
  const data = {
    credential_id: credentialId,
    exchange: before.venueId,
    can_read: rights.canRead,
    can_trade: rights.canTrade,
    can_withdraw: rights.canWithdraw,
  };
  return [
    { type: 'credential.rights_changed', data, requestId },
    ...before.accountIds.map(
      (id): NewEvent => ({ type: 'account.rights_changed', data: { account_id: id, ...data }, requestId }),
    ),
  ];
};

/** Nothing when the keys were found so before. */
export const validationEvents = (
  { credentialId, requestId }: Told,
  before: Pick<KeysBefore, 'venueId' | 'validationStatus'>,
  status: ValidationStatus,
): NewEvent[] =>
  status === before.validationStatus
    ? []
    : [
        {
          type: 'credential.validated',
          data: { credential_id: credentialId, exchange: before.venueId, validation_status: status },
          requestId,
        },
      ];

export const unlockEvents = (accountIds: readonly number[], requestId: string | undefined): NewEvent[] =>
  accountIds.map((id) => ({ type: 'account.unlocked', data: { account_id: id }, requestId }));

/** All that a proof can bring. */
export const proofEvents = (
  told: Told,
  before: KeysBefore,
  found: { readonly rights: KeyRights; readonly status: ValidationStatus },
): NewEvent[] => [
  ...rightsEvents(told, before, found.rights),
  ...validationEvents(told, before, found.status),
  ...unlockEvents(before.unlockedIds, told.requestId),
];
