/** Which types of events a reader asks for, as far as its scopes show them. Pure. */
import type { Scope } from '../../auth/actor.ts';
import { AppError, invalidParameters } from '../../shared/errors.ts';
import { nearestWord } from '../../shared/nearest-word.ts';
import { EVENT_TYPES, type EventType, isEventType } from './event-types.ts';

const TYPES = Object.keys(EVENT_TYPES) as EventType[];
const groupOf = (type: string): string => `${type.split('.')[0] ?? ''}.*`;
const PATTERNS: readonly string[] = [...TYPES, ...new Set(TYPES.map(groupOf)), '*'];

/** Scopes of which a reader needs one. */
export const READER_SCOPES = [
  ...new Set(TYPES.map((type): Scope => EVENT_TYPES[type].scope)),
] as readonly Scope[] as readonly [Scope, ...Scope[]];

const typesOf = (pattern: string): readonly EventType[] => {
  if (pattern === '*') return TYPES;
  return isEventType(pattern) ? [pattern] : TYPES.filter((type) => groupOf(type) === pattern);
};

/**
 * The types that the patterns (`account.connected`, `account.*`, `*`; none: all) stand for and the scopes show. Throws
 * record_invalid for what is no type, and access_denied for a pattern of which the scopes show nothing.
 */
export const selectTypes = (
  patterns: readonly string[],
  scopes: ReadonlySet<Scope>,
): readonly EventType[] => {
  const unknown = patterns.filter((pattern) => typesOf(pattern).length === 0);
  if (unknown.length > 0) throw invalidParameters({ types: unknown.map(describeUnknown) });
  const isShown = (type: EventType): boolean => scopes.has(EVENT_TYPES[type].scope);
  const hidden = patterns.find((pattern) => !typesOf(pattern).some(isShown));
  if (hidden !== undefined)
    throw new AppError(
      'access_denied',
      `${hidden} needs the scope ${scopesOf(hidden).join(' or ')}, which the key or token lacks`,
    );
  const asked = patterns.length === 0 ? TYPES : patterns.flatMap(typesOf);
  return [...new Set(asked)].filter(isShown);
};

const scopesOf = (pattern: string): Scope[] => [
  ...new Set(typesOf(pattern).map((type): Scope => EVENT_TYPES[type].scope)),
];

const describeUnknown = (pattern: string): string => {
  const nearest = nearestWord(pattern, PATTERNS);
  const hint =
    nearest === undefined ? 'there are e.g. account.connected, account.* and *' : `did you mean ${nearest}?`;
  return `${JSON.stringify(pattern)} is no type of event; ${hint}`;
};
