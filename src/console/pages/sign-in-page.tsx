/** Signing in by a one-time link or through the identity provider. */
import { Button, Code, Loader, Stack, Text, Title } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { AdminSession } from '../api-types.ts';
import { useClient } from '../client-context.ts';
import { linkTo, readLocation, replaceWith } from '../location.ts';
import { ErrorNotice } from '../parts/notices.tsx';
import { useAnswer } from '../use-answer.ts';

interface SignInPageProps {
  /** Why one has to sign in (again). */
  readonly words: string | undefined;
  readonly onSignedIn: (session: AdminSession) => void;
}

export const SignInPage = ({ words, onSignedIn }: SignInPageProps) => {
  const { isExchanging, error } = useLinkToken(onSignedIn);
  const { answer: methods } = useAnswer('GET /api/admin/sign-in-methods', {}, null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = 'Sign in · Countersign';
    heading.current?.focus();
  }, []);
  return (
    <main className="sign-in">
      <Stack className="card">
        <Title order={1} size="h2" ref={heading} tabIndex={-1} className="page-title">
          Sign in to Countersign
        </Title>
        {words !== undefined && <Text role="status">{words}</Text>}
        <ErrorNotice error={error} title="The link did not work" />
        {isExchanging ? (
          <Loader aria-label="Signing in" />
        ) : (
          <>
            {methods?.oidc === true && (
              <Button component="a" href="/admin/oidc/start">
                Sign in with {methods.oidc_name ?? 'your identity provider'}
              </Button>
            )}
            <Text>
              Open a one-time link. In development <Code>npm start</Code> prints one; in production an
              operator issues one with
            </Text>
            <Code block>countersign admin link</Code>
          </>
        )}
      </Stack>
    </main>
  );
};

/** A token counts once: it is taken out of the address before it is sent, and sent once. */
const useLinkToken = (onSignedIn: (session: AdminSession) => void) => {
  const client = useClient();
  const [isExchanging, setExchanging] = useState(() => tokenInAddress() !== null);
  const [error, setError] = useState<Error>();
  const signedIn = useRef(onSignedIn);
  signedIn.current = onSignedIn;
  useEffect(() => {
    const exchange = async (): Promise<void> => {
      const token = tokenInAddress();
      if (token === null) return;
      replaceWith(linkTo('sign-in'));
      setExchanging(true);
      setError(undefined);
      try {
        signedIn.current(await client.ask('POST /api/admin/session', { token }));
      } catch (thrown) {
        setError(thrown instanceof Error ? thrown : new Error(String(thrown)));
      } finally {
        setExchanging(false);
      }
    };
    const onAddress = (): void => void exchange();
    onAddress();
    addEventListener('hashchange', onAddress);
    return () => removeEventListener('hashchange', onAddress);
  }, [client]);
  return { isExchanging, error };
};

const tokenInAddress = (): string | null => {
  const { segments, query } = readLocation(location.hash);
  return segments[0] === 'sign-in' ? query.get('token') : null;
};
