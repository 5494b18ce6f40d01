/** config/reference.md, read off the schema: every setting with its type, defaults, readers and meaning. */
import { z } from 'zod';
import { configSchema } from '../config/config-schema.ts';
import { ENVIRONMENT_VARIABLES } from '../config/env.ts';
import { markdownTable } from './markdown-table.ts';
import { readersOf, SECRET_SETTINGS } from './setting-readers.ts';

type Tree = Readonly<Record<string, unknown>>;

/** What config/<name>.json hold. */
export interface ConfigFiles {
  readonly default: Tree;
  readonly development: Tree;
}

interface Setting {
  /** e.g. `gateway.port`. */
  readonly path: string;
  readonly schema: JsonSchema;
}

/** The parts of JSON Schema that zod writes for settings. */
interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: unknown;
}

export const configReference = (files: ConfigFiles): string => {
  const settings = listSettings();
  const groups = [...new Set(settings.map(({ path }) => groupOf(path)))];
  return [
    '# Settings',
    'Later sources win: `config/default.json`, `config/<NODE_ENV>.json`, the environment. What is wrong is told all at ' +
      'once, and the process ends with 78. **secret**: keep it out of files that others can read, and out of commits. ' +
      'This file is written by `npm run docs`.',
    ...groups.flatMap((group) => [
      `## ${group}`,
      markdownTable(
        ['setting', 'variable', 'type', 'default', 'read by', 'meaning'],
        settings.filter(({ path }) => groupOf(path) === group).map((setting) => rowOf(setting, files)),
      ),
    ]),
    '',
  ].join('\n\n');
};

const groupOf = (path: string): string => (path.includes('.') ? (path.split('.')[0] ?? '') : 'general');

/** In the order of the schema. */
export const listSettings = (): Setting[] => {
  const schema = z.toJSONSchema(configSchema, { unrepresentable: 'any' }) as JsonSchema;
  return Object.entries(schema.properties ?? {}).flatMap(([name, part]) => {
    const isGroup = part.properties !== undefined && part.description === undefined;
    return isGroup
      ? Object.entries(part.properties).map(([leaf, inner]) => ({ path: `${name}.${leaf}`, schema: inner }))
      : [{ path: name, schema: part }];
  });
};

const VARIABLES = new Map<string, string>(
  Object.entries(ENVIRONMENT_VARIABLES).map(([variable, path]) => [path, variable]),
);

const rowOf = ({ path, schema }: Setting, files: ConfigFiles): string[] => {
  const variable = VARIABLES.get(path);
  const secrecy = SECRET_SETTINGS.has(path) ? '**secret**; ' : '';
  return [
    `\`${path}\``,
    variable === undefined ? 'files only' : `\`${variable}\``,
    typeOf(schema),
    defaultOf(path, schema, files),
    readersOf(path).join(', '),
    `${secrecy}${(schema.description ?? '').replaceAll('<', '\\<')}`,
  ];
};

const typeOf = (schema: JsonSchema): string => {
  // A list or a flag that the environment gives as text.
  const inner = schema.anyOf?.[0];
  if (inner !== undefined) return inner.type === 'array' ? 'texts, with commas' : typeOf(inner);
  if (schema.enum !== undefined) return schema.enum.map((word) => `\`${word}\``).join(', ');
  switch (schema.type ?? 'string') {
    case 'boolean':
      return '`true`, `false`';
    case 'integer':
      return rangeOf(schema);
    case 'array':
    case 'object':
      return 'JSON';
    default:
      return schema.format === 'uri' || schema.pattern?.includes(':') === true ? 'URL' : 'text';
  }
};

const rangeOf = ({ minimum = 0, maximum = Number.MAX_SAFE_INTEGER }: JsonSchema): string =>
  maximum === Number.MAX_SAFE_INTEGER ? `integer, from ${minimum}` : `integer, ${minimum} to ${maximum}`;

const LONGEST_DEFAULT = 60;

const defaultOf = (path: string, schema: JsonSchema, files: ConfigFiles): string => {
  const everywhere = shown(valueAt(files.default, path) ?? schema.default);
  const development = shown(valueAt(files.development, path));
  return development === '' || development === everywhere
    ? everywhere
    : `${everywhere}${everywhere === '' ? '' : '; '}development: ${development}`;
};

const valueAt = (tree: Tree, path: string): unknown =>
  path.split('.').reduce<unknown>((part, key) => (isTree(part) ? part[key] : undefined), tree);

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

const shown = (value: unknown): string => {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST_DEFAULT ? 'see `config/default.json`' : `\`${text}\``;
};
