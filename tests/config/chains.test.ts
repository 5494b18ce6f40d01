// Settings of chains and paper accounts: checked together with all others, and told by name.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { findProjectRoot, loadConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/config/config-error.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'countersign-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const problemsOf = (load: () => unknown): readonly string[] => {
  try {
    load();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};

/** A project with the default configuration, in which one setting is another. */
const projectWith = (setting: 'chains' | 'paper', value: object): string => {
  const root = findProjectRoot();
  cpSync(path.join(root, 'config'), path.join(folder, 'config'), { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{}');
  const file = path.join(folder, 'config', 'default.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as Record<string, object>;
  writeFileSync(file, JSON.stringify({ ...config, [setting]: { ...config[setting], ...value } }));
  return folder;
};

test('nodes and the reference venue come from the environment', () => {
  const { chains, exchanges } = loadConfig({
    NODE_ENV: 'test',
    COUNTERSIGN_ETHEREUM_URL: 'https://node.example/v3/key',
    COUNTERSIGN_TRON_URL: 'http://10.0.0.7:8090',
    COUNTERSIGN_TRON_API_KEY: 'key',
    COUNTERSIGN_REFERENCE_VENUE: 'binance',
  });
  expect(chains).toMatchObject({
    ethereumUrl: 'https://node.example/v3/key',
    tronUrl: 'http://10.0.0.7:8090',
    tronApiKey: 'key',
  });
  expect(exchanges.referenceVenue).toBe('binance');
});

test('a node that is reached by something else than HTTP is a problem', () => {
  const problems = problemsOf(() =>
    loadConfig({
      NODE_ENV: 'test',
      COUNTERSIGN_ETHEREUM_URL: 'file:///etc/passwd',
      COUNTERSIGN_TRON_URL: 'node',
    }),
  );
  expect(problems).toHaveLength(2);
  expect(problems.join('\n')).toMatch(/COUNTERSIGN_ETHEREUM_URL[\s\S]*COUNTERSIGN_TRON_URL/);
});

test('a token contract with a wrong checksum is a problem, not a balance of nothing', () => {
  const root = projectWith('chains', {
    ethereumTokens: [{ asset: 'USDT', contract: '0xDAC17F958D2ee523a2206206994597C13D831ec7' }],
    tronTokens: [{ asset: 'USDT', contract: 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u' }],
  });
  expect(problemsOf(() => loadConfig({ NODE_ENV: 'test' }, root))).toEqual([
    'chains.ethereumTokens.0.contract: is no address of this chain',
    'chains.tronTokens.0.contract: is no address of this chain',
  ]);
});

test('a paper account cannot start with an amount that is none', () => {
  const root = projectWith('paper', { balances: { BTC: '-1', USDT: '0', ETH: 5 } });
  expect(problemsOf(() => loadConfig({ NODE_ENV: 'test' }, root))).toHaveLength(3);
});
