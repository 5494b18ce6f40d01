/**
 * Puts our checks between ccxt and what it is told: every request passes the venue's gate, nothing but JSON counts as an
 * answer, and bad keys are named so.
 */
import { AppError } from '../shared/errors.ts';
import { isCcxtError, limited } from './ccxt-errors.ts';
import {
  badResponse,
  type CcxtClass,
  type CcxtExchange,
  isObject,
  type JsonObject,
} from './ccxt-exchange.ts';
import type { CcxtVenue } from './ccxt-venue.ts';
import { parseExactJson } from './exact-json.ts';

// What a header may hold (RFC 9110, field values); anything else in a key would be refused by the HTTP client.
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

export interface GuardOptions {
  readonly venue: CcxtVenue;
  /** Runs one request. */
  readonly pass: <T>(request: () => Promise<T>) => Promise<T>;
  /** The venue refused a request for its frequency, with these words; answers when to come back, where that is known. */
  readonly onLimited: (status: 418 | 429, body: string) => number | undefined;
}

export const guardCcxtClass = (base: CcxtClass, { venue, pass, onLimited }: GuardOptions): CcxtClass =>
  class extends base {
    override fetch(...request: Parameters<CcxtExchange['fetch']>): Promise<unknown> {
      return pass(() => super.fetch(...request));
    }

    override handleErrors(
      ...[status, reason, url, method, headers, body, parsed, ...request]: Parameters<
        InstanceType<CcxtClass>['handleErrors']
      >
    ): unknown {
      const own = venue.classify?.(parsed, status);
      if (own !== undefined) throw own;
      // ccxt goes by the words that come with it, and takes some for an outage.
      if (status === 418 || status === 429) throw limited(onLimited(status, body));
      // 200 with HTML or with half a document reads as an empty balance on most venues.
      if (status < 400 && (status < 200 || status > 299 || typeof parsed !== 'object' || parsed === null))
        throw badResponse();
      const handled = super.handleErrors(status, reason, url, method, headers, body, parsed, ...request);
      if (status < 400 || handled !== undefined) return handled;
      super.handleHttpStatusCode(status, reason, url, method, body);
      throw new AppError('exchange_error', 'The exchange answered with an error');
    }

    /** undefined for anything but an object or a list, as ccxt has it. */
    override parseJson(text: string): unknown {
      try {
        const parsed = parseExactJson(text);
        return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
      } catch {
        return undefined;
      }
    }

    override sign(...request: unknown[]): JsonObject {
      try {
        const signed = super.sign(...request);
        const headers = isObject(signed['headers']) ? Object.values(signed['headers']) : [];
        if (headers.every((value) => typeof value !== 'string' || HEADER_VALUE.test(value))) return signed;
      } catch (error) {
        // Signing touches nothing but the keys: an error of another kind means that they do not parse.
        if (isCcxtError(error)) throw error;
      }
      throw new AppError('invalid_credentials', 'The keys do not have the form that this exchange issues');
    }
  };
