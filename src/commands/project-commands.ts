/** Commands for trying Countersign out, for working on it and for shells. */
import { type Command, defineCommand } from './command.ts';
import { completionScript, SHELLS } from './completion.ts';

export const PROJECT_COMMANDS: readonly Command[] = [
  defineCommand({
    words: 'demo',
    summary: 'Connect a sandbox account to a running development gateway',
    run: async (_, { config }) =>
      (await import('../demo/demo.ts')).runDemo(
        config.dataDir,
        (line) => void process.stdout.write(`${line}\n`),
      ),
  }),
  defineCommand({
    words: 'docs',
    summary: "Bring README.md's tables and the client library's types up to date",
    run: async () => (await import('../docs/docs-command.ts')).runDocs(),
  }),
  defineCommand({
    words: 'completion <shell>',
    summary: 'Print what makes a shell complete the words of countersign',
    examples: [
      'completion bash > /etc/bash_completion.d/countersign',
      'completion zsh > ~/.zfunc/_countersign',
      'completion fish > ~/.config/fish/completions/countersign.fish',
    ],
    options: (yargs) =>
      yargs.positional('shell', { choices: SHELLS, demandOption: true, describe: 'Which shell' }),
    run: ({ shell }) => {
      process.stdout.write(completionScript(shell));
      return Promise.resolve();
    },
  }),
];
