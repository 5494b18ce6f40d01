/** Serves what never changes while the program runs (API document, icons): public, built once, with an ETag. */
import { createHash } from 'node:crypto';
import type { Answer } from './response-writer.ts';

export interface PublicDocument {
  /** E.g. `application/json`. */
  readonly contentType: string;
  readonly body: string;
}

/** Takes the `If-None-Match` header. */
export type DocumentAnswer = (ifNoneMatch: string | undefined) => Answer;

export const createDocumentAnswer = ({ contentType, body }: PublicDocument): DocumentAnswer => {
  const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
  const headers = { 'Content-Type': contentType, ETag: etag, 'Cache-Control': 'public, max-age=300' };
  return (ifNoneMatch) =>
    ifNoneMatch !== undefined && names(ifNoneMatch, etag)
      ? { status: 304, headers, body: '' }
      : { status: 200, headers, body };
};

const names = (ifNoneMatch: string, etag: string): boolean =>
  ifNoneMatch.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
