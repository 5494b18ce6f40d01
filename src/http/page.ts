/** What a browser visits and no client calls: a handler that answers by itself, errors included. */
import type { SignedRequest } from '../auth/signed-request.ts';
import type { Answer } from './response-writer.ts';

/** A 401 counts as a failed authentication. */
export type Page = (request: SignedRequest) => Promise<Answer>;
