/** What a command of `countersign` declares, and what it is given when it runs. */
import type { ArgumentsCamelCase, Argv } from 'yargs';
import type { Config } from '../config/config-schema.ts';
import type { Environment } from '../config/env.ts';
import type { Logger } from '../shared/logger.ts';
import type { Answer } from './answer.ts';
import type { Progress } from './progress.ts';
import { UsageError } from './usage-error.ts';

export interface CommandContext {
  /** Read when it is first asked for; throws ConfigError. */
  readonly config: Config;
  readonly environment: Environment;
  readonly logger: Logger;
  /** The script that was started, to start parts of `serve` with. */
  readonly entry: string;
  /** Where a command with an answer gives it: a document under `--json`, words for people without. */
  readonly answer: Answer;
  /** Shows how far long work has come, on standard error. */
  startProgress(label: string): Progress;
}

export type RunCommand = (context: CommandContext) => Promise<void>;

/** What a command is declared with. */
interface Declaration<Args> {
  /** Its name and the words after it, as yargs writes them: `create <tenant-id> <name..>`. */
  readonly words: string;
  readonly summary: string;
  /** What it writes to standard output is its answer: it knows `--json`, and its logs go to standard error. */
  readonly hasAnswer?: true;
  /** Whole lines that people type, without `countersign`. */
  readonly examples?: readonly string[];
  readonly options?: (yargs: Argv) => Argv<Args>;
  /** Imports what it needs itself: no process loads the code of another. Throws UsageError for a line that makes no sense. */
  readonly run: (args: ArgumentsCamelCase<Args>, context: CommandContext) => Promise<void>;
}

export interface Command {
  readonly kind: 'command';
  readonly words: string;
  readonly summary: string;
  readonly hasAnswer: boolean;
  /** Adds its options to the parser. */
  build(yargs: Argv, path: readonly string[]): Argv;
  /** Its run with these arguments, which the parser has read. */
  prepare(args: unknown): RunCommand;
}

export interface CommandGroup {
  readonly kind: 'group';
  readonly words: string;
  readonly summary: string;
  readonly commands: readonly (Command | CommandGroup)[];
}

export const defineCommand = <Args = object>(declaration: Declaration<Args>): Command => {
  const { words, summary, hasAnswer = false, examples = [], options, run } = declaration;
  return {
    kind: 'command',
    words,
    summary,
    hasAnswer,
    build(yargs, path) {
      const built = yargs.usage(`Usage: $0 ${[...path.slice(0, -1), words].join(' ')}\n\n${summary}`);
      for (const example of examples) built.example(`$0 ${example}`, '');
      const own = options?.(built) ?? built;
      return hasAnswer
        ? own.option('json', { type: 'boolean', default: false, describe: 'Answer JSON' })
        : own;
    },
    prepare: (args) => (context) => run(onlyOnce(args as ArgumentsCamelCase<Args>), context),
  };
};

/** `countersign <name> <command>`; a group may hold groups. */
export const defineGroup = (
  name: string,
  summary: string,
  commands: readonly (Command | CommandGroup)[],
): CommandGroup => ({
  kind: 'group',
  words: name,
  summary,
  commands,
});

const VARIADIC: ReadonlySet<string> = new Set(['_', 'name', 'reason']);

/** The parser makes a list of an option that comes twice; none of ours is one. */
const onlyOnce = <Args extends object>(args: Args): Args => {
  for (const [name, value] of Object.entries(args))
    if (Array.isArray(value) && !VARIADIC.has(name))
      throw new UsageError(`--${name} is given more than once`);
  return args;
};
