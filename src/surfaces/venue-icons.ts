/** The pictures that `market_icon` links to: the venue's first letters on a colour of its own, no foreign trademark. */
import { createHash } from 'node:crypto';
import type { Venue } from '../exchanges/venue.ts';
import type { PublicDocument } from '../http/public-documents.ts';

/** By path, as the catalog names them. */
export const venueIcons = (venues: readonly Venue[]): Record<string, PublicDocument> =>
  Object.fromEntries(
    venues.flatMap((venue) =>
      venue.markets.map(({ marketIcon }) => [
        marketIcon,
        { contentType: 'image/svg+xml', body: drawIcon(venue.displayName) },
      ]),
    ),
  );

const drawIcon = (name: string): string => {
  const hue = (createHash('sha256').update(name).digest().readUInt16BE(0) / 0xffff) * 360;
  const letters = name.replaceAll(/[^A-Za-z0-9]/g, '').slice(0, 2);
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img">',
    `<title>${name}</title><circle cx="32" cy="32" r="32" fill="hsl(${Math.round(hue)} 60% 35%)"/>`,
    '<text x="32" y="32" fill="#fff" font-family="sans-serif" font-size="26" text-anchor="middle"',
    ` dominant-baseline="central">${letters}</text></svg>`,
  ].join('');
};
