/** The pictures that records link to: a name's first letters on a colour of its own, no foreign trademark. */
import { createHash } from 'node:crypto';
import type { CatalogEntry } from '../exchanges/catalog.ts';
import type { PublicDocument } from '../http/public-documents.ts';

/** By path, as the catalog names them; `others` are names by path. */
export const drawIcons = (
  markets: readonly CatalogEntry[],
  others: Readonly<Record<string, string>>,
): Record<string, PublicDocument> => {
  const names = new Map(markets.map(({ venue, market }) => [market.marketIcon, venue.displayName]));
  for (const [path, name] of Object.entries(others)) names.set(path, name);
  return Object.fromEntries(
    [...names].map(([path, name]) => [path, { contentType: 'image/svg+xml', body: drawIcon(name) }]),
  );
};

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
