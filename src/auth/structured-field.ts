/**
 * Reads what HTTP Message Signatures need of structured fields (RFC 9651): dictionaries of inner lists and of byte
 * sequences. Only the canonical spelling is read, so that what is signed is the text as sent.
 */
import { decodeBase64 } from './canonical-text.ts';

/** Text, whole number, or the bare parameter that means true. */
export type BareItem = string | number | true;

export interface InnerList {
  /** From the bracket to the end of the last parameter, as sent. */
  readonly text: string;
  readonly items: readonly ListItem[];
  readonly parameters: ReadonlyMap<string, BareItem>;
}

export interface ListItem {
  readonly value: string;
  readonly hasParameters: boolean;
}

const KEY = /[a-z*][a-z0-9_.*-]*/y;
const STRING = /"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"/y;
const INTEGER = /-?\d{1,15}/y;
const TOKEN = /[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*/y;
const BYTES = /:([A-Za-z0-9+/]*={0,2}):/y;
const COMMA = /[ \t]*,[ \t]*/y;

/** Where the reader stands; `take` answers the match at that place and goes on behind it. */
interface Scanner {
  take(pattern: RegExp): RegExpExecArray | undefined;
  takeText(text: string): boolean;
  readonly at: number;
  readonly isAtEnd: boolean;
  since(start: number): string;
}

const createScanner = (text: string): Scanner => {
  let at = 0;
  return {
    take(pattern) {
      pattern.lastIndex = at;
      const match = pattern.exec(text);
      if (match === null) return undefined;
      at += match[0].length;
      return match;
    },
    takeText(expected) {
      if (!text.startsWith(expected, at)) return false;
      at += expected.length;
      return true;
    },
    get at() {
      return at;
    },
    get isAtEnd() {
      return at === text.length;
    },
    since: (start) => text.slice(start, at),
  };
};

/** undefined when it is no dictionary of inner lists, or names one twice. */
export const readInnerLists = (text: string): ReadonlyMap<string, InnerList> | undefined =>
  readDictionary(text, readInnerList);

/** The same for byte sequences. */
export const readByteSequences = (text: string): ReadonlyMap<string, Buffer> | undefined =>
  readDictionary(text, (scanner) => {
    const encoded = scanner.take(BYTES)?.[1];
    if (encoded === undefined || readParameters(scanner) === undefined) return undefined;
    return encoded === '' ? Buffer.alloc(0) : decodeBase64(encoded);
  });

const readDictionary = <T>(
  text: string,
  readMember: (scanner: Scanner) => T | undefined,
): ReadonlyMap<string, T> | undefined => {
  const scanner = createScanner(text);
  const members = new Map<string, T>();
  do {
    const key = scanner.take(KEY)?.[0];
    if (key === undefined || members.has(key) || !scanner.takeText('=')) return undefined;
    const member = readMember(scanner);
    if (member === undefined) return undefined;
    members.set(key, member);
  } while (scanner.take(COMMA) !== undefined);
  return scanner.isAtEnd ? members : undefined;
};

const readInnerList = (scanner: Scanner): InnerList | undefined => {
  const start = scanner.at;
  if (!scanner.takeText('(')) return undefined;
  const items: ListItem[] = [];
  while (!scanner.takeText(')')) {
    if (items.length > 0 && !scanner.takeText(' ')) return undefined;
    const value = readString(scanner);
    const parameters = value === undefined ? undefined : readParameters(scanner);
    if (value === undefined || parameters === undefined) return undefined;
    items.push({ value, hasParameters: parameters.size > 0 });
  }
  const parameters = readParameters(scanner);
  return parameters === undefined ? undefined : { text: scanner.since(start), items, parameters };
};

const readParameters = (scanner: Scanner): ReadonlyMap<string, BareItem> | undefined => {
  const parameters = new Map<string, BareItem>();
  while (scanner.takeText(';')) {
    const key = scanner.take(KEY)?.[0];
    if (key === undefined || parameters.has(key)) return undefined;
    const value = scanner.takeText('=') ? readBareItem(scanner) : true;
    if (value === undefined) return undefined;
    parameters.set(key, value);
  }
  return parameters;
};

const readBareItem = (scanner: Scanner): BareItem | undefined => {
  const string = readString(scanner);
  if (string !== undefined) return string;
  const integer = scanner.take(INTEGER)?.[0];
  return integer === undefined ? scanner.take(TOKEN)?.[0] : parseInt(integer, 10);
};

const readString = (scanner: Scanner): string | undefined =>
  scanner.take(STRING)?.[1]?.replaceAll(/\\(["\\])/g, '$1');
