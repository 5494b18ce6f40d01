/** Who is signed in decides what is shown: the sign-in page, or the frame with the page of the address. */
import { Group, Loader } from '@mantine/core';
import { useCallback, useEffect, useState } from 'react';
import { ApiError } from './admin-client.ts';
import type { AdminSession } from './api-types.ts';
import { useClient } from './client-context.ts';
import { Frame } from './frame.tsx';
import { linkTo, replaceWith, useLocation } from './location.ts';
import { SignInPage } from './pages/sign-in-page.tsx';
import { PageOf } from './pages.tsx';

const UNAUTHORIZED = 401;

type State =
  | { readonly kind: 'asking' }
  | { readonly kind: 'out'; readonly words: string | undefined }
  | { readonly kind: 'in'; readonly session: AdminSession };

export const App = () => {
  const client = useClient();
  const { segments } = useLocation();
  const [state, setState] = useState<State>({ kind: 'asking' });

  const enter = useCallback(
    (session: AdminSession) => {
      client.useCsrfToken(session.csrf_token);
      setState({ kind: 'in', session });
    },
    [client],
  );
  const leave = useCallback(
    (words?: string) => {
      client.useCsrfToken(null);
      setState({ kind: 'out', words });
    },
    [client],
  );

  useEffect(() => client.onSignedOut(() => leave('Your session has ended. Sign in again.')), [client, leave]);

  const isSigningIn = segments[0] === 'sign-in';
  useEffect(() => {
    // A link opens a session of its own, whoever is signed in.
    if (isSigningIn) return;
    const ended = new AbortController();
    client
      .ask('GET /api/admin/session', {}, ended.signal)
      .then(enter)
      .catch((error: unknown) => {
        if (ended.signal.aborted) return;
        // Nobody is signed in: that is no failure.
        leave(error instanceof ApiError && error.status === UNAUTHORIZED ? undefined : String(error));
      });
    return () => ended.abort();
  }, [client, enter, leave, isSigningIn]);

  if (isSigningIn) {
    return (
      <SignInPage
        words={undefined}
        onSignedIn={(session) => {
          enter(session);
          replaceWith(linkTo());
        }}
      />
    );
  }
  switch (state.kind) {
    case 'asking':
      return (
        <Group className="loading" aria-busy="true">
          <Loader aria-label="Loading" />
        </Group>
      );
    case 'out':
      return <SignInPage words={state.words} onSignedIn={enter} />;
    case 'in':
      return (
        <Frame session={state.session} onSignedOut={() => leave('You are signed out.')}>
          <PageOf segments={segments} key={segments.join('/')} />
        </Frame>
      );
  }
};
