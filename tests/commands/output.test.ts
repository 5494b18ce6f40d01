/** What commands write: tables for people, documents for programs, and how far long work has come. */
import { expect, test } from '@jest/globals';
import { createAnswer } from '../../src/commands/answer.ts';
import { createProgress } from '../../src/commands/progress.ts';

const answering = (options: { asJson?: boolean; hasColours?: boolean } = {}) => {
  let text = '';
  const answer = createAnswer({
    asJson: options.asJson ?? false,
    hasColours: options.hasColours ?? false,
    write: (part) => (text += part),
  });
  return { answer, text: () => text };
};

const ROWS = [
  { id: 7, name: 'Short', tags: ['a', 'b'], at: new Date('2027-01-31T12:00:00Z') },
  { id: 12_345, name: 'A longer name', tags: [], at: null },
];

test('a list is a table with a line each, or a JSON array', () => {
  const people = answering();
  people.answer.rows(ROWS, ['id', 'name', 'tags', 'at']);
  expect(people.text()).toBe(
    [
      'id     name           tags  at',
      '7      Short          a,b   2027-01-31T12:00:00.000Z',
      '12345  A longer name  -     -',
      '',
    ].join('\n'),
  );
  const program = answering({ asJson: true });
  program.answer.rows(ROWS, ['id']);
  expect(JSON.parse(program.text())).toEqual(JSON.parse(JSON.stringify(ROWS)));
});

test('of an empty list people are told what to do; a program gets an empty array', () => {
  const people = answering();
  people.answer.rows([], ['id'], 'There is none yet.');
  expect(people.text()).toBe('There is none yet.\n');
  const program = answering({ asJson: true });
  program.answer.rows([], ['id'], 'There is none yet.');
  expect(program.text()).toBe('[]\n');
});

test('what a name could tell a terminal to do is not passed on', () => {
  const { answer, text } = answering();
  answer.rows([{ name: 'a\u001b[2Jb\r\nc' }], ['name']);
  expect(text()).toBe('name\na?[2Jb??c\n');
});

test('colours are written where they are understood alone', () => {
  expect(answering({ hasColours: true }).answer.paint('x', 'red')).toBe('\u001b[31mx\u001b[39m');
  expect(answering().answer.paint('x', 'red')).toBe('x');
});

const progressing = (isTerminal: boolean) => {
  let text = '';
  let now = 0;
  const clock = { now: () => now };
  const progress = createProgress({ label: 'Keys', isTerminal, clock, write: (part) => (text += part) });
  return { progress, text: () => text, at: (ms: number) => (now = ms) };
};

test('a terminal shows a bar that is drawn over itself, and ends with where it came to', () => {
  const { progress, text, at } = progressing(true);
  progress.report(0, 4);
  progress.report(1, 4);
  at(150);
  progress.report(2, 4);
  progress.report(4, 4);
  progress.finish();
  expect(text().split('\r\u001b[2K')).toEqual([
    '',
    `Keys [${'.'.repeat(30)}] 0 of 4 (0 %)`,
    `Keys [${'#'.repeat(15)}${'.'.repeat(15)}] 2 of 4 (50 %)`,
    `Keys [${'#'.repeat(30)}] 4 of 4 (100 %)\n`,
  ]);
});

test('a log gets a line every few seconds, and none of work that is soon done', () => {
  const short = progressing(false);
  short.progress.report(1, 2);
  short.progress.report(2, 2);
  short.progress.finish();
  expect(short.text()).toBe('');
  const long = progressing(false);
  long.at(5_000);
  long.progress.report(10, 0);
  long.at(6_000);
  long.progress.report(12, 0);
  long.progress.finish();
  expect(long.text()).toBe('Keys: 10\nKeys: 12\n');
});
