/** Entry of the console: the operators' page over the admin API. */
import '@mantine/core/styles.css';
import '@mantine/charts/styles.css';
import './console.css';
import { MantineProvider } from '@mantine/core';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createAdminClient } from './admin-client.ts';
import { App } from './app.tsx';
import { ClientContext } from './client-context.ts';
import { Announcer } from './parts/announcer.tsx';
import { theme } from './theme.ts';

const root = document.querySelector('#root');
if (root === null) throw new Error('index.html has no element #root');

createRoot(root).render(
  <StrictMode>
    {/* No style elements at run time: the variables and classes are in the style sheet. */}
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <ClientContext value={createAdminClient()}>
        <Announcer>
          <App />
        </Announcer>
      </ClientContext>
    </MantineProvider>
  </StrictMode>,
);
