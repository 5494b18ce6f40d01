/** An account record as a table of two columns for the terminal. */

/** Nested objects show as their values, last first (`12.5 USD`), lists as comma-separated text, flags as yes and no. */
export const accountTable = (account: Readonly<Record<string, unknown>>): string => {
  const rows = Object.entries(account).map(([key, value]) => [key, cell(value)] as const);
  const width = Math.max(...rows.map(([key]) => key.length));
  return rows.map(([key, value]) => `  ${key.padEnd(width)}  ${value}`).join('\n');
};

const cell = (value: unknown): string => {
  if (value === null) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map(cell).join(', ');
  if (typeof value === 'object') return Object.values(value).reverse().map(cell).join(' ');
  return typeof value === 'string' ? value : JSON.stringify(value);
};
