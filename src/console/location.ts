/** Where in the console one is: path and query behind the `#` of the address, so that every page can be linked to. */
import { useSyncExternalStore } from 'react';

export interface Location {
  /** E.g. `['tenants', '<id>']`; none on the overview. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
}

const CHANGED = 'countersign:location';

const subscribe = (listener: () => void): (() => void) => {
  addEventListener('hashchange', listener);
  addEventListener(CHANGED, listener);
  return () => {
    removeEventListener('hashchange', listener);
    removeEventListener(CHANGED, listener);
  };
};

export const useLocation = (): Location => {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  return readLocation(hash);
};

export const readLocation = (hash: string): Location => {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?');
  const segments = path.split('/').filter((segment) => segment !== '');
  return { segments: segments.map(decodeSegment), query: new URLSearchParams(query) };
};

/** `/tenants`, `<id>` → `#/tenants/<id>`. */
export const linkTo = (...segments: readonly (string | number)[]): string =>
  `#/${segments.map((segment) => encodeURIComponent(segment)).join('/')}`;

export const withQuery = (link: string, query: Readonly<Record<string, string>>): string => {
  const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString();
  return text === '' ? link : `${link}?${text}`;
};

/** Goes there as a followed link does. */
export const goTo = (link: string): void => {
  location.hash = link;
};

/** Puts another address in place of this one: nothing to go back to. */
export const replaceWith = (link: string): void => {
  history.replaceState(null, '', link);
  dispatchEvent(new Event(CHANGED));
};

const decodeSegment = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};
