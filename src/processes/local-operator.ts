/** The operator at the command line: whoever may act as the owner of the database on this machine. */
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type { Administrator } from '../auth/administrator.ts';

export const localOperator = (): Administrator => {
  const { username } = userInfo();
  const name = `operator ${username}`;
  return { kind: 'cli', id: username, name, actor: name, requestId: randomUUID() };
};
