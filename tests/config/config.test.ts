/** Configuration: sources in order, every problem at once, and what production refuses. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/config/config-error.ts';
import { ensureGeneratedSecret, loadKek } from '../../src/config/secrets.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'countersign-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const problemsOf = (environment: Readonly<Record<string, string>>): readonly string[] => {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};

const PRODUCTION = {
  NODE_ENV: 'production',
  COUNTERSIGN_GATEWAY_DATABASE_URL: 'postgresql://countersign_gateway@db/countersign',
};

describe('loadConfig', () => {
  test('binds to the loopback and plays against the sandbox when nothing is set', () => {
    const config = loadConfig({});
    expect(config.gateway.host).toBe('127.0.0.1');
    expect(config.exchanges.endpoint).toBe('sandbox');
    expect(config.environment).toBe('development');
  });

  test('the environment wins over the files, and the result cannot be changed', () => {
    const config = loadConfig({
      COUNTERSIGN_PORT: '9090',
      COUNTERSIGN_TRUSTED_PROXIES: '10.0.0.0/8, 127.0.0.1',
    });
    expect(config.gateway.port).toBe(9090);
    expect(config.gateway.trustedProxies).toEqual(['10.0.0.0/8', '127.0.0.1']);
    expect(() => Object.assign(config.gateway, { port: 1 })).toThrow(TypeError);
  });

  test('every problem is listed with the setting and its variable', () => {
    const problems = problemsOf({
      COUNTERSIGN_PORT: '70000',
      COUNTERSIGN_LOG_LEVEL: 'loud',
      COUNTERSIGN_DEMO: 'maybe',
      DATABASE_URL: 'mysql://x',
      COUNTERSIGN_PROT: '1',
    });
    expect(problems).toHaveLength(5);
    for (const name of [
      'COUNTERSIGN_PROT',
      'COUNTERSIGN_PORT',
      'LOG_LEVEL',
      'COUNTERSIGN_DEMO',
      'DATABASE_URL',
    ]) {
      expect(problems.some((problem) => problem.includes(name))).toBe(true);
    }
  });

  test('no problem quotes the value: it may be a secret', () => {
    const secret = 'postgres-password-that-nobody-may-see';
    expect(problemsOf({ DATABASE_URL: secret }).join()).not.toContain(secret);
  });

  test.each(['redis://:password@redis:6379/1', 'rediss://redis', 'unix:///run/redis.sock'])(
    'REDIS_URL may be %s',
    (url) => {
      expect(loadConfig({ REDIS_URL: url }).redis.url).toBe(url);
    },
  );

  test.each(['redis:6379', 'http://redis', 'redis://user:planted@['])('REDIS_URL may not be %s', (url) => {
    const problems = problemsOf({ REDIS_URL: url });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^redis\.url \(REDIS_URL\): /);
    expect(problems[0]).not.toContain('planted');
  });

  test('production accepts a database of its own and live exchanges', () => {
    expect(problemsOf(PRODUCTION)).toEqual([]);
    const secured = { COUNTERSIGN_ADMIN_HOST: '0.0.0.0', COUNTERSIGN_ADMIN_PORT: '8081' };
    for (const admin of [
      { ...secured, COUNTERSIGN_ADMIN_PUBLIC_URL: 'https://admin.example.com' },
      { COUNTERSIGN_ADMIN_PORT: '8081' },
      { COUNTERSIGN_ADMIN_PORT: '8081', COUNTERSIGN_ADMIN_PUBLIC_URL: 'http://localhost:8081' },
    ])
      expect(problemsOf({ ...PRODUCTION, ...admin })).toEqual([]);
  });

  test('production sends webhooks over TLS and to public addresses alone, unless it is told otherwise', () => {
    expect(loadConfig(PRODUCTION).webhooks).toMatchObject({ allowHttp: false, allowPrivate: false });
    const told = { COUNTERSIGN_WEBHOOKS_ALLOW_HTTP: 'true', COUNTERSIGN_WEBHOOKS_ALLOW_PRIVATE: 'true' };
    expect(loadConfig({ ...PRODUCTION, ...told }).webhooks).toMatchObject({
      allowHttp: true,
      allowPrivate: true,
    });
    expect(loadConfig({}).webhooks).toMatchObject({ allowHttp: true, allowPrivate: true });
  });

  test.each([
    [{ COUNTERSIGN_DEMO: 'true' }, /demo/],
    [{ COUNTERSIGN_EXCHANGES: 'sandbox' }, /sandbox/],
    [{ COUNTERSIGN_GATEWAY_DATABASE_URL: '' }, /DATABASE_URL/],
    [{ COUNTERSIGN_ADMIN_PUBLIC_URL: 'http://admin.example.com' }, /in the clear/],
    [{ COUNTERSIGN_ADMIN_HOST: '0.0.0.0', COUNTERSIGN_ADMIN_PORT: '8081' }, /in the clear/],
    [{ COUNTERSIGN_ADMIN_HOST: '::', COUNTERSIGN_ADMIN_PORT: '8081' }, /in the clear/],
  ])('production refuses %j', (change, reason) => {
    const environment = Object.fromEntries(
      Object.entries({ ...PRODUCTION, ...change }).filter(([, v]) => v !== ''),
    );
    const problems = problemsOf(environment);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(reason);
  });
});

describe('loadKek', () => {
  const strong = 'a3f1c29b47d85e60ffee1122334455667788990a0b0c0d0e1f2e3d4c5b6a7988';

  test('development generates a key once, closed to others, and keeps it', () => {
    const config = { ...loadConfig({}), dataDir: folder };
    const first = loadKek(config, 'root');
    expect(first.key).toHaveLength(32);
    expect(loadKek(config, 'root').id).toBe(first.id);
    expect(loadKek(config, 'gateway').id).not.toBe(first.id);
  });

  test('production does not generate', () => {
    expect(() => loadKek(loadConfig(PRODUCTION), 'root')).toThrow(/COUNTERSIGN_ROOT_KEK_FILE is not set/);
  });

  test.each([
    ['00'.repeat(32), /too regular/],
    ['abcd'.repeat(16), /too regular/],
    ['short', /needs 32 bytes/],
  ])('a weak key is listed beside the other problems, without being quoted', (weak, reason) => {
    const problems = problemsOf({ ...PRODUCTION, COUNTERSIGN_ROOT_KEK: weak, COUNTERSIGN_PORT: '-1' });
    expect(problems.join('\n')).not.toContain(weak);
    expect(problemsOf({ ...PRODUCTION, COUNTERSIGN_ROOT_KEK: weak })[0]).toMatch(reason);
  });

  test('one key for both processes is refused', () => {
    const both = { COUNTERSIGN_ROOT_KEK: strong, COUNTERSIGN_GATEWAY_KEK: strong };
    expect(problemsOf({ ...PRODUCTION, ...both })).toEqual([expect.stringContaining('two different keys')]);
  });

  test('a key file that others can read is refused', () => {
    const file = path.join(folder, 'kek');
    writeFileSync(file, strong, { mode: 0o600 });
    const environment = { ...PRODUCTION, COUNTERSIGN_GATEWAY_KEK_FILE: file };
    expect(loadKek(loadConfig(environment), 'gateway').key.toString('hex')).toBe(strong);
    chmodSync(file, 0o644);
    expect(problemsOf(environment)).toEqual([expect.stringMatching(/open to others; chmod 0400/)]);
  });

  test('a generated secret that two processes make at once is one secret', () => {
    const made = new Set(Array.from({ length: 5 }, () => ensureGeneratedSecret(folder, 'shared')));
    expect(made.size).toBe(1);
  });
});
