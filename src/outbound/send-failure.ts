/** Puts what goes wrong on the way to a receiver into a few fixed words: what it said itself is shown to nobody. */
import { types } from 'node:util';

/** Codes of errors by the words for them; the first that fits counts. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^ADDRESS_REFUSED$/, 'address not allowed'],
  [/^DELIVERY_TIMEOUT$/, 'timeout'],
  [
    /^(?:ENOTFOUND|EAI_|ENODATA|ESERVFAIL|EREFUSED|ENONAME|ETIMEOUT|EFORMERR|ENOTIMP|EBADRESP|EBADNAME)/,
    'name not resolved',
  ],
  [/^ECONNREFUSED$/, 'connection refused'],
  [/^(?:ECONNRESET|EPIPE|ECONNABORTED)$/, 'connection reset'],
  [/^(?:EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EADDRNOTAVAIL|ENETDOWN)$/, 'not reachable'],
  [
    /^(?:ERR_TLS_|ERR_SSL_|CERT_|EPROTO$|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA)/,
    'TLS not trusted',
  ],
  [/^HPE_/, 'answer is no HTTP'],
];

export const describeFailure = (error: unknown): string => {
  const code = types.isNativeError(error) && 'code' in error ? String(error.code) : '';
  return WORDS.find(([pattern]) => pattern.test(code))?.[1] ?? 'connection failed';
};
