/** Turns the schemas of routes into JSON Schema, and gathers those that carry an id as components of the document. */
import { z } from 'zod';

export type Json = { readonly [key: string]: unknown };

export interface SchemaCollector {
  /**
   * What travels: of a transform, the side that the caller sees. A type that JSON Schema cannot say, such as the class
   * of an exact number, stands for what its `.meta({ type: 'number' })` declares. `.meta({ id })` makes a component.
   */
  convert(schema: z.ZodType, operationId: string): Json;
  /** Every component met so far. */
  components(): Json;
}

const LOCAL = '#/$defs/';
const SHARED = '#/components/schemas/';

export const createSchemaCollector = (): SchemaCollector => {
  const components = new Map<string, Json>();
  return {
    convert: (schema, operationId) => {
      const converted = z.toJSONSchema(schema, {
        io: 'input',
        unrepresentable: 'any',
        override: keepDefault,
      });
      const definitions = converted.$defs ?? {};
      const own: Record<string, unknown> = { ...converted };
      for (const key of ['$schema', '$defs', '~standard']) Reflect.deleteProperty(own, key);
      // Names that zod makes up (`__schema0`) are unique within one schema only.
      const nameOf = (name: string): string => (name.startsWith('__') ? `${operationId}${name}` : name);
      const share = (value: unknown): unknown => {
        if (Array.isArray(value)) return value.map(share);
        if (!isJson(value)) return value;
        return Object.fromEntries(
          Object.entries(value).map(([key, inner]) => {
            const isReference = key === '$ref' && typeof inner === 'string' && inner.startsWith(LOCAL);
            return [key, isReference ? SHARED + nameOf(inner.slice(LOCAL.length)) : share(inner)];
          }),
        );
      };
      for (const [name, definition] of Object.entries(definitions)) {
        components.set(nameOf(name), share(definition) as Json);
      }
      return share(own) as Json;
    },
    components: () => Object.fromEntries(components),
  };
};

/** zod leaves out the default of what is transformed; ours are scalars, the same before and after. */
const keepDefault = ({
  zodSchema,
  jsonSchema,
}: {
  readonly zodSchema: z.core.$ZodTypes;
  readonly jsonSchema: z.core.JSONSchema.BaseSchema;
}): void => {
  const { def } = zodSchema._zod;
  if (def.type !== 'default' || jsonSchema.default !== undefined) return;
  const { defaultValue } = def;
  if (['string', 'number', 'boolean'].includes(typeof defaultValue)) jsonSchema.default = defaultValue;
};

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
