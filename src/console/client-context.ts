/** The admin API within reach of every component. */
import { createContext, useContext } from 'react';
import type { AdminClient } from './admin-client.ts';

export const ClientContext = createContext<AdminClient | null>(null);

export const useClient = (): AdminClient => {
  const client = useContext(ClientContext);
  if (client === null) throw new Error('There is no admin client above this component');
  return client;
};
