/** Reads text that has one spelling: Node's decoders skip what they do not know, so two texts could be one value. */

const HEX = /^(?:[0-9a-fA-F]{2})+$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const BASE64URL = /^[A-Za-z0-9_-]+$/;

/** undefined unless the text encodes back to itself, padding and unused bits included. */
export const decodeBase64 = (text: string): Buffer | undefined => {
  if (!BASE64.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
};

/** The same for base64url, which has no padding. */
export const decodeBase64Url = (text: string): Buffer | undefined => {
  if (!BASE64URL.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
};

/** Hex digits in either case; both are common. */
export const decodeHex = (text: string): Buffer | undefined =>
  HEX.test(text) ? Buffer.from(text, 'hex') : undefined;
