/** Explanations of refused requests on /api: their schemas and the only mapping to and from them. */
import { z } from 'zod';
import type { Explanation, TriedText } from '../../auth/explainer.ts';
import { PROFILES } from '../../auth/profile.ts';
import { SIGNATURE_ALGORITHMS } from '../../auth/signature-algorithm.ts';
import type { SignedRequest } from '../../auth/signed-request.ts';

const VISIBLE = /^[\x21-\x7e]*$/;
const LONGEST_TARGET = 8_192;
const LONGEST_TEXT = 65_536;

const describedRequest = z.object({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD']),
  target: z.string().max(LONGEST_TARGET).regex(VISIBLE).describe('Path and query as sent'),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])).describe('Host among them'),
  body: z.string().max(LONGEST_TEXT).default(''),
});

export const explainParameters = z.object({
  request: describedRequest.optional().describe('The request to explain; without it this very one'),
  canonical: z.string().max(LONGEST_TEXT).optional().describe('The text that you signed'),
  canonical_sha256: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/)
    .optional()
    .describe('Or its SHA-256 in hex'),
});

const differenceSchema = z.strictObject({
  offset: z.int(),
  line: z.int(),
  expected: z.string().nullable(),
  yours: z.string().nullable(),
});

export const explanationSchema = z
  .strictObject({
    profile: z.enum([...PROFILES, 'bearer']).nullable(),
    signature_fits: z.boolean(),
    problems: z.array(z.string()),
    tried: z.array(
      z.strictObject({
        text: z.string(),
        algorithm: z.enum(SIGNATURE_ALGORITHMS as [string, ...string[]]).nullable(),
        sha256: z.string(),
        bytes: z.int(),
        is_yours: z.boolean().nullable(),
        first_difference: differenceSchema.nullable(),
      }),
    ),
    timestamp: z.iso.datetime(),
  })
  .meta({ id: 'Explanation' });

export const toExplanationWire = (
  explanation: Explanation,
  now: Date,
): z.input<typeof explanationSchema> => ({
  profile: explanation.profile,
  signature_fits: explanation.signatureFits,
  problems: [...explanation.problems],
  tried: explanation.tried.map(toTriedWire),
  timestamp: now.toISOString(),
});

const toTriedWire = ({ difference, ...tried }: TriedText) => ({
  text: tried.name,
  algorithm: tried.algorithm,
  sha256: tried.sha256,
  bytes: tried.bytes,
  is_yours: tried.isYours,
  first_difference:
    difference === undefined
      ? null
      : {
          offset: difference.offset,
          line: difference.line,
          expected: difference.expected,
          yours: difference.actual,
        },
});

/** A request that the caller describes, as if it had come from where this one came from. */
export const toSignedRequest = (
  described: z.output<typeof describedRequest>,
  sent: SignedRequest,
): SignedRequest => {
  const headers = new Map<string, string[]>();
  for (const [name, value] of Object.entries(described.headers))
    headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), ...[value].flat()]);
  return {
    ...sent,
    method: described.method,
    target: described.target,
    headers,
    rawBody: Buffer.from(described.body, 'utf8'),
  };
};
