/** What an endpoint may subscribe to: types of events, groups of them and all, as far as a key's scopes show them. Pure. */
import type { Scope } from '../../auth/actor.ts';
import { invalidParameters } from '../../shared/errors.ts';
import { nearestWord } from '../../shared/nearest-word.ts';
import { EVENT_TYPES, type EventType, isEventType } from '../events/event-types.ts';

const TYPES = Object.keys(EVENT_TYPES) as EventType[];
const groupOf = (type: string): string => `${type.split('.')[0] ?? ''}.*`;
const PATTERNS: readonly string[] = [...TYPES, ...new Set(TYPES.map(groupOf)), '*'];

const typesOf = (pattern: string): readonly EventType[] => {
  if (pattern === '*') return TYPES;
  return isEventType(pattern) ? [pattern] : TYPES.filter((type) => groupOf(type) === pattern);
};

/** The scopes that events ask for, of those that a key has: kept with the endpoint, which hears of no others. */
export const showingScopes = (scopes: ReadonlySet<Scope>): Scope[] =>
  [...new Set(TYPES.map((type) => EVENT_TYPES[type].scope))].filter((scope) => scopes.has(scope)).sort();

/** Without repeats. Throws record_invalid for what is no type, and for what the scopes do not show. */
export const checkPatterns = (patterns: readonly string[], scopes: readonly Scope[]): readonly string[] => {
  const unknown = patterns.filter((pattern) => typesOf(pattern).length === 0);
  const hidden = patterns.filter(
    (pattern) => !typesOf(pattern).some((type) => scopes.includes(EVENT_TYPES[type].scope)),
  );
  const problems = [
    ...unknown.map(describeUnknown),
    ...hidden.filter((pattern) => !unknown.includes(pattern)).map(describeHidden),
  ];
  if (problems.length > 0) throw invalidParameters({ event_types: problems });
  return [...new Set(patterns)];
};

const describeHidden = (pattern: string): string => {
  const needed = [...new Set(typesOf(pattern).map((type) => EVENT_TYPES[type].scope))].join(' or ');
  return `${pattern} is heard with the scope ${needed}, which the API key lacks`;
};

const describeUnknown = (pattern: string): string => {
  const nearest = nearestWord(pattern, PATTERNS);
  const hint =
    nearest === undefined ? 'there are e.g. account.connected, account.* and *' : `did you mean ${nearest}?`;
  return `${JSON.stringify(pattern)} is no type of event; ${hint}`;
};
