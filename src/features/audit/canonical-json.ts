/** RFC 8785 for the one form that is hashed and signed here: an object of texts, integers and nulls. */

/** Throws TypeError for what two implementations could write differently. */
export const canonicalJson = (object: Readonly<Record<string, string | number | null>>): string => {
  // Sorted by UTF-16 code units, as the RFC wants it and as `<` compares.
  const names = Object.keys(object).sort((one, other) => (one < other ? -1 : 1));
  return `{${names.map((name) => `${JSON.stringify(name)}:${valueOf(object[name])}`).join(',')}}`;
};

const LONE_SURROGATE = /\p{Surrogate}/u;

const valueOf = (value: string | number | null | undefined): string => {
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    throw new TypeError('a number in canonical JSON is a safe integer');
  if (typeof value === 'string' && LONE_SURROGATE.test(value))
    throw new TypeError('a text in canonical JSON is well-formed Unicode');
  // Escapes of JSON.stringify are those of the RFC, which took them from ECMAScript.
  return JSON.stringify(value ?? null);
};
