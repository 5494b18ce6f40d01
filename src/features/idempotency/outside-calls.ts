/** Lets the calls of a service end what a request holds open in the database: they wait for the world outside. */
import type { TenantDatabase } from '../../db/tenant-database.ts';

/** The same service; every method of it answers a promise. */
export const callOutsideUnits = <Service extends object>(
  service: Service,
  database: Pick<TenantDatabase, 'outsideUnit'>,
): Service =>
  new Proxy(service, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...values: readonly unknown[]): Promise<unknown> =>
        database.outsideUnit(() => Promise.resolve(Reflect.apply(member, target, values)));
    },
  });
