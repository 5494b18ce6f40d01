/** Interleaved rounds: A, B, A, B… so that a drifting machine drifts for all alike; medians are compared. */

export interface Contestant {
  readonly name: string;
  /** One round; answers the figure, more is better. */
  readonly run: () => Promise<number>;
}

/** Median figure of each contestant over `rounds` rounds, after one round to warm up. */
export const interleave = async (
  contestants: readonly Contestant[],
  rounds: number,
): Promise<Map<string, number>> => {
  const figures = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, run } of contestants) {
      const figure = await run();
      if (round > 0) figures.get(name)?.push(figure);
    }
  }
  return new Map([...figures].map(([name, values]) => [name, median(values)]));
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
