/** `countersign doctor`: what is wrong with an installation, and how to mend it. */
import { type Command, defineCommand } from './command.ts';

export const DOCTOR_COMMANDS: readonly Command[] = [
  defineCommand({
    words: 'doctor',
    summary: 'Check this installation and say how to mend it; ends with 1 when there is a problem',
    hasAnswer: true,
    run: async (_, context) => (await import('./doctor-actions.ts')).runDoctor(context),
  }),
];
