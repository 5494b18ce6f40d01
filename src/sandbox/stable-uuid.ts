/** UUIDs of venues that name things so: the same one for the same thing at every start. */
import { createHash } from 'node:crypto';

export const stableUuid = (text: string): string => {
  const hex = createHash('sha256').update(text).digest('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`];
  return [...parts, hex.slice(20, 32)].join('-');
};

const NUMBERED = /^5a5a5a5a-0000-4000-8000-([0-9a-f]{12})$/;

/** A UUID from which the number can be read back, for orders and trades. */
export const numberedUuid = (id: number): string =>
  `5a5a5a5a-0000-4000-8000-${id.toString(16).padStart(12, '0')}`;

export const numberOfUuid = (uuid: string): string | undefined => {
  const hex = NUMBERED.exec(uuid.toLowerCase())?.[1];
  return hex === undefined ? undefined : BigInt(`0x${hex}`).toString();
};
