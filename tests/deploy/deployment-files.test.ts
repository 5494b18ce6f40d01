/** What lies in config/deploy names commands, settings and files that there are. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { ENVIRONMENT_VARIABLES } from '../../src/config/env.ts';
import { loadConfig } from '../../src/config/config.ts';

const FOLDER = 'config/deploy';
const PARTS = ['gateway', 'worker', 'custody'] as const;
type Part = (typeof PARTS)[number];

const read = (name: string): string => readFileSync(path.join(FOLDER, name), 'utf8');
const unit = (part: Part): string => read(`countersign-${part}.service`);

/** Every value of a key of a unit. */
const valuesOf = (text: string, key: string): string[] =>
  [...text.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value]) => value ?? '');

const variablesOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/^#?([A-Z][A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name ?? '', value ?? '']),
  );

const environmentOf = (part: Part): Record<string, string> => ({
  ...variablesOf(valuesOf(unit(part), 'Environment').join('\n')),
  ...variablesOf(read(`${part}.env.example`)),
});

test.each(PARTS)('the unit and the example of %s set only what Countersign knows', (part) => {
  const known = new Set(Object.keys(ENVIRONMENT_VARIABLES));
  for (const name of Object.keys(environmentOf(part))) expect([...known]).toContain(name);
});

test.each(PARTS)('%s starts in production with what its unit and example set', (part) => {
  const keys = mkdtempSync(path.join(tmpdir(), 'countersign-deploy-'));
  try {
    const environment = Object.fromEntries(
      Object.entries(environmentOf(part)).map(([name, value]) => {
        if (!value.startsWith('%d/')) return [name, value];
        const file = path.join(keys, value.slice(3));
        writeFileSync(file, '00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f', {
          mode: 0o400,
        });
        return [name, file];
      }),
    );
    expect(loadConfig(environment).environment).toBe('production');
  } finally {
    rmSync(keys, { recursive: true, force: true });
  }
});

test('no process is given the key or the database role of another, and each runs as a user of its own', () => {
  const given = Object.fromEntries(PARTS.map((part) => [part, Object.keys(environmentOf(part)).join(' ')]));
  expect(given['gateway']).not.toMatch(/ROOT_KEK|CUSTODY_DATABASE/);
  expect(given['worker']).not.toMatch(/ROOT_KEK|CUSTODY_DATABASE|ADMIN_DATABASE/);
  expect(given['custody']).not.toMatch(/GATEWAY_KEK|GATEWAY_DATABASE|ADMIN_DATABASE/);
  expect(new Set(PARTS.flatMap((part) => valuesOf(unit(part), 'User'))).size).toBe(3);
});

test('the group of the socket is the same in the units and where it is made', () => {
  const made = /^g countersign-socket (\d+)/m.exec(read('countersign.sysusers'))?.[1];
  expect(environmentOf('custody')['COUNTERSIGN_CUSTODY_SOCKET_GROUP']).toBe(made);
  for (const part of PARTS) {
    const user = valuesOf(unit(part), 'User')[0] ?? '';
    expect(read('countersign.sysusers')).toContain(`u ${user} `);
    expect(unit(part)).toMatch(/^(?:Supplementary)?Groups?=countersign-socket$/m);
  }
});

test.each(PARTS)('the unit of %s runs a command that there is', (part) => {
  const words = (valuesOf(unit(part), 'ExecStart')[0] ?? '').split(' ').slice(1);
  const entry = (words[0] ?? '').replace('/opt/countersign/', '');
  expect(existsSync(entry)).toBe(true);
  const help = execFileSync(process.execPath, [entry, ...words.slice(1), '--help'], { encoding: 'utf8' });
  expect(help).toContain(`Usage: countersign ${part}`);
});

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

// A machine without systemd has nothing to check them with.
(hasSystemd ? test : test.skip)(
  'systemd finds nothing wrong with the units',
  () => {
    const files = PARTS.map((part) => path.join(FOLDER, `countersign-${part}.service`));
    const checked = spawnSync('systemd-analyze', ['verify', '--man=no', ...files], { encoding: 'utf8' });
    // Where Node lies is the matter of the machine that they are for.
    const complaints = checked.stderr
      .split('\n')
      .filter((line) => line !== '' && !line.includes('/usr/bin/node'));
    expect(complaints).toEqual([]);
    const users = path.resolve(FOLDER, 'countersign.sysusers');
    expect(spawnSync('systemd-sysusers', ['--dry-run', users]).status).toBe(0);
  },
  30_000,
);

test('the image copies what there is, runs as nobody in particular, and starts what was built', () => {
  const text = read('Containerfile').replaceAll(/\\\n/g, ' ');
  const steps = text.split('\n').filter((line) => /^[A-Z]+ /.test(line));
  for (const step of steps.filter((line) => line.startsWith('COPY ') && !line.includes('--from'))) {
    const sources = step.split(/\s+/).slice(1, -1);
    for (const source of sources)
      expect({ source, there: existsSync(source) }).toEqual({ source, there: true });
  }
  const last = steps.slice(steps.findLastIndex((line) => line.startsWith('FROM ')));
  const user = last.find((line) => line.startsWith('USER '));
  expect(user).toMatch(/^USER [1-9]\d*:[1-9]\d*$/);
  const entry = JSON.parse(
    last.find((line) => line.startsWith('ENTRYPOINT '))?.slice(11) ?? '[]',
  ) as string[];
  expect(entry[0]).toBe('node');
  expect(existsSync(entry[1] ?? '')).toBe(true);
  const health = /^HEALTHCHECK .*CMD (\[.*\])$/.exec(
    last.find((line) => line.startsWith('HEALTHCHECK ')) ?? '',
  )?.[1];
  const [, , script] = JSON.parse(health ?? '[]') as string[];
  // Nobody serves at this port: the check says so, and does not break.
  const env = { PATH: process.env['PATH'], COUNTERSIGN_PORT: '1' };
  expect(spawnSync(process.execPath, ['-e', script ?? ''], { env }).status).toBe(1);
  for (const [, name] of text.matchAll(/(COUNTERSIGN_[A-Z_]+)[=\s]/g))
    expect(Object.keys(ENVIRONMENT_VARIABLES)).toContain(name);
});
