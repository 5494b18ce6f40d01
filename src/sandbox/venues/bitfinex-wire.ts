/** Bitfinex's wire: lists of bare numbers, exact to the last digit, and notifications of what a command did. */
import { LosslessNumber, stringify } from 'lossless-json';
import { toDecimal } from '../../shared/money.ts';
import type { Answer } from '../venue.ts';

/** A decimal text as a JSON number with the same digits. */
export const bare = (amount: string): LosslessNumber => new LosslessNumber(toDecimal(amount));

export const negated = (amount: string): LosslessNumber =>
  bare(amount.startsWith('-') ? amount.slice(1) : `-${amount}`);

export const bitfinexJson = (value: unknown, status = 200, headers?: Record<string, string>): Answer => {
  const body = Buffer.from(stringify(value) ?? 'null');
  return headers === undefined ? { status, body } : { status, body, headers };
};

/** Errors come as a list with status 500. */
export const bitfinexRefusal = (code: number, text: string, status = 500): Answer =>
  bitfinexJson(['error', code, text], status);

/** What a command answers; `kind` as `on-req`. */
export const notification = (nowMs: number, kind: string, content: unknown, text: string): Answer =>
  bitfinexJson([nowMs, kind, null, null, content, null, 'SUCCESS', text]);
