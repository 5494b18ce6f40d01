/** Answers whose JSON types are not what the venue promises: spoilt by a fault, or with amounts as bare numbers. */
import type { Answer } from './venue.ts';

const AMOUNT = /^-?\d+(?:\.\d+)?$/;

/** `structure`: lists, objects, texts and numbers trade places; `amounts`: each amount is an object. */
export const spoilAnswer = (answer: Answer, how: 'structure' | 'amounts' | null): Answer => {
  if (how === null) return answer;
  const value = parsed(answer.body);
  if (value === undefined) return answer;
  const spoilt = how === 'amounts' ? wrapAmounts(value) : swapInner(value);
  return { ...answer, body: Buffer.from(JSON.stringify(spoilt)) };
};

/** Decimal texts become JSON numbers with the same digits; a client that reads them as floats loses some. */
export const withBareNumbers = (answer: Answer): Answer => ({
  ...answer,
  body: Buffer.from(
    answer.body
      .toString('utf8')
      // Values only: behind a colon, a bracket or a comma, and not themselves a name.
      .replace(/(?<=[:[,]\s*)"(-?(?:0|[1-9]\d*)\.\d+)"(?!\s*:)/g, '$1'),
  ),
});

const parsed = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
};

/** The outermost object stays one, so that the answer still looks like the venue's. */
const swapInner = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, swap(inner)]))
    : swap(value);

const swap = (value: unknown): unknown => {
  if (typeof value === 'number') return value.toString();
  if (typeof value === 'string') return AMOUNT.test(value) ? Number(value) : [value];
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.values(value).map(swap);
  return Array.isArray(value) ? Object.fromEntries(inner.entries()) : inner;
};

const wrapAmounts = (value: unknown): unknown => {
  if (typeof value === 'string') return AMOUNT.test(value) ? { amount: value } : value;
  if (Array.isArray(value)) return value.map(wrapAmounts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, wrapAmounts(inner)]));
};
