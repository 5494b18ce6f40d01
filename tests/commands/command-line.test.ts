/** How the command line is read: what every command says of itself, and what is said of a line that is none. */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { COMMANDS } from '../../src/cli.ts';
import type { Command, CommandGroup } from '../../src/commands/command.ts';
import { completionScript } from '../../src/commands/completion.ts';
import { createParser } from '../../src/commands/parser.ts';
import { UsageError } from '../../src/commands/usage-error.ts';
import { countersign } from '../support/countersign.ts';

const parser = createParser(COMMANDS, { version: '1.2.3', width: 200 });

interface Placed {
  readonly path: readonly string[];
  readonly declared: Command | CommandGroup;
}

const walk = (declared: readonly (Command | CommandGroup)[], parents: readonly string[] = []): Placed[] =>
  declared.flatMap((each) => {
    const place = [...parents, each.words.split(' ')[0] ?? ''];
    const here = { path: place, declared: each };
    return each.kind === 'group' ? [here, ...walk(each.commands, place)] : [here];
  });

const refusalOf = async (line: string): Promise<string> => {
  const read = parser.read(line === '' ? [] : line.split(' '));
  const error = await read.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UsageError);
  return (error as UsageError).message;
};

test('every command tells how it is used, and is not run by that', async () => {
  const all = walk(COMMANDS);
  expect(all.length).toBeGreaterThan(40);
  for (const { path: words, declared } of all) {
    const line = await parser.read([...words, '--help']);
    const text = 'text' in line ? line.text : '';
    expect(text).toContain(`Usage: countersign ${words.join(' ')}`);
    expect(text).toContain(declared.summary);
  }
});

test('every command that answers can answer JSON', async () => {
  for (const { path: words, declared } of walk(COMMANDS)) {
    if (declared.kind === 'group' || !declared.hasAnswer) continue;
    expect(await parser.help(words)).toContain('--json');
  }
});

test.each([
  ['', 'Which command?'],
  ['key', 'Which command of key?'],
  ['sevre', 'There is no command "sevre". Did you mean serve?'],
  ['key crate', 'There is no command "key crate". Did you mean create?'],
  ['tenant create', 'The name is missing'],
  ['key rotate 00000000-0000-4000-8000-000000000000', 'The key id is missing'],
  ['account show Acme 1', 'Acme is no tenant id'],
  ['account show 00000000-0000-4000-8000-000000000000 x', 'x is no account id'],
  ['account show 00000000-0000-4000-8000-000000000000 2147483648', '2147483648 is no account id'],
  ['key list 00000000-0000-4000-8000-000000000000 --loud', 'There is no option --loud'],
  ['key list 00000000-0000-4000-8000-000000000000 more', '"more" is too much'],
  ['migrate sideways', '--verb: "sideways" is none of "up", "status"'],
  ['webhook listen --types', '--types needs a value'],
  ['serve now', '"now" is too much'],
])('"%s" is refused with what is wrong, and the help of the command', async (line, reason) => {
  const message = await refusalOf(line);
  expect(message).toContain(reason);
  expect(message).toContain('Usage: countersign');
});

test('an option that comes twice is refused, not joined', async () => {
  const line = await parser.read(['webhook', 'list', '--key-file', 'a', '--key-file', 'b']);
  expect('run' in line && (() => line.run({} as never))).toThrow('--key-file is given more than once');
});

test('what is asked for without waiting is read so', async () => {
  for (const words of [
    ['keys', 'rotate'],
    ['keys', 'rewrap'],
    ['keys', 'retire', randomUUID()],
  ])
    expect(await parser.read([...words, '--no-wait'])).toMatchObject({ path: words.slice(0, 2) });
  expect(await refusalOf('keys rotate --no-hurry')).toContain('There is no option --no-hurry');
});

test('names and reasons of several words need no quotes; ids of digits stay text', async () => {
  expect(await parser.read(['tenant', 'create', 'Acme', 'Trading', '7'])).toMatchObject({
    path: ['tenant', 'create'],
  });
  expect(await parser.read(['freeze', 'keys', 'may', 'have', 'leaked'])).toMatchObject({ path: ['freeze'] });
});

test('version and help are answers; a wrong line ends with 64', async () => {
  const [version, help, wrong] = await Promise.all([
    countersign(['--version']),
    countersign(['help']),
    countersign(['nothing-like-this']),
  ]);
  expect([version.code, version.stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
  expect([help.code, help.stderr, help.stdout.startsWith('Usage: countersign <command>')]).toEqual([
    0,
    '',
    true,
  ]);
  expect([wrong.code, wrong.stdout, wrong.stderr.startsWith('There is no command')]).toEqual([64, '', true]);
}, 30_000);

test.each(['bash', 'zsh', 'fish'] as const)('the completion of %s asks the program itself', (shell) => {
  expect(completionScript(shell)).toContain('countersign --get-yargs-completions');
});

test('bash completes commands, and options of a command', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'countersign-completion-'));
  try {
    const entry = path.resolve(import.meta.dirname, '../../dist/src/main.js');
    const program = `#!/bin/sh\nexec ${process.execPath} ${entry} "$@"\n`;
    writeFileSync(path.join(folder, 'countersign'), program, { mode: 0o755 });
    const complete = (...words: string[]): string[] => {
      const script = `${completionScript('bash')}
        COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
        _countersign; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}` };
      return spawnSync('bash', ['-c', script], { env, encoding: 'utf8' }).stdout.trim().split('\n');
    };
    expect(complete('countersign', 'ten')).toEqual(['tenant']);
    expect(complete('countersign', 'key', 're')).toEqual(['revoke']);
    expect(complete('countersign', 'key', 'create', '--pro')).toEqual(['--profile-floor']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 30_000);
