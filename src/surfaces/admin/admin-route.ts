/** Declares one route of the admin API: any operator may call it. What it reads across tenants goes through AuditedReads. */
import type { z } from 'zod';
import { type Administrator, adminOf, type AdminSession } from '../../auth/administrator.ts';
import { defineSignedRoute, type Route, type SignedRoute } from '../../http/route.ts';

interface AdminContext<Input> {
  /** Who asks; `actor` is the name for audit rows. */
  readonly admin: Administrator;
  /** null: the request is signed by an admin key. */
  readonly session: AdminSession | null;
  readonly input: Input;
  readonly requestId: string;
  readonly setHeader: (name: string, value: string) => void;
}

type Declaration<I extends z.ZodType, O extends z.ZodType> = Omit<
  SignedRoute<I, O>,
  'security' | 'scope' | 'handle'
> & {
  handle(context: AdminContext<z.output<I>>): ReturnType<SignedRoute<I, O>['handle']>;
};

export const defineAdminRoute = <I extends z.ZodType, O extends z.ZodType>(route: Declaration<I, O>): Route =>
  defineSignedRoute<I, O>({
    ...route,
    scope: null,
    handle: ({ actor, ...context }) => {
      const { administrator, session } = adminOf(actor);
      return route.handle({ ...context, admin: administrator, session });
    },
  });
