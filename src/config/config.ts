/** Reads config/*.json and the environment into one checked, frozen configuration; lists every problem at once. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from './config-error.ts';
import { type Config, configSchema } from './config-schema.ts';
import { type Environment, ENVIRONMENT_VARIABLES, unknownVariables } from './env.ts';
import { productionProblems } from './production-rules.ts';
import { kekProblems } from './secrets.ts';

type Tree = { [key: string]: unknown };

/** The folder that holds package.json and config/, from sources and from the build alike. */
export const findProjectRoot = (from: string = path.dirname(fileURLToPath(import.meta.url))): string => {
  if (existsSync(path.join(from, 'package.json')) && existsSync(path.join(from, 'config', 'default.json'))) {
    return from;
  }
  const parent = path.dirname(from);
  if (parent === from) throw new ConfigError(['config/default.json was not found beside package.json']);
  return findProjectRoot(parent);
};

/** Later sources win: config/default.json, config/<environment>.json, environment variables. */
export const loadConfig = (environment: Environment, projectRoot: string = findProjectRoot()): Config => {
  const problems = unknownVariables(environment).map((name) => `${name} is not a variable of Countersign`);
  const name = environment['NODE_ENV'] ?? 'development';
  const tree: Tree = {};
  for (const file of ['default.json', `${name}.json`]) mergeInto(tree, readJson(projectRoot, file, problems));
  mergeInto(tree, environmentTree(environment));

  const parsed = configSchema.safeParse(tree);
  if (!parsed.success) {
    problems.push(...parsed.error.issues.map((issue) => `${settingName(issue.path)}: ${issue.message}`));
    throw new ConfigError(problems);
  }
  const config = { ...parsed.data, dataDir: path.resolve(projectRoot, parsed.data.dataDir) };
  if (config.environment === 'production') problems.push(...productionProblems(config));
  problems.push(...kekProblems(config));
  if (problems.length > 0) throw new ConfigError(problems);
  return deepFreeze(config);
};

const readJson = (projectRoot: string, file: string, problems: string[]): Tree => {
  const full = path.join(projectRoot, 'config', file);
  if (!existsSync(full)) return {};
  try {
    return JSON.parse(readFileSync(full, 'utf8')) as Tree;
  } catch {
    problems.push(`config/${file} is not valid JSON`);
    return {};
  }
};

const environmentTree = (environment: Environment): Tree => {
  const tree: Tree = {};
  for (const [variable, target] of Object.entries(ENVIRONMENT_VARIABLES)) {
    const value = environment[variable];
    if (value === undefined) continue;
    const [group, leaf] = target.split('.') as [string, string | undefined];
    if (leaf === undefined) {
      tree[group] = value;
    } else {
      const section = (tree[group] ??= {}) as Tree;
      section[leaf] = value;
    }
  }
  return tree;
};

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const mergeInto = (target: Tree, source: Tree): void => {
  for (const [key, value] of Object.entries(source)) {
    const present = target[key];
    if (isTree(present) && isTree(value)) mergeInto(present, value);
    else target[key] = isTree(value) ? structuredClone(value) : value;
  }
};

/** `gateway.port (COUNTERSIGN_PORT)`: the reader may have set it in either place. */
const settingName = (parts: readonly PropertyKey[]): string => {
  const setting = parts.map(String).join('.');
  const variable = Object.entries(ENVIRONMENT_VARIABLES).find(([, target]) => target === setting)?.[0];
  return variable === undefined ? setting : `${setting} (${variable})`;
};

const deepFreeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
};
