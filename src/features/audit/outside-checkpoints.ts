/** Reads the checkpoints that custody writes outside the database: files of lines in one folder, as many as are kept. */
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type Checkpoint, readLine, type SigningKeyLine } from './checkpoint.ts';

export interface OutsideCheckpoints {
  /** How many lines hold a checkpoint. */
  readonly count: number;
  /** Lines that are neither; the last one of a file may be half written. */
  readonly unreadable: number;
  readonly keys: readonly SigningKeyLine[];
  /** The newest of each chain. */
  readonly newest: ReadonlyMap<string, Checkpoint>;
  /** All of one chain, by number; reads the files again. */
  ofChain(tenantId: string): Promise<Checkpoint[]>;
}

const CHECKPOINT_FILE = /^checkpoints-.*\.ndjson$/;

/** Undefined: there is no such folder, or no such file in it. */
export const readOutsideCheckpoints = async (folder: string): Promise<OutsideCheckpoints | undefined> => {
  const names = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  const files = names.filter((name) => CHECKPOINT_FILE.test(name)).sort();
  if (files.length === 0) return undefined;
  const keys = new Map<string, SigningKeyLine>();
  const newest = new Map<string, Checkpoint>();
  let count = 0;
  let unreadable = 0;
  for await (const line of linesOf(folder, files)) {
    const read = readLine(line);
    if (read === undefined) unreadable += 1;
    else if ('publicJwk' in read) keys.set(read.keyId, read);
    else {
      count += 1;
      const known = newest.get(read.tenantId);
      if (known === undefined || read.number > known.number) newest.set(read.tenantId, read);
    }
  }
  const ofChain = async (tenantId: string): Promise<Checkpoint[]> => {
    const found = new Map<number, Checkpoint>();
    for await (const line of linesOf(folder, files)) {
      const read = line.includes(tenantId) ? readLine(line) : undefined;
      if (read !== undefined && 'tenantId' in read && read.tenantId === tenantId)
        found.set(read.number, read);
    }
    return [...found.values()].sort((one, other) => one.number - other.number);
  };
  return { count, unreadable, keys: [...keys.values()], newest, ofChain };
};

async function* linesOf(folder: string, files: readonly string[]): AsyncGenerator<string> {
  for (const file of files) {
    const lines = createInterface({ input: createReadStream(path.join(folder, file)), crlfDelay: Infinity });
    for await (const line of lines) if (line !== '') yield line;
  }
}
