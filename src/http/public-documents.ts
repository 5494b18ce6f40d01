/** Serves what is the same for everybody (API document, icons, token keys): public, cacheable, with an ETag. */
import { createHash } from 'node:crypto';
import { namesTag } from './prepared-document.ts';
import type { Answer } from './response-writer.ts';

export interface PublicDocument {
  /** E.g. `application/json`. */
  readonly contentType: string;
  /** A function, for the few that change while the program runs. */
  readonly body: string | (() => Promise<string>);
}

/** Takes the `If-None-Match` header. */
export type DocumentAnswer = (ifNoneMatch: string | undefined) => Promise<Answer>;

export const createDocumentAnswer = ({ contentType, body }: PublicDocument): DocumentAnswer => {
  let last: { readonly text: string; readonly etag: string } | undefined;
  const read = async () => {
    const text = typeof body === 'string' ? body : await body();
    if (last?.text !== text)
      last = { text, etag: `"${createHash('sha256').update(text).digest('base64url')}"` };
    return last;
  };
  return async (ifNoneMatch) => {
    const { text, etag } = await read();
    const headers = { 'Content-Type': contentType, ETag: etag, 'Cache-Control': 'public, max-age=300' };
    return namesTag(ifNoneMatch === undefined ? undefined : [ifNoneMatch], etag)
      ? { status: 304, headers, body: '' }
      : { status: 200, headers, body: text };
  };
};
