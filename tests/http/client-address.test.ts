import { Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { createClientAddressReader } from '../../src/http/client-address.ts';

const socketFrom = (remoteAddress: string): Socket =>
  Object.defineProperty(new Socket(), 'remoteAddress', { value: remoteAddress });

const addressOf = (trusted: readonly string[], peer: string, ...forwardedFor: readonly string[]) =>
  createClientAddressReader(trusted)(
    socketFrom(peer),
    new Map(forwardedFor.length === 0 ? [] : [['x-forwarded-for', forwardedFor]]),
  );

test.each<[string, string[], string, string[], string]>([
  ['is ignored without trusted proxies', [], '192.0.2.1', ['203.0.113.9'], '192.0.2.1'],
  ['is ignored from a stranger', ['10.0.0.0/8'], '192.0.2.1', ['203.0.113.9'], '192.0.2.1'],
  ['counts from a trusted proxy', ['10.0.0.0/8'], '10.0.0.1', ['203.0.113.9'], '203.0.113.9'],
  [
    'is read from the right, past our own',
    ['10.0.0.0/8'],
    '10.0.0.1',
    ['1.1.1.1, 203.0.113.9, 10.0.0.2'],
    '203.0.113.9',
  ],
  ['may come as several headers', ['10.0.0.0/8'], '10.0.0.1', ['1.1.1.1', '203.0.113.9'], '203.0.113.9'],
  [
    'stops at what is no address',
    ['10.0.0.0/8'],
    '10.0.0.1',
    ['203.0.113.9, nonsense, 10.0.0.2'],
    '10.0.0.2',
  ],
  ['may be empty', ['10.0.0.0/8'], '10.0.0.1', [''], '10.0.0.1'],
  ['is unwrapped', ['10.0.0.0/8'], '::ffff:10.0.0.1', ['::ffff:203.0.113.9'], '203.0.113.9'],
])('X-Forwarded-For %s', (_name, trusted, peer, forwardedFor, expected) => {
  expect(addressOf(trusted, peer, ...forwardedFor).ip).toBe(expected);
});

test('an IPv6 customer is counted by its /64, an IPv4 one by its address', () => {
  const [first, second, other] = ['2001:db8:0:1::1', '2001:db8:0:1:ffff::2', '2001:db8:0:2::1'].map(
    (ip) => addressOf([], ip).limitKey,
  );
  expect(first).toBe(second);
  expect(first).not.toBe(other);
  expect(addressOf([], '::ffff:192.0.2.1').limitKey).toBe('192.0.2.1');
  expect(addressOf([], '192.0.2.2').limitKey).toBe('192.0.2.2');
});
