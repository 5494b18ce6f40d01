/** Standard Webhooks 1.0.0: the headers that prove where a delivery comes from. Pure. */
import { createHmac, sign } from 'node:crypto';
import { toPrivateKey, type WebhookKey } from './webhook-secret.ts';

/** Signs `id.timestamp.body`; answers the bytes of the signature with its version, e.g. `v1,K5oZ...`. */
export type SignText = (text: string) => string;

/** Reads the key once for many texts. */
export const createTextSigner = (key: WebhookKey): SignText => {
  if (key.signature === 'hmac')
    return (text) => `v1,${createHmac('sha256', key.bytes).update(text).digest('base64')}`;
  const privateKey = toPrivateKey(key);
  return (text) => `v1a,${sign(null, Buffer.from(text, 'utf8'), privateKey).toString('base64')}`;
};

const MS_PER_SECOND = 1_000;

/** One signature by each signer; two while a secret is being replaced. `atMs` is the time of the attempt. */
export const signedHeaders = (
  id: string,
  atMs: number,
  body: string,
  signers: readonly SignText[],
): Readonly<Record<string, string>> => {
  const timestamp = String(Math.floor(atMs / MS_PER_SECOND));
  const text = `${id}.${timestamp}.${body}`;
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signers.map((signText) => signText(text)).join(' '),
  };
};
