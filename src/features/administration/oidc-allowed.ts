/** Which people of an identity provider are operators: those that the configuration lists, and nobody else. Pure. */
import type { OidcClaims } from '../../auth/oidc-provider.ts';

/**
 * The first entry that fits; undefined: none does. Entries are emails (which the provider must have verified),
 * `sub:<subject>`, or `<claim>=<value>`.
 */
export const findEntry = (claims: OidcClaims, entries: readonly string[]): string | undefined =>
  entries.find((entry) => {
    if (entry.startsWith('sub:')) return claims.sub === entry.slice('sub:'.length);
    const cut = entry.indexOf('=');
    // An email is worth something only where the provider has verified it, however it is written here.
    if (cut > 0 && entry.slice(0, cut) === 'email') return hasEmail(claims, entry.slice(cut + 1));
    if (cut > 0) return hasValue(claims[entry.slice(0, cut)], entry.slice(cut + 1));
    return hasEmail(claims, entry);
  });

const hasEmail = ({ email, email_verified: isVerified }: OidcClaims, wanted: string): boolean =>
  isVerified === true && typeof email === 'string' && email.toLowerCase() === wanted.toLowerCase();

/** Also one of several values, such as groups. */
const hasValue = (claim: unknown, value: string): boolean =>
  Array.isArray(claim) ? claim.includes(value) : claim === value;
