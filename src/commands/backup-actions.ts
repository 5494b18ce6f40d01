/** What `countersign backup` and `countersign restore` do: between a database and a file. */
import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { once } from 'node:events';
import { writeBackup } from '../db/backup.ts';
import { restoreBackup } from '../db/restore.ts';
import { withOwnerUrl } from '../processes/owner-database.ts';
import { systemClock } from '../shared/clock.ts';
import type { CommandContext } from './command.ts';
import { UsageError } from './usage-error.ts';

/** The file appears when it is whole. */
export const backUp = async (context: CommandContext, file: string): Promise<void> => {
  const { config, logger, answer } = context;
  const target = path.resolve(file);
  if (await exists(target)) throw new UsageError(`${file} is there already: name a new file`);
  const draft = `${target}.${randomUUID()}.partial`;
  const progress = context.startProgress('Tables');
  try {
    const createdAt = new Date(systemClock.now()).toISOString();
    const result = await withOwnerUrl(config, logger, async (ownerUrl) => {
      const zip = createGzip();
      // Names, balances and trades of everybody: for the operator's eyes alone.
      const written = pipeline(zip, createWriteStream(draft, { mode: 0o600, flags: 'wx' }));
      // Its failure is told where it is awaited.
      written.catch(() => undefined);
      const counted = await writeBackup({
        ownerUrl,
        createdAt,
        write: async (line) => {
          if (!zip.write(line)) await Promise.race([once(zip, 'drain'), written]);
        },
        onProgress: (done, total) => progress.report(done, total),
      });
      zip.end();
      await written;
      return counted;
    });
    await syncToDisk(draft);
    await rename(draft, target);
    progress.finish();
    const { size } = await stat(target);
    answer.record({ file: target, createdAt, bytes: size, ...result }, [
      `${target}: ${result.rows} rows of ${result.tenants} tenants in ${result.tables} tables, ${size} bytes.`,
      'The keys are not in it: keep the root key and the gateway key apart from it, and as safe.',
    ]);
  } catch (error) {
    progress.finish();
    await rm(draft, { force: true });
    throw error;
  }
};

export const restore = async (context: CommandContext, file: string): Promise<void> => {
  const { config, logger, answer } = context;
  if (!(await exists(file))) throw new UsageError(`There is no file ${file}`);
  const progress = context.startProgress('Rows');
  try {
    const result = await withOwnerUrl(config, logger, (ownerUrl) =>
      restoreBackup({
        ownerUrl,
        lines: readLines(file),
        clock: systemClock,
        logger,
        onProgress: (rows) => progress.report(rows, 0),
      }),
    );
    progress.finish();
    answer.record(result, [
      `${result.rows} rows are as they were on ${result.createdAt}.`,
      'What was revoked, deleted or frozen since then is not any more: look through it before callers come back.',
      'Next: countersign doctor, which says whether the keys fit.',
    ]);
  } finally {
    progress.finish();
  }
};

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

const syncToDisk = async (file: string): Promise<void> => {
  const handle = await open(file, 'r');
  await handle.sync();
  await handle.close();
};

async function* readLines(file: string): AsyncGenerator<string> {
  const source = createReadStream(file);
  const text = createGunzip();
  const reading = pipeline(source, text);
  reading.catch(() => undefined);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  try {
    for await (const chunk of text) {
      const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    throw new Error(`${file} is damaged, or no backup`, { cause: error });
  }
  if (rest !== '') yield rest;
}
