// Addresses of chains: the published vectors, and what must not pass.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  readEthereumAddress,
  readTronAddress,
  toEthereumChecksum,
  toTronAddress,
  tronAddressBytes,
} from '../../src/shared/chain-address.ts';

// The vectors of EIP-55.
const VECTORS = [
  '0x52908400098527886E0F7030069857D2E4169EE7',
  '0x8617E340B3D01FA5F11F306F4090FD50E238070D',
  '0xde709f2102306220921060314715629080e2fb77',
  '0x27b1fdb04752bbc536007a920d24acb045561c26',
  '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
  '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
  '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB',
  '0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb',
];

const hex40 = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));

test.each(VECTORS)('%s is spelled as EIP-55 has it', (address) => {
  expect(toEthereumChecksum(address.toLowerCase())).toBe(address);
  expect(readEthereumAddress(address)).toBe(address);
  expect(readEthereumAddress(address.toLowerCase())).toBe(address);
  expect(readEthereumAddress(`0x${address.slice(2).toUpperCase()}`)).toBe(address);
});

test('a letter in the wrong case is a wrong checksum', () => {
  fc.assert(
    fc.property(hex40, fc.nat(), (digits, seed) => {
      const address = toEthereumChecksum(`0x${digits}`);
      const letters = Array.from(address.slice(2)).flatMap((digit, index) =>
        /[a-f]/i.test(digit) ? [index + 2] : [],
      );
      fc.pre(letters.length > 2);
      const at = letters[seed % letters.length] ?? 0;
      const letter = address.charAt(at);
      const flipped = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
      const wrong = address.slice(0, at) + flipped + address.slice(at + 1);
      const oneCase = [wrong.slice(2).toLowerCase(), wrong.slice(2).toUpperCase()].includes(wrong.slice(2));
      expect(readEthereumAddress(wrong)).toBe(oneCase ? address : undefined);
    }),
  );
});

test.each([
  '',
  '0x',
  '0x123',
  'de709f2102306220921060314715629080e2fb77',
  `0x${'g'.repeat(40)}`,
  `0x${'0'.repeat(41)}`,
])('%p is no Ethereum address', (text) => {
  expect(readEthereumAddress(text)).toBeUndefined();
});

test('TRON addresses decode to the bytes of their contracts', () => {
  const usdt = tronAddressBytes('TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t');
  expect(usdt?.toString('hex')).toBe('41a614f803b6fd780986a42c78ec9c7f77e6ded13c');
});

test('every key hash has one TRON address, and a changed letter is a wrong checksum', () => {
  fc.assert(
    fc.property(hex40, fc.integer({ min: 1, max: 33 }), (digits, at) => {
      const address = toTronAddress(Buffer.from(digits, 'hex'));
      expect(tronAddressBytes(address)?.subarray(1).toString('hex')).toBe(digits);
      const other = address.charAt(at) === 'z' ? 'y' : 'z';
      expect(readTronAddress(address.slice(0, at) + other + address.slice(at + 1))).toBeUndefined();
    }),
  );
});

test.each([
  '',
  'T',
  'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6',
  '1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2',
  `T${'0'.repeat(33)}`,
  `T${'1'.repeat(33)}`,
])('%p is no TRON address', (text) => {
  expect(readTronAddress(text)).toBeUndefined();
});
