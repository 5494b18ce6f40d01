/** What `countersign webhook` does: it calls the API as any program of the tenant would. */
import { randomBytes } from 'node:crypto';
import { createTextSigner, signedHeaders } from '../features/webhooks/webhook-signature.ts';
import { ApiError, NoAnswerError } from '../sdk/api-error.ts';
import type { GatewayEvent } from '../sdk/event-stream.ts';
import { type CallerWords, createCaller } from './caller.ts';
import type { CommandContext } from './command.ts';
import { replayToTenant, type TenantReplay } from './tenant-webhook-actions.ts';
import { UsageError } from './usage-error.ts';

interface ListenWords extends CallerWords {
  readonly types?: string | undefined;
  readonly after?: string | undefined;
  readonly forward?: string | undefined;
  readonly count?: string | undefined;
}

/** Until the signal to end, or the count. */
export const listen = (context: CommandContext, words: ListenWords): Promise<void> => {
  const after = wholeNumber('--after', words.after);
  const most = wholeNumber('--count', words.count) ?? Number.POSITIVE_INFINITY;
  const forward = words.forward === undefined ? undefined : createForwarder(words.forward);
  const client = createCaller(context, words);
  return inWords(async () => {
    const ending = new AbortController();
    const end = (): void => ending.abort();
    process.once('SIGINT', end).once('SIGTERM', end);
    const types = words.types?.split(',').map((type) => type.trim());
    let seen = 0;
    try {
      const events = client.events.stream({
        ...(types !== undefined && { types }),
        ...(after !== undefined && { lastEventId: after }),
        signal: ending.signal,
      });
      for await (const event of events) {
        context.answer.event(event, lineOf(event));
        await forward?.(event, ending.signal);
        seen += 1;
        if (seen >= most) return;
      }
    } catch (error) {
      if (!ending.signal.aborted) throw error;
    } finally {
      process.off('SIGINT', end).off('SIGTERM', end);
    }
  });
};

const lineOf = ({ timestamp, sequence, type, data }: GatewayEvent): string =>
  `${timestamp}  #${sequence}  ${type}  ${JSON.stringify(data)}`;

const SECRET_BYTES = 32;
const FORWARD_MS = 15_000;

/** Answers a function that sends an event as a delivery is sent; what becomes of it goes to standard error. */
const createForwarder = (url: string) => {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new UsageError(`--forward: ${url} is no http or https URL`);
  const bytes = randomBytes(SECRET_BYTES);
  // Of this run alone: a receiver verifies what comes as it will verify deliveries.
  process.stderr.write(`Events go to ${url}, signed with whsec_${bytes.toString('base64')}\n`);
  const signer = createTextSigner({ signature: 'hmac', bytes });
  return async (event: GatewayEvent, signal: AbortSignal): Promise<void> => {
    const body = JSON.stringify(event);
    const headers = {
      'content-type': 'application/json',
      ...signedHeaders(event.id, Date.now(), body, [signer]),
    };
    try {
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(FORWARD_MS)]);
      const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: bounded });
      await answer.body?.cancel();
      process.stderr.write(`${event.type} #${event.sequence} was answered ${answer.status}\n`);
    } catch {
      process.stderr.write(`${event.type} #${event.sequence}: no answer from ${url}\n`);
    }
  };
};

const ENDPOINT_COLUMNS = ['id', 'url', 'event_types', 'status', 'signature', 'failing_since', 'created_at'];
const PAGE = 500;

export const listEndpoints = (context: CommandContext, words: CallerWords): Promise<void> => {
  const client = createCaller(context, words);
  return inWords(async () => {
    const { webhooks } = await client.webhooks.list({ limit: PAGE });
    context.answer.rows(
      webhooks,
      ENDPOINT_COLUMNS,
      'The tenant has no endpoints: POST /api/webhooks makes one.',
    );
  });
};

export const trigger = (
  context: CommandContext,
  { endpointId, ...words }: CallerWords & { readonly endpointId: string },
): Promise<void> => {
  const client = createCaller(context, words);
  return inWords(async () => {
    const delivery = await client.webhooks.test({ endpoint_id: endpointId });
    context.answer.record(delivery, [`Event ${delivery.event_id} is on its way to ${endpointId}.`]);
  });
};

interface ReplayWords extends CallerWords {
  readonly endpointId: string;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly all: boolean;
}

/** By the key of `words`, or as operator of `tenantId`. */
export const replay = (
  context: CommandContext,
  words: ReplayWords,
  tenantId: string | undefined,
): Promise<void> => {
  const range = { since: moment('--since', words.since), until: moment('--until', words.until) };
  return tenantId === undefined
    ? replayAsCaller(context, words, range)
    : replayToTenant(context, tenantId, { ...range, endpointId: words.endpointId, missedOnly: !words.all });
};

const replayAsCaller = (
  context: CommandContext,
  words: ReplayWords,
  range: Pick<TenantReplay, 'since' | 'until'>,
): Promise<void> => {
  const { endpointId, all } = words;
  const until = range.until?.toISOString();
  let since = range.since?.toISOString();
  const client = createCaller(context, words);
  return inWords(async () => {
    const progress = context.startProgress('Deliveries');
    let replayed = 0;
    try {
      for (;;) {
        const answer = await client.webhooks.replay({
          endpoint_id: endpointId,
          missed_only: !all,
          ...(since !== undefined && { since }),
          ...(until !== undefined && { until }),
        });
        replayed += answer.replayed;
        progress.report(replayed, 0);
        if (answer.next_since === null) break;
        since = answer.next_since;
      }
    } finally {
      progress.finish();
    }
    context.answer.record({ endpointId, replayed }, [`${replayed} deliveries are due once more.`]);
  });
};

const wholeNumber = (option: string, text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`${option}: ${text} is no whole number`);
  return parseInt(text, 10);
};

const moment = (option: string, text: string | undefined): Date | undefined => {
  if (text === undefined) return undefined;
  const at = new Date(text);
  if (Number.isNaN(at.getTime()))
    throw new UsageError(`${option}: ${text} is no moment such as 2027-01-31T12:00:00Z`);
  return at;
};

/** What the gateway refused, in its words, and what to do about it. */
const inWords = async (work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    if (error instanceof NoAnswerError)
      throw new Error('no gateway answers there: is it running, and is the base URL right?', {
        cause: error,
      });
    if (error instanceof ApiError && error.status === 403)
      throw new Error(`${error.message} (listening needs ACCOUNTS_READ, endpoints need WEBHOOKS_WRITE)`, {
        cause: error,
      });
    throw error;
  }
};
