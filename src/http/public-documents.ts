/** Serves what is the same for everybody (API document, icons, token keys, pages): public, cacheable, with an ETag. */
import { createHash } from 'node:crypto';
import type { HeaderLists } from '../auth/signed-request.ts';
import { createPreparedDocument, type PreparedDocument } from './prepared-document.ts';
import type { Answer } from './response-writer.ts';

export interface PublicDocument {
  /** E.g. `application/json`. */
  readonly contentType: string;
  /** A function, for the few that change while the program runs. */
  readonly body: string | (() => Promise<string>);
  /** Default: five minutes. */
  readonly cacheControl?: string;
  /** Whether it is worth compressing; default: no. */
  readonly isCompressed?: boolean;
  /** Of a page; data needs none of its own. */
  readonly contentSecurityPolicy?: string;
}

/** Another path of the same listener where the browser is sent to. */
export interface Redirect {
  readonly redirectTo: string;
}

/** Takes the request's headers. */
export type DocumentAnswer = (headers: HeaderLists) => Promise<Answer>;

export const createDocumentAnswer = (document: PublicDocument | Redirect): DocumentAnswer => {
  if ('redirectTo' in document) {
    const headers = { Location: document.redirectTo, 'Cache-Control': 'no-store' };
    return () => Promise.resolve({ status: 303, headers, body: '' });
  }
  const { contentType, body, cacheControl = 'public, max-age=300', isCompressed = false } = document;
  let last: { readonly text: string; readonly prepared: PreparedDocument } | undefined;
  const read = async (): Promise<PreparedDocument> => {
    const text = typeof body === 'string' ? body : await body();
    if (last?.text !== text) {
      const hash = createHash('sha256').update(text).digest('base64url');
      const etag = isCompressed ? `W/"${hash}"` : `"${hash}"`;
      last = {
        text,
        prepared: createPreparedDocument({ contentType, cacheControl, etag, body: text, isCompressed }),
      };
    }
    return last.prepared;
  };
  return async (headers) => {
    const answer = await (await read()).answer(headers);
    const policy = document.contentSecurityPolicy;
    return policy === undefined
      ? answer
      : { ...answer, headers: { ...answer.headers, 'Content-Security-Policy': policy } };
  };
};
