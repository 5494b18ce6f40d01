/** The ways of signing a request, in order: each is safer than those before it. */

/** From the weakest to the strongest; `legacy` alone can be replayed. */
export const PROFILES = ['legacy', 'strict', 'rfc9421'] as const;

export type Profile = (typeof PROFILES)[number];

export const meetsFloor = (profile: Profile, floor: Profile): boolean =>
  PROFILES.indexOf(profile) >= PROFILES.indexOf(floor);
