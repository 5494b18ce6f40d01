/** Writes the generated parts of the README between their markers, so that they cannot lag behind the program. */

/** Replaces what stands between `<!-- NAME -->` and `<!-- /NAME -->`. Throws when a marker is missing. */
export const fillReadme = (readme: string, parts: Readonly<Record<string, string>>): string => {
  let text = readme;
  for (const [name, part] of Object.entries(parts)) {
    const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const [start, end] = [text.indexOf(open), text.indexOf(close)];
    if (start < 0 || end < start) throw new Error(`README.md has no ${open} … ${close}`);
    text = `${text.slice(0, start + open.length)}\n\n${part}\n\n${text.slice(end)}`;
  }
  return text;
};
