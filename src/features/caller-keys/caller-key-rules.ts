/** What holds whenever a caller key is made or changed by another. Pure; each throws AppError. */
import type { SignatureAlgorithm } from '../../auth/caller-key.ts';
import { meetsFloor, type Profile } from '../../auth/profile.ts';
import { AppError, invalidParameters } from '../../shared/errors.ts';
import { findExcess, leastProfile, type ManagedKey, type Powers } from './managed-key.ts';

export const refuseExcess = (own: Powers, wanted: Powers): void => {
  const excess = findExcess(own, wanted);
  if (excess.length > 0)
    throw new AppError('access_denied', `The API key cannot grant what it lacks: ${excess.join('; ')}`);
};

/** Whoever could change or rotate a stronger key would have its rights. */
export const refuseStronger = (own: Powers, key: ManagedKey): void => {
  if (findExcess(own, key).length > 0)
    throw new AppError('access_denied', 'This key may do more than the one that signs');
};

export const checkFloor = (algorithm: SignatureAlgorithm, floor: Profile): Profile => {
  if (meetsFloor(floor, leastProfile(algorithm))) return floor;
  throw invalidParameters({ profile_floor: [`${algorithm} cannot sign under ${floor}`] });
};

export const checkSpan = ({ notBefore, expiresAt }: Pick<ManagedKey, 'notBefore' | 'expiresAt'>): void => {
  if (notBefore != null && expiresAt != null && notBefore >= expiresAt)
    throw invalidParameters({ expires_at: ['must be after not_before'] });
};
