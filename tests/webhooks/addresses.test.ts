/** Where deliveries go and where they never go: every spelling of an address that is not public, and names that lead there. */
import { describe, expect, test } from '@jest/globals';
import type { ResolveHost } from '../../src/outbound/guarded-lookup.ts';
import { isPublicAddress } from '../../src/outbound/public-address.ts';
import { whyNoReceiver } from '../../src/outbound/receiver-url.ts';
import { createWebhookSender } from '../../src/outbound/webhook-sender.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { startReceiver } from './receiver.ts';

const STRICT = { allowHttp: false, allowPrivate: false };

/** As they may stand in a URL. */
const FORBIDDEN_HOSTS = [
  // Loopback: decimal, octal, hexadecimal, short forms, with a dot behind.
  ...[
    '127.0.0.1',
    '2130706433',
    '0177.0.0.1',
    '0x7f.0.0.1',
    '0x7f000001',
    '017700000001',
    '127.1',
    '127.0.1',
  ],
  ...['127.0.0.1.', '127.255.255.254', '[::1]', '[0:0:0:0:0:0:0:1]'],
  // This host, private, link-local with the clouds' metadata, shared, benchmarking, documentation, reserved.
  ...['0.0.0.0', '0', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254'],
  ...['2852039166', '0xa9fea9fe', '100.64.0.1', '100.100.100.200', '192.0.0.192', '198.18.0.1', '192.0.2.1'],
  ...['198.51.100.1', '203.0.113.1', '192.88.99.1', '224.0.0.1', '239.255.255.255', '240.0.0.1'],
  ...['255.255.255.255', '168.63.129.16'],
  // IPv6 of the same kinds.
  ...['[::]', '[fe80::1]', '[febf::1]', '[fc00::1]', '[fd00:ec2::254]', '[fec0::1]', '[ff02::1]', '[100::1]'],
  ...['[2001:db8::1]', '[2001:20::1]', '[3fff::1]', '[5f00::1]', '[4000::1]'],
  // IPv4 inside IPv6: mapped, compatible, translated, NAT64, 6to4, Teredo.
  ...[
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::ffff:10.0.0.1]',
    '[::ffff:169.254.169.254]',
    '[::127.0.0.1]',
  ],
  ...['[::ffff:0:127.0.0.1]', '[64:ff9b::7f00:1]', '[64:ff9b::8.8.8.8]', '[64:ff9b:1::1]', '[2002:7f00:1::]'],
  ...['[2002:0808:0808::]', '[2001::1]', '[2001:0:7f00:1::1]'],
];

const ALLOWED_HOSTS = [
  '8.8.8.8',
  '1.1.1.1',
  '93.184.215.14',
  '[2606:4700:4700::1111]',
  '[2a00:1450:4001::1]',
];

describe('addresses in a URL', () => {
  test.each(FORBIDDEN_HOSTS)(
    '%s is refused when the endpoint is made, and when it is sent to',
    async (host) => {
      const url = `https://${host}/hook`;
      expect(whyNoReceiver(url, STRICT)).toMatch(/is not on the public internet/);
      using sender = createWebhookSender({ rules: STRICT, clock: systemClock, timeoutMs: 5_000 });
      expect(await sender.send({ url, headers: {}, body: '' })).toMatchObject({
        status: null,
        failure: 'address not allowed',
      });
    },
  );

  test.each(ALLOWED_HOSTS)('%s is public', (host) => {
    expect(whyNoReceiver(`https://${host}/`, STRICT)).toBeUndefined();
    expect(isPublicAddress(host.replace(/[[\]]/g, ''))).toBe(true);
  });

  test('an address with a zone, and text that is none, are not public', () => {
    expect(
      ['fe80::1%eth0', '2606:4700::1%eth0', '1', '0x7f', '', 'example.com'].map(isPublicAddress),
    ).toEqual(Array(6).fill(false));
  });
});

describe('URLs', () => {
  test.each([
    ['nowhere', /is no URL/],
    [' https://example.com/', /no spaces/],
    ['https://exam\tple.com/', /no spaces/],
    ['https://example.com/\r\nX: y', /no control/],
    ['ftp://example.com/', /must begin with https:\/\/, not ftp:/],
    ['file:///etc/passwd', /must begin with https/],
    ['javascript:alert(1)', /must begin with https/],
    ['http://example.com/', /delivers over TLS alone/],
    ['https://user:pass@example.com/', /no user name and password/],
    ['https://user@example.com/', /no user name and password/],
    ['https://example.com/#there', /no fragment/],
    [`https://example.com/${'x'.repeat(2_048)}`, /longer than 2048 characters/],
    ['https://localhost/', /names localhost/],
    ['https://LOCALHOST./', /names localhost/],
    ['https://metadata.google.internal/', /names metadata.google.internal/],
    ['https://printer.local/', /names printer.local/],
  ])('%s', (url, why) => {
    expect(whyNoReceiver(url, STRICT)).toMatch(why);
  });

  test('what is configured to be allowed is', () => {
    expect(
      whyNoReceiver('http://127.0.0.1:8080/hook', { allowHttp: true, allowPrivate: true }),
    ).toBeUndefined();
    expect(whyNoReceiver('http://127.0.0.1/', { allowHttp: true, allowPrivate: false })).toMatch(
      /not on the public/,
    );
    expect(whyNoReceiver('http://10.0.0.1/', { allowHttp: false, allowPrivate: true })).toMatch(/over TLS/);
    expect(whyNoReceiver('https://example.com/a?token=b', STRICT)).toBeUndefined();
  });
});

describe('names', () => {
  const rules = { allowHttp: true, allowPrivate: false };
  const sendVia = async (resolve: ResolveHost, port: string) => {
    using sender = createWebhookSender({ rules, clock: systemClock, timeoutMs: 2_000, resolve });
    return await sender.send({ url: `http://rebinding.example:${port}/`, headers: {}, body: '' });
  };

  test.each([
    ['a private address', ['10.0.0.1']],
    ['loopback', ['127.0.0.1']],
    ['one good and one private address', ['93.184.215.14', '127.0.0.1']],
    ['a mapped address', ['::ffff:127.0.0.1']],
    ['no address', []],
  ])('a name that leads to %s is not connected to', async (_what, addresses) => {
    await using receiver = await startReceiver();
    const { port } = new URL(receiver.url);
    const answer = await sendVia(() => Promise.resolve(addresses), port);
    expect(answer).toMatchObject({ status: null, failure: 'address not allowed' });
    expect(receiver.received).toEqual([]);
  });

  test('a name that answers otherwise at the second look is looked at once', async () => {
    await using receiver = await startReceiver();
    const { port } = new URL(receiver.url);
    let looks = 0;
    const answer = await sendVia(() => {
      looks += 1;
      // The first answer is public and leads nowhere from here; a second look would lead to loopback.
      return Promise.resolve([looks === 1 ? '2001:4860:4860::8888' : '127.0.0.1']);
    }, port);
    expect(answer.failure).not.toBeNull();
    expect({ looks, received: receiver.received.length }).toEqual({ looks: 1, received: 0 });
  });
});
