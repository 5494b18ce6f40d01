/** Finds the word that somebody may have meant. Pure. */

/** Of those that differ in few letters the nearest; undefined when none comes near. */
export const nearestWord = (written: string, words: readonly string[]): string | undefined => {
  const tolerance = Math.max(1, Math.floor(written.length / 3));
  let nearest: string | undefined;
  let least = tolerance + 1;
  for (const word of words) {
    // Its length alone can put it out of reach.
    if (Math.abs(word.length - written.length) >= least) continue;
    const distance = countChanges(written, word);
    if (distance < least) [nearest, least] = [word, distance];
  }
  return nearest;
};

/** Letters to add, drop or replace (Levenshtein), row by row. */
const countChanges = (from: string, to: string): number => {
  let above = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (above[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    above = current;
  }
  return above[to.length] ?? 0;
};
