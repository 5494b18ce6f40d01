/** Writes checkpoints outside the database: one file of lines for each day, only ever appended to. */
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { type Checkpoint, toCheckpointLine, toKeyLine } from '../features/audit/checkpoint.ts';
import { readOutsideCheckpoints } from '../features/audit/outside-checkpoints.ts';
import type { Clock } from '../shared/clock.ts';
import type { CheckpointKey } from './checkpoint-keys.ts';

export interface CheckpointFile {
  /** Resolves when the lines are on the disk. A file begins with the keys, so that each can be read alone. */
  append(checkpoints: readonly Checkpoint[], keys: readonly CheckpointKey[]): Promise<void>;
  /** The newest of that chain, in the files as they were at the first call, or written since. */
  findNewest(tenantId: string): Promise<Checkpoint | undefined>;
}

export const createCheckpointFile = (folder: string, clock: Clock): CheckpointFile => {
  /** The file that has the keys, and how many. */
  let introduced = '';
  let known: Promise<Map<string, Checkpoint>> | undefined;

  const read = async (): Promise<Map<string, Checkpoint>> =>
    new Map((await readOutsideCheckpoints(folder))?.newest);
  const newest = async (): Promise<Map<string, Checkpoint>> => {
    try {
      return await (known ??= read());
    } catch (error) {
      known = undefined;
      throw error;
    }
  };

  return {
    async append(checkpoints, keys) {
      const day = new Date(clock.now()).toISOString().slice(0, 10);
      const file = path.join(folder, `checkpoints-${day}.ndjson`);
      await mkdir(folder, { recursive: true, mode: 0o755 });
      // Nothing in it is secret, and whoever verifies has to read it.
      const handle = await open(file, 'a', 0o644);
      try {
        const { size } = await handle.stat();
        const introduction = `${file} ${keys.map(({ id }) => id).join(' ')}`;
        const isIntroduced = size > 0 && introduced === introduction;
        const lines = [
          ...(isIntroduced ? [] : keys.map(({ id, publicJwk }) => toKeyLine({ keyId: id, publicJwk }))),
          ...checkpoints.map(toCheckpointLine),
        ];
        // A line that a crash cut off must not take the next one with it.
        const start = (await endsWithLine(file, size)) ? '' : '\n';
        await handle.appendFile(`${start}${lines.join('\n')}\n`);
        await handle.sync();
        introduced = introduction;
        const found = await newest();
        for (const checkpoint of checkpoints) found.set(checkpoint.tenantId, checkpoint);
      } finally {
        await handle.close();
      }
    },
    findNewest: async (tenantId) => (await newest()).get(tenantId),
  };
};

const endsWithLine = async (file: string, size: number): Promise<boolean> => {
  if (size === 0) return true;
  const handle = await open(file, 'r');
  try {
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer.toString() === '\n';
  } finally {
    await handle.close();
  }
};
