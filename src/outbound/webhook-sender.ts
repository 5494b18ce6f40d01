/** Sends one signed delivery to a receiver that a tenant chose, and to nothing else that its URL might lead to. */
import http from 'node:http';
import https from 'node:https';
import type { Clock } from '../shared/clock.ts';
import { isPublicAddress, literalAddress } from './public-address.ts';
import {
  AddressRefusedError,
  createDnsResolver,
  createGuardedLookup,
  resolveBySystem,
  type ResolveHost,
} from './guarded-lookup.ts';
import { type ReceiverRules, whyNoReceiver } from './receiver-url.ts';
import { describeFailure } from './send-failure.ts';

export interface OutgoingDelivery {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface ReceiverAnswer {
  /** null: none came. */
  readonly status: number | null;
  readonly latencyMs: number;
  /** A few fixed words; null: it was accepted. */
  readonly failure: string | null;
  /** How long the receiver asks to be left alone. */
  readonly retryAfterMs: number | undefined;
}

export interface WebhookSender extends Disposable {
  /** Never throws: what goes wrong is an answer too. */
  send(delivery: OutgoingDelivery): Promise<ReceiverAnswer>;
}

export interface WebhookSenderDeps {
  readonly rules: ReceiverRules;
  readonly clock: Clock;
  /** From the first look at the name to the head of the answer. */
  readonly timeoutMs: number;
  /** DNS, unless given. */
  readonly resolve?: ResolveHost;
  /** Certificates to trust beside the system's, PEM. */
  readonly trusted?: string;
}

const MOST_ANSWER_BYTES = 16 * 1024;
const DRAIN_MS = 1_000;
// Under what receivers commonly keep an idle connection open (5 s: Node, nginx and Apache up to 75 s).
const IDLE_MS = 4_000;
const MOST_IDLE = 256;

/** Dispose it when nothing is being sent any more. */
export const createWebhookSender = (deps: WebhookSenderDeps): WebhookSender => {
  const { rules, clock } = deps;
  const resolve = deps.resolve ?? (rules.allowPrivate ? resolveBySystem : createDnsResolver());
  const lookup = createGuardedLookup(resolve, rules.allowPrivate);
  const options = {
    keepAlive: true,
    timeout: IDLE_MS,
    maxFreeSockets: MOST_IDLE,
    lookup,
    ...(deps.trusted !== undefined && { ca: deps.trusted }),
  };
  const kept = { 'http:': new http.Agent(options), 'https:': new https.Agent(options) };
  const fresh = { ...options, keepAlive: false };
  const single = { 'http:': new http.Agent(fresh), 'https:': new https.Agent(fresh) };

  return {
    async send(delivery) {
      const begun = performance.now();
      const settled = (answer: Omit<ReceiverAnswer, 'latencyMs'>): ReceiverAnswer => ({
        ...answer,
        latencyMs: Math.round(performance.now() - begun),
      });
      try {
        const url = checkedUrl(delivery.url, rules);
        const head = await request(url, delivery);
        return settled(judge(head, clock));
      } catch (error) {
        return settled({ status: null, failure: describeFailure(error), retryAfterMs: undefined });
      }
    },
    [Symbol.dispose]() {
      for (const agents of [kept, single]) for (const agent of Object.values(agents)) agent.destroy();
    },
  };

  async function request(url: URL, delivery: OutgoingDelivery): Promise<Head> {
    const protocol = url.protocol as keyof typeof kept;
    try {
      return await exchange(url, delivery, kept[protocol]);
    } catch (error) {
      if (!(error instanceof StaleConnectionError)) throw error;
      // The receiver had closed the connection while nobody used it: no fault of this delivery.
      return exchange(url, delivery, single[protocol]);
    }
  }

  function exchange(url: URL, { headers, body }: OutgoingDelivery, agent: http.Agent): Promise<Head> {
    return new Promise((resolveHead, reject) => {
      const begin = url.protocol === 'https:' ? https.request : http.request;
      const sent = begin(url, {
        method: 'POST',
        agent,
        headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
      });
      const timer = setTimeout(() => sent.destroy(new DeliveryTimeoutError()), deps.timeoutMs);
      sent.on('socket', (socket) => {
        // Checked again where it counts: the peer that the connection in fact has.
        const check = (): void => {
          const { remoteAddress } = socket;
          if (!rules.allowPrivate && remoteAddress !== undefined && !isPublicAddress(remoteAddress))
            sent.destroy(new AddressRefusedError());
        };
        if (socket.connecting) socket.prependOnceListener('connect', check);
        else check();
      });
      sent.on('response', (answer) => {
        clearTimeout(timer);
        discard(answer);
        resolveHead({ status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'] });
      });
      // 101, which was not asked for: Node hands the connection over, and tells of no answer.
      sent.on('upgrade', (answer, socket) => {
        socket.destroy();
        resolveHead({ status: answer.statusCode ?? 0, retryAfter: undefined });
      });
      // After the answer errors are of what is discarded.
      sent.on('error', (error: Error) => {
        reject(sent.reusedSocket && isReset(error) ? new StaleConnectionError() : error);
      });
      // However it ends: whoever waits for nothing holds a place that all tenants share.
      sent.on('close', () => {
        clearTimeout(timer);
        reject(new ConnectionEndedError());
      });
      sent.end(body);
    });
  }
};

interface Head {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

class DeliveryTimeoutError extends Error {
  override readonly name = 'DeliveryTimeoutError';
  readonly code = 'DELIVERY_TIMEOUT';
}

class ConnectionEndedError extends Error {
  override readonly name = 'ConnectionEndedError';
  readonly code = 'ECONNRESET';
}

class StaleConnectionError extends Error {
  override readonly name = 'StaleConnectionError';
}

const isReset = (error: Error): boolean =>
  'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');

const checkedUrl = (text: string, rules: ReceiverRules): URL => {
  // The rules may have become stricter since it was stored.
  if (whyNoReceiver(text, rules) !== undefined) throw new AddressRefusedError();
  const url = new URL(text);
  const address = literalAddress(url);
  if (address !== undefined && !rules.allowPrivate && !isPublicAddress(address))
    throw new AddressRefusedError();
  return url;
};

/** Reads a short answer to its end, so that the connection serves again, and hangs up on a long or slow one. */
const discard = (answer: http.IncomingMessage): void => {
  let bytes = 0;
  const hangUp = setTimeout(() => answer.destroy(), DRAIN_MS);
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_ANSWER_BYTES) answer.destroy();
  });
  answer.on('error', () => undefined);
  answer.on('close', () => clearTimeout(hangUp));
};

const MS_PER_SECOND = 1_000;

const judge = ({ status, retryAfter }: Head, clock: Clock): Omit<ReceiverAnswer, 'latencyMs'> => {
  const isAccepted = status >= 200 && status < 300;
  return {
    status,
    failure: isAccepted ? null : describeStatus(status),
    retryAfterMs: isAccepted ? undefined : readRetryAfter(retryAfter, clock),
  };
};

const describeStatus = (status: number): string =>
  status >= 300 && status < 400 ? `redirect (${status}), which is not followed` : `answered ${status}`;

/** Seconds, or a date (RFC 9110, 10.2.3). */
const readRetryAfter = (text: string | undefined, clock: Clock): number | undefined => {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * MS_PER_SECOND;
  // A date of HTTP; Date.parse alone takes `-5` for one.
  const at = /^[A-Z][a-z]{2}, /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - clock.now());
};
