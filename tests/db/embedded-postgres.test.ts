import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { EmbeddedPostgres } from '../../src/db/embedded-postgres.ts';
import { startEmbeddedPostgres } from '../../src/db/embedded-postgres.ts';
import { preparePostgresBinaries } from '../../src/db/postgres-binaries.ts';
import { initializeData, prepareFolders } from '../../src/db/postgres-folders.ts';
import { findPostgresUser } from '../../src/db/postgres-os-user.ts';
import { spawnPostgres } from '../../src/db/postgres-process.ts';
import { fastFolder } from '../support/test-cluster.ts';
import { execute, silent } from './rows.ts';

let folder: string;
let clusters: EmbeddedPostgres[];

beforeEach(async () => {
  clusters = [];
  folder = await mkdtemp(path.join(fastFolder(), 'countersign-pg-'));
  // mkdtemp closes the folder to the user that root runs Postgres as.
  await chmod(folder, 0o755);
});

afterEach(async () => {
  for (const cluster of clusters.reverse()) await cluster.stop();
  await rm(folder, { recursive: true, force: true });
});

const start = async (dataDir = path.join(folder, 'pg'), durable = true): Promise<EmbeddedPostgres> => {
  const cluster = await startEmbeddedPostgres({ dataDir, logger: silent, durable });
  clusters.push(cluster);
  return cluster;
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const pidOf = async (cluster: EmbeddedPostgres): Promise<number> => {
  const pid = await cluster.pid();
  if (pid === undefined) throw new Error('Postgres does not run');
  return pid;
};

test('rows outlive kill -9 of the postmaster, which is noticed and mended', async () => {
  const cluster = await start();
  const url = cluster.url('postgres', 'postgres');
  await execute(url, 'create table kept (n int)');
  let acknowledged = 0;
  for (let round = 0; round < 3; round += 1) {
    const exited = new Promise<void>((resolve) => cluster.onExit(resolve));
    const pid = await pidOf(cluster);
    for (let n = 0; n < 20; n += 1) {
      await execute(url, 'insert into kept values (1)');
      acknowledged += 1;
    }
    process.kill(pid, 'SIGKILL');
    await exited;
    await cluster.ensureRunning();
    expect(await cluster.pid()).not.toBe(pid);
    expect(await execute(url, 'select count(*)::int as n from kept')).toEqual([{ n: acknowledged }]);
  }
});

test('a second start attaches, and its stop leaves Postgres to the first', async () => {
  const first = await start();
  const second = await start();
  expect(await second.pid()).toBe(await first.pid());
  await second.stop();
  expect(await execute(first.url('postgres', 'postgres'), 'select 1 as one')).toEqual([{ one: 1 }]);
  await first.stop();
  expect(await first.pid()).toBeUndefined();
});

test('data outlives a stop, and stop leaves no process', async () => {
  const first = await start();
  await first.ensureDatabase('mine');
  await first.ensureDatabase('mine');
  await execute(first.url('postgres', 'mine'), 'create table kept as select 1 as n');
  const pid = await pidOf(first);
  await first.stop();
  expect(isAlive(pid)).toBe(false);
  const again = await start();
  expect(await execute(again.url('postgres', 'mine'), 'select n from kept')).toEqual([{ n: 1 }]);
});

test('two starts on an empty folder at once make one cluster', async () => {
  const [first, second] = await Promise.all([start(), start()]);
  expect(await first.pid()).toBe(await second.pid());
});

test('a project deep in the tree gets a socket path that fits, and everything is closed to others', async () => {
  const dataDir = path.join(folder, ...Array.from({ length: 5 }, () => 'a-folder-with-a-long-name'), 'pg');
  const cluster = await start(dataDir);
  const socket = new URL(cluster.url('postgres', 'postgres')).searchParams.get('host') ?? '';
  expect(`${socket}/.s.PGSQL.5432`.length).toBeLessThan(104);
  for (const closed of [dataDir, path.join(dataDir, 'pgdata'), socket])
    expect((await stat(closed)).mode & 0o777).toBe(0o700);
  await cluster.stop();
  await rm(socket, { recursive: true });
});

test('a stale postmaster.pid that names a living program of another kind does not block the start', async () => {
  const first = await start();
  await first.stop();
  const file = path.join(folder, 'pg', 'pgdata', 'postmaster.pid');
  await writeFile(file, `${String(process.pid)}\n${path.dirname(file)}\n0\n5432\n\n\n\nready\n`, {
    mode: 0o600,
  });
  const again = await start();
  expect(await again.pid()).not.toBe(process.pid);
});

test('a throwaway cluster takes its folder along', async () => {
  const cluster = await start(path.join(folder, 'pg'), false);
  const pid = await pidOf(cluster);
  await cluster.stop();
  expect(isAlive(pid)).toBe(false);
  await expect(stat(path.join(folder, 'pg'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('the death of the process that holds the pipe stops Postgres and removes what was throwaway', async () => {
  const user = await findPostgresUser(undefined);
  const folders = await prepareFolders(path.join(folder, 'pg'), user, silent);
  const native = await preparePostgresBinaries({ user, copyFolder: folder, logger: silent });
  await initializeData({ folders, native, user, durable: false });
  const owned = await spawnPostgres({ folders, native, user, durable: false, settings: {} });
  const attached = await start();
  const pid = await pidOf(attached);
  const exited = new Promise<void>((resolve) => attached.onExit(resolve));
  // Closing the pipe is all that a dying process does; no signal is sent.
  owned.release();
  await Promise.all([owned.ended, exited]);
  expect(isAlive(pid)).toBe(false);
  await expect(stat(folders.data)).rejects.toMatchObject({ code: 'ENOENT' });
});
