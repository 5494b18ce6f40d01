/** Serves the OpenAPI document: public, built once, with an ETag for those who poll it. */
import { createHash } from 'node:crypto';
import type { Answer } from './response-writer.ts';

/** `json` is the whole document; the function takes the `If-None-Match` header. */
export const createApiDocument = (json: string): ((ifNoneMatch: string | undefined) => Answer) => {
  const etag = `"${createHash('sha256').update(json).digest('base64url')}"`;
  const headers = { ETag: etag, 'Cache-Control': 'public, max-age=300' };
  return (ifNoneMatch) =>
    ifNoneMatch !== undefined && names(ifNoneMatch, etag)
      ? { status: 304, headers, body: '' }
      : { status: 200, headers, body: json };
};

const names = (ifNoneMatch: string, etag: string): boolean =>
  ifNoneMatch.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
