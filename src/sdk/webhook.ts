/** Verifies deliveries of webhooks, which are signed as Standard Webhooks 1.0.0 has it; on WebCrypto, for receivers anywhere. */
import { type Bytes, fromBase64, utf8 } from './bytes.ts';
import type { GatewayEvent } from './event-stream.ts';

type HeaderValue = string | readonly string[] | undefined;

export interface WebhookDelivery {
  /** `whsec_...`: of an endpoint with hmac. Several, while a secret is being replaced. */
  readonly secret?: string | readonly string[];
  /** `whpk_...`: of an endpoint with ed25519. */
  readonly publicKey?: string | readonly string[];
  /** As they came: those of fetch (Headers), or of Node (names in lower case). */
  readonly headers: Iterable<readonly [string, string]> | Readonly<Record<string, HeaderValue>>;
  /** As it came, before anything parsed it. */
  readonly body: string | Uint8Array;
  /** How old, or how far ahead, a delivery may be; 5 minutes. */
  readonly toleranceSeconds?: number;
}

/** The delivery is not the gateway's, not for this receiver, or too old: answer 400 and do nothing. */
export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError';
}

const TOLERANCE_SECONDS = 300;
const MS_PER_SECOND = 1_000;

/**
 * Answers the event when a signature fits. Throws WebhookVerificationError when none does, and TypeError for keys that
 * cannot be read. A delivery may come more than once: `id` stays the same.
 */
export const verifyWebhook = async (delivery: WebhookDelivery): Promise<GatewayEvent> => {
  const keys = readKeys(delivery);
  const headers = readHeaders(delivery.headers);
  const id = headerOf(headers, 'webhook-id');
  const timestamp = headerOf(headers, 'webhook-timestamp');
  const signatures = headerOf(headers, 'webhook-signature').split(' ').slice(0, MOST_SIGNATURES);
  checkTime(timestamp, delivery.toleranceSeconds ?? TOLERANCE_SECONDS);
  const body = typeof delivery.body === 'string' ? utf8(delivery.body) : delivery.body;
  const signed = concatenate(utf8(`${id}.${timestamp}.`), body);
  for (const key of keys) {
    for (const signature of signatures) {
      const [version, text = ''] = signature.split(',');
      if (version === key.version && (await fits(key, readSignature(text), signed))) return parse(body, id);
    }
  }
  throw new WebhookVerificationError(
    'No signature fits: the body must be verified as it came, with the secret of this endpoint',
  );
};

// The gateway sends one, or two while a secret is being replaced.
const MOST_SIGNATURES = 10;

interface ReceiverKey {
  readonly version: 'v1' | 'v1a';
  readonly bytes: Bytes;
}

const readKeys = ({ secret, publicKey }: WebhookDelivery): ReceiverKey[] => {
  const keys = [
    ...listOf(secret).map((text) => readKey(text, 'v1', 'whsec_')),
    ...listOf(publicKey).map((text) => readKey(text, 'v1a', 'whpk_')),
  ];
  if (keys.length === 0)
    throw new TypeError('verifyWebhook needs secret (whsec_...) or publicKey (whpk_...)');
  return keys;
};

const listOf = (value: string | readonly string[] | undefined): readonly string[] => {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
};

const readKey = (text: string, version: ReceiverKey['version'], prefix: string): ReceiverKey => {
  try {
    if (!text.startsWith(prefix)) throw new TypeError('wrong prefix');
    const bytes = fromBase64(text.slice(prefix.length));
    if (bytes.length === 0) throw new TypeError('empty');
    return { version, bytes };
  } catch {
    // Never the text itself: it may be a secret in the wrong place.
    throw new TypeError(`The key cannot be read: it begins with ${prefix} and goes on in base64`);
  }
};

const readHeaders = (headers: WebhookDelivery['headers']): ReadonlyMap<string, string> => {
  const entries: Iterable<readonly [string, HeaderValue]> =
    Symbol.iterator in headers ? headers : Object.entries(headers);
  return new Map(
    Array.from(entries, ([name, value]) => [name.toLowerCase(), typeof value === 'string' ? value : '']),
  );
};

const headerOf = (headers: ReadonlyMap<string, string>, name: string): string => {
  const value = headers.get(name);
  if (value === undefined || value === '')
    throw new WebhookVerificationError(`The header ${name} is missing`);
  return value;
};

const checkTime = (timestamp: string, toleranceSeconds: number): void => {
  if (!/^\d{1,12}$/.test(timestamp))
    throw new WebhookVerificationError('webhook-timestamp is not a number of seconds');
  const age = Math.floor(Date.now() / MS_PER_SECOND) - Number(timestamp);
  if (age > toleranceSeconds) throw new WebhookVerificationError(`The delivery is ${age} seconds old`);
  if (-age > toleranceSeconds)
    throw new WebhookVerificationError(`The delivery is ${-age} seconds ahead of this clock`);
};

const readSignature = (text: string): Bytes | undefined => {
  try {
    return fromBase64(text);
  } catch {
    return undefined;
  }
};

const concatenate = (head: Bytes, tail: Uint8Array): Bytes => {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
};

const HOW = { v1: { name: 'HMAC', hash: 'SHA-256' }, v1a: { name: 'Ed25519' } } as const;

/** WebCrypto compares in constant time. */
const fits = async (key: ReceiverKey, signature: Bytes | undefined, signed: Bytes): Promise<boolean> => {
  if (signature === undefined) return false;
  const how = HOW[key.version];
  const imported = await crypto.subtle.importKey('raw', key.bytes, how, false, ['verify']).catch(() => {
    throw new TypeError('The key cannot be read: a public key (whpk_...) has 32 bytes');
  });
  return crypto.subtle.verify(how.name, imported, signature, signed);
};

const parse = (body: Uint8Array, id: string): GatewayEvent => {
  const event = JSON.parse(new TextDecoder().decode(body)) as GatewayEvent;
  if (event.id !== id) throw new WebhookVerificationError('webhook-id is not the id of the event');
  return event;
};
