/** JSON numbers printed digit for digit from exact decimals, never through a float. */
import { LosslessNumber, stringify } from 'lossless-json';
import { z } from 'zod';
import type { DecimalString } from '../shared/money.ts';

export type ExactNumber = LosslessNumber;

export const toExactNumber = (amount: DecimalString): ExactNumber => new LosslessNumber(amount);

/** Schema of an answer's exact number; a plain JSON number in the OpenAPI document. */
export const exactNumber = () =>
  z.custom<ExactNumber>((value) => value instanceof LosslessNumber).meta({ type: 'number' });

/** JSON text of an answer. */
export const printJson = (value: unknown): string => stringify(value) ?? 'null';
