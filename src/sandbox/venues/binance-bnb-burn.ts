/** Binance: whether trading fees and margin interest are paid in BNB. */
import type { SandboxAccount } from '../ledger.ts';
import { type Answer, type VenueRequest, type VenueRoute, json, signedRoute } from '../venue.ts';
import { givenIn } from './binance-orders.ts';
import { missing } from './binance-signature.ts';

export const bnbBurnRoutes: readonly (readonly [string, VenueRoute])[] = [
  ['GET /sapi/v1/bnbBurn', signedRoute('read', (_, account) => json(200, burnOf(account)))],
  ['POST /sapi/v1/bnbBurn', signedRoute('trade', (request, account) => setBurn(request, account))],
];

const burnOf = ({ activity }: SandboxAccount) => ({
  spotBNBBurn: activity.spotBnbBurn,
  interestBNBBurn: activity.interestBnbBurn,
});

const setBurn = (request: VenueRequest, account: SandboxAccount): Answer => {
  const given = givenIn(request);
  const spot = given.get('spotBNBBurn');
  const interest = given.get('interestBNBBurn');
  for (const value of [spot, interest])
    if (value !== undefined && value !== 'true' && value !== 'false') return missing('spotBNBBurn');
  if (spot === undefined && interest === undefined) return missing('spotBNBBurn');
  if (spot !== undefined) account.activity.spotBnbBurn = spot === 'true';
  if (interest !== undefined) account.activity.interestBnbBurn = interest === 'true';
  return json(200, burnOf(account));
};
