/** Tells what the doctor has found. */
import { createLogger } from '../shared/logger.ts';
import type { CommandContext } from './command.ts';
import { examine } from './doctor/doctor.ts';
import type { Finding } from './doctor/finding.ts';

const CHECK_WIDTH = 19;

export const runDoctor = async (context: CommandContext): Promise<void> => {
  const { answer } = context;
  // What is wrong is in the findings; the same in log lines would only be in their way.
  const findings = await examine(() => context.config, createLogger('doctor', 'silent'));
  const problems = findings.filter(({ state }) => state === 'problem').length;
  answer.record({ ok: problems === 0, findings }, [
    ...findings.flatMap((finding) => linesOf(finding, answer.paint)),
    '',
    problems === 0
      ? 'No problem was found.'
      : `${problems} ${problems === 1 ? 'problem' : 'problems'} found.`,
  ]);
  if (problems > 0) process.exitCode = 1;
};

const COLOURS = { ok: 'green', warning: 'yellow', problem: 'red', skipped: 'grey' } as const;

const linesOf = (
  { check, state, found, mend }: Finding,
  paint: (text: string, colour: (typeof COLOURS)[keyof typeof COLOURS]) => string,
): string[] => [
  `${paint(state.padEnd(8), COLOURS[state])} ${check.padEnd(CHECK_WIDTH)} ${found}`,
  ...(mend === null ? [] : [`${' '.repeat(CHECK_WIDTH + 9)} mend: ${mend}`]),
];
