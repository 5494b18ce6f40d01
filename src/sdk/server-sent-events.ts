/** Reads a stream of server-sent events (WHATWG HTML, 9.2.6) as it comes. */

export interface SentEvent {
  /** As the stream last said; undefined: it has not yet. */
  readonly id: string | undefined;
  /** Empty: there was only an id, or nothing that is for the reader. */
  readonly data: string;
}

/** Ends with the body. Given an id without data as well: it says where a reader stands that missed nothing. */
export async function* readSentEvents(
  chunks: AsyncIterable<string>,
): AsyncGenerator<SentEvent, void, undefined> {
  let rest = '';
  let id: string | undefined;
  let data: string[] = [];
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const ended of lines) {
      const line = ended.replace(/\r$/, '');
      if (line === '') {
        yield { id, data: data.join('\n') };
        data = [];
        continue;
      }
      const { field, value } = readField(line);
      if (field === 'data') data.push(value);
      else if (field === 'id') id = value;
    }
  }
}

const readField = (line: string): { readonly field: string; readonly value: string } => {
  const colon = line.indexOf(':');
  if (colon === -1) return { field: line, value: '' };
  return { field: line.slice(0, colon), value: line.slice(colon + 1).replace(/^ /, '') };
};
