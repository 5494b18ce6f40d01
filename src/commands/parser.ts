/** Reads the command line by what the commands declare: which one runs, with which arguments, or what is wrong with it. */
import yargs, { type Argv } from 'yargs';
import type { Command, CommandGroup, RunCommand } from './command.ts';
import { UsageError } from './usage-error.ts';

export type ReadLine =
  /** Help, the version or words for a shell, as they were asked for. */
  | { readonly text: string }
  | {
      readonly command: Command;
      readonly path: readonly string[];
      readonly run: RunCommand;
      readonly asJson: boolean;
    };

export interface Parser {
  /** Throws UsageError, with the help of the command it is about. */
  read(words: readonly string[]): Promise<ReadLine>;
  /** The help of a command or group, e.g. `['key', 'create']`. */
  help(path: readonly string[]): Promise<string>;
}

const LONGEST_LINE = 110;

export const createParser = (
  commands: readonly (Command | CommandGroup)[],
  options: { readonly version: string; readonly width: number },
): Parser => {
  const read = async (words: readonly string[]): Promise<ReadLine> => {
    /** How far the line was understood. */
    const reading: { path: readonly string[]; command?: Command; args?: unknown } = { path: [] };
    let text = '';

    const addCommand = (parser: Argv, command: Command, parents: readonly string[]): void => {
      const path = [...parents, nameOf(command)];
      parser.command({
        command: command.words,
        describe: command.summary,
        builder: (built: Argv) => {
          reading.path = path;
          reading.command = command;
          return command.build(built, path).strict();
        },
        handler: (args: unknown) => {
          reading.args = args;
        },
      });
    };

    const addGroup = (parser: Argv, group: CommandGroup, parents: readonly string[]): void => {
      const path = [...parents, group.words];
      parser.command({
        command: group.words,
        describe: group.summary,
        builder: (built: Argv) => {
          reading.path = path;
          built.usage(`Usage: $0 ${path.join(' ')} <command>\n\n${group.summary}`);
          for (const command of group.commands) add(built, command, path);
          return built.recommendCommands().strictCommands().demandCommand(1);
        },
        handler: () => undefined,
      });
    };

    const add = (parser: Argv, command: Command | CommandGroup, parents: readonly string[]): void => {
      if (command.kind === 'group') addGroup(parser, command, parents);
      else addCommand(parser, command, parents);
    };

    const parser = yargs()
      .scriptName('countersign')
      .locale('en')
      .exitProcess(false)
      .parserConfiguration(TEXT_STAYS_TEXT)
      .updateStrings(WORDS)
      .usage('Usage: $0 <command>')
      .epilogue('countersign <command> --help says more of each.')
      .version(options.version)
      .help()
      .alias('help', 'h')
      .wrap(Math.min(options.width, LONGEST_LINE))
      .recommendCommands()
      .strictCommands()
      .demandCommand(1)
      .fail((message: string | null, error: Error | undefined) => {
        throw new UsageError(error?.message ?? message ?? 'The line cannot be read');
      });
    for (const command of commands) add(parser, command, []);

    try {
      await parser.parseAsync([...words], {}, (_error: unknown, _args: unknown, output: string) => {
        text += output;
      });
    } catch (error) {
      const problem = describe(error instanceof Error ? error.message : '', words, reading);
      throw new UsageError(`${problem}\n\n${await help(reading.path)}`);
    }
    const { command, args, path } = reading;
    if (text !== '' || command === undefined || args === undefined) return { text: text.trimEnd() };
    const asJson = (args as { json?: unknown }).json === true;
    return { command, path, asJson, run: command.prepare(args) };
  };

  const help = async (path: readonly string[]): Promise<string> => {
    const answer = await read([...path, '--help']);
    return 'text' in answer ? answer.text : '';
  };

  return { read, help };
};

// An id of digits is no number, and a dot in a name no path.
const TEXT_STAYS_TEXT = {
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'dot-notation': false,
  'boolean-negation': false,
};

const one = (text: string) => ({ one: text, other: text });

const WORDS = {
  'Missing required argument: %s': one('--%s is missing') as unknown as string,
  'Not enough arguments following: %s': '--%s needs a value',
  'Invalid values:': 'These words are not understood:',
  'Argument: %s, Given: %s, Choices: %s': '--%s: %s is none of %s',
};

const nameOf = ({ words }: Command): string => words.split(' ')[0] ?? '';

/** The parser's words in those of a person who knows what was typed. */
const describe = (
  message: string,
  words: readonly string[],
  reading: { readonly path: readonly string[]; readonly command?: Command },
): string => {
  const { path, command } = reading;
  const typed = words.filter((word) => !word.startsWith('-'));
  if (command === undefined) {
    const unknown = typed[path.length];
    if (unknown === undefined) return `Which command${path.length === 0 ? '' : ` of ${path.join(' ')}`}?`;
    const suggestion = message.startsWith('Did you mean') ? ` ${message}` : '';
    return `There is no command "${[...path, unknown].join(' ')}".${suggestion}`;
  }
  const got = /^Not enough non-option arguments: got (\d+)/.exec(message)?.[1];
  if (got !== undefined) {
    const wanted = [...command.words.matchAll(/<([^.>]+)/g)].map(([, name]) => name ?? '');
    return `The ${(wanted[Number(got)] ?? 'word').replaceAll('-', ' ')} is missing`;
  }
  const unknown = /^Unknown (?:argument|command)s?: (.*)$/.exec(message)?.[1]?.split(', ');
  if (unknown !== undefined) {
    const option = words.map(optionName).find((name) => name !== undefined && unknown.includes(name));
    return option === undefined
      ? `"${unknown.join(' ')}" is too much: ${path.join(' ')} takes no such word`
      : `There is no option --${option}`;
  }
  return message.trim();
};

const optionName = (word: string): string | undefined => /^--?([^=]+)/.exec(word)?.[1];
