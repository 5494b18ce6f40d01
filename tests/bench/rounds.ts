/** Interleaved rounds: A, B, A, B… so that a drifting machine drifts for all alike; medians are compared. */

/** Figures of each contestant over `rounds` rounds, after one round to warm up; in the order of the contestants. */
export const interleave = async <T>(
  contestants: readonly (() => Promise<T>)[],
  rounds: number,
): Promise<T[][]> => {
  const figures: T[][] = contestants.map(() => []);
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, run] of contestants.entries()) {
      const figure = await run();
      if (round > 0) figures[index]?.push(figure);
    }
  }
  return figures;
};

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
};

export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the value should be at least (or at most), as text. */
  readonly aim?: string;
}

export const printRows = (title: string, rows: readonly Row[]): void => {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const lines = rows.map(({ name, value, unit, aim }) => {
    const figure = value >= 100 ? value.toFixed(0) : value.toFixed(2);
    return `  ${name.padEnd(width)}  ${figure.padStart(9)} ${unit}${aim === undefined ? '' : `   (aim ${aim})`}`;
  });
  process.stdout.write(`\n${title}\n${lines.join('\n')}\n`);
};
