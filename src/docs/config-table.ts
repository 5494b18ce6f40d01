/** The configuration reference, read off the schema: variable, setting, default, meaning. */
import type { z } from 'zod';
import { configSchema } from '../config/config-schema.ts';
import { ENVIRONMENT_VARIABLES } from '../config/env.ts';
import { markdownTable } from './markdown-table.ts';

type Defaults = Readonly<Record<string, unknown>>;

/** `defaults` is what config/default.json holds. */
export const configTable = (defaults: Defaults): string =>
  markdownTable(
    ['variable', 'setting', 'default', 'meaning'],
    Object.entries(ENVIRONMENT_VARIABLES).map(([variable, setting]) => {
      const path = setting.split('.');
      return [`\`${variable}\``, `\`${setting}\``, defaultOf(defaults, path), meaningOf(path)];
    }),
  );

const defaultOf = (defaults: Defaults, path: readonly string[]): string => {
  const value = path.reduce<unknown>((tree, key) => (isTree(tree) ? tree[key] : undefined), defaults);
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return isPlain ? `\`${value}\`` : '';
};

const isTree = (value: unknown): value is Defaults => typeof value === 'object' && value !== null;

const meaningOf = (path: readonly string[]): string => {
  let schema: z.ZodType | undefined = configSchema;
  for (const key of path) schema = shapeOf(schema)?.[key];
  return schema?.description ?? '';
};

/** The fields of an object schema, with a default around it or not. */
const shapeOf = (schema: z.ZodType | undefined): Readonly<Record<string, z.ZodType>> | undefined => {
  if (schema === undefined) return undefined;
  if ('shape' in schema) return schema.shape as Readonly<Record<string, z.ZodType>>;
  return 'unwrap' in schema ? shapeOf((schema.unwrap as () => z.ZodType)()) : undefined;
};
