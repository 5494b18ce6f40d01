/**
 * Builds exchange instances in microseconds. ccxt's constructor takes 2–5 ms and 0.4 MB, nearly all of it for copies
 * of its own methods and closures per endpoint; here methods and endpoints live on one prototype per venue, and an
 * instance owns the data that calls change. (`Object.create(seed)` would not do: the seed's endpoints sign with the seed's key.)
 */
import type { CcxtClass, CcxtExchange, JsonObject } from './ccxt-exchange.ts';
import { isObject } from './ccxt-exchange.ts';

export interface CcxtBlueprint {
  build(): CcxtExchange;
}

/** Tables that ccxt never writes to after construction: shared, and frozen so that a surprise is an error. */
const SHARED = new Set([
  'commonCurrencies',
  'countries',
  'exceptions',
  'features',
  'fees',
  'has',
  'httpExceptions',
  'limits',
  'requiredCredentials',
  'timeframes',
  'urls',
  'userAgents',
]);

type Bag = Record<string, unknown>;
type Endpoint = (parameters?: JsonObject, context?: JsonObject) => unknown;

export const createCcxtBlueprint = async (base: CcxtClass, config: JsonObject): Promise<CcxtBlueprint> => {
  class Lean extends base {}
  // Without `api` the constructor defines no endpoint closures.
  const template = new Lean({ ...config, api: undefined });
  const prototype = Lean.prototype as unknown as Bag;
  // Scalars and shared tables are read through the prototype; a write to one makes it the instance's own.
  const owned: [string, unknown][] = [];
  for (const [key, value] of Object.entries(template)) {
    // The constructor aliases every property it finds, `__proto__` among them.
    if (value === prototype) continue;
    if (typeof value !== 'object' || value === null) prototype[key] = value;
    else if (SHARED.has(key)) prototype[key] = freeze(value);
    else owned.push([key, value]);
  }
  await defineEndpoints(prototype, template.describe()['api']);

  return {
    build: () => {
      const instance = Object.create(Lean.prototype) as CcxtExchange;
      for (const [key, value] of owned) (instance as unknown as Bag)[key] = copy(value);
      return instance;
    },
  };
};

/**
 * Has ccxt name the endpoints on a recorder whose `request` answers its own arguments, then defines each on the
 * prototype for whichever instance it is called on.
 */
const defineEndpoints = async (prototype: Bag, api: unknown): Promise<void> => {
  const recorder = Object.create(prototype) as Bag;
  recorder['request'] = (...request: unknown[]) => request;
  Reflect.apply(prototype['defineRestApi'] as (...values: unknown[]) => void, recorder, [api, 'request']);
  for (const [name, endpoint] of Object.entries(recorder)) {
    if (name === 'request' || typeof endpoint !== 'function') continue;
    const [path, type, method, , , , cost] = (await (endpoint as Endpoint)()) as unknown[];
    prototype[name] = async function (this: Bag, parameters: JsonObject = {}, context: JsonObject = {}) {
      const request = this['request'] as (...values: unknown[]) => Promise<unknown>;
      return await Reflect.apply(request, this, [
        path,
        type,
        method,
        parameters,
        undefined,
        undefined,
        cost,
        context,
      ]);
    };
  }
};

const copy = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(copy);
  if (!isObject(value) || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const fresh: Bag = {};
  for (const key of Object.keys(value)) fresh[key] = copy(value[key]);
  return fresh;
};

const freeze = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach(freeze);
  return Object.freeze(value);
};
