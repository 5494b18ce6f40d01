/** What the URL of a webhook receiver may be; asked when it is stored, and again each time before anything is sent. */
import { isPublicAddress, literalAddress } from './public-address.ts';

export interface ReceiverRules {
  /** Plain http is allowed too. */
  readonly allowHttp: boolean;
  /** Receivers may stand at addresses that are not public. */
  readonly allowPrivate: boolean;
}

const LONGEST_URL = 2_048;
const SPACES = /[\u0000-\u0020\u007f-\u00a0\u2028\u2029\ufeff]/;
const LOCAL_NAME = /(?:^|\.)(?:localhost|localdomain|local|internal|home\.arpa)\.?$/i;

/** Why it may not, in words for whoever set it; undefined when it may. Names are not looked up. */
export const whyNoReceiver = (text: string, rules: ReceiverRules): string | undefined => {
  if (text.length > LONGEST_URL) return `is longer than ${LONGEST_URL} characters`;
  // A parser takes them out; whoever reads the list of endpoints would see another address than is sent to.
  if (SPACES.test(text)) return 'must hold no spaces and no control characters';
  if (!URL.canParse(text)) return 'is no URL; a receiver is e.g. https://example.com/webhooks';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return `must begin with https://, not ${url.protocol}//`;
  if (url.protocol === 'http:' && !rules.allowHttp)
    return 'must begin with https://: this gateway delivers over TLS alone (webhooks.allowHttp)';
  if (url.username !== '' || url.password !== '')
    return 'must hold no user name and password; the signature of a delivery proves where it comes from';
  if (url.hash !== '') return 'must have no fragment (#...): it would not be sent';
  if (rules.allowPrivate) return undefined;
  const address = literalAddress(url);
  if (address === undefined ? LOCAL_NAME.test(url.hostname) : !isPublicAddress(address))
    return `names ${url.hostname}, which is not on the public internet (webhooks.allowPrivate)`;
  return undefined;
};
