/** What surrounds every page: skip link, who is signed in, colours, the way to the pages, and a banner while frozen. */
import { Button, Group, NativeSelect, Text, useMantineColorScheme } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import type { AdminSession } from './api-types.ts';
import { useClient } from './client-context.ts';
import { FreezeContext, useFreeze } from './freeze-context.ts';
import { formatTime } from './formats.ts';
import { linkTo, useLocation } from './location.ts';
import { ErrorNotice } from './parts/notices.tsx';
import { useAction } from './use-action.ts';
import { useAnswer } from './use-answer.ts';

const PAGES = [
  ['', 'Overview'],
  ['tenants', 'Tenants'],
  ['accounts', 'Accounts'],
  ['credentials', 'Credentials'],
  ['venues', 'Venues'],
  ['jobs', 'Jobs'],
  ['webhooks', 'Webhooks'],
  ['audit', 'Audit'],
  ['sealing-keys', 'Sealing keys'],
  ['admin-keys', 'Admin keys'],
  ['freeze', 'Freeze'],
] as const;

interface FrameProps {
  readonly session: AdminSession;
  readonly onSignedOut: () => void;
  readonly children: ReactNode;
}

export const Frame = ({ session, onSignedOut, children }: FrameProps) => {
  const { segments } = useLocation();
  const freeze = useAnswer('GET /api/admin/freeze', {});
  const [isOpen, setOpen] = useState(false);
  const here = segments.join('/');
  // On a phone the menu covers the page: it closes when one has gone somewhere.
  useEffect(() => setOpen(false), [here]);
  return (
    <FreezeContext value={freeze}>
      <a
        className="skip-link"
        href="#main"
        onClick={(event) => {
          // The address behind # is the page's: the focus moves without it.
          event.preventDefault();
          document.querySelector<HTMLElement>('#main')?.focus();
        }}
      >
        Skip to the page
      </a>
      <header className="top-bar">
        <a className="brand" href={linkTo()}>
          <img src="/console/icon.svg" alt="" />
          Countersign
        </a>
        <Group gap="sm">
          <Button
            className="menu-button"
            variant="default"
            aria-expanded={isOpen}
            aria-controls="pages"
            onClick={() => setOpen(!isOpen)}
          >
            Menu
          </Button>
          <SchemeChoice />
          <SignedIn session={session} onSignedOut={onSignedOut} />
        </Group>
      </header>
      <FrozenBanner />
      <div className="frame">
        <nav className="side-nav" id="pages" aria-label="Pages" data-open={isOpen}>
          <ul>
            {PAGES.map(([path, name]) => (
              <li key={path}>
                <a
                  href={path === '' ? linkTo() : linkTo(path)}
                  {...(pageOf(segments) === path && { 'aria-current': 'page' as const })}
                >
                  {name}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <main className="main" id="main" tabIndex={-1}>
          {children}
        </main>
      </div>
      <footer className="footer">All times are UTC.</footer>
    </FreezeContext>
  );
};

// An account is a tenant's, and is come to from the accounts.
const pageOf = ([name = '', , part]: readonly string[]): string => (part === 'accounts' ? part : name);

const SchemeChoice = () => {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <NativeSelect
      aria-label="Colours"
      value={colorScheme}
      onChange={(event) => setColorScheme(event.currentTarget.value as typeof colorScheme)}
      data={[
        { value: 'auto', label: 'System colours' },
        { value: 'light', label: 'Light' },
        { value: 'dark', label: 'Dark' },
      ]}
    />
  );
};

const SignedIn = ({ session, onSignedOut }: Pick<FrameProps, 'session' | 'onSignedOut'>) => {
  const client = useClient();
  const { run, error, isPending } = useAction();
  const signOut = async (): Promise<void> => {
    const isOut = await run(async () => {
      await client.ask('DELETE /api/admin/session', {});
      return 'Signed out';
    });
    if (isOut) onSignedOut();
  };
  return (
    <>
      <Text size="sm" c="dimmed" className="who">
        {session.admin.name}
      </Text>
      <Button variant="default" loading={isPending} onClick={signOut}>
        Sign out
      </Button>
      <ErrorNotice error={error} title="You are still signed in" />
    </>
  );
};

const FrozenBanner = () => {
  const { answer } = useFreeze();
  return (
    <div role="status">
      {answer?.frozen === true && (
        <div className="frozen-banner">
          <span>
            <strong>Frozen</strong> since {formatTime(answer.since)}
            {answer.by === null ? '' : ` by ${answer.by}`}
            {answer.reason === null ? '' : `: ${answer.reason}`}. Custody opens no exchange key.
          </span>
          <a href={linkTo('freeze')}>Unfreeze</a>
        </div>
      )}
    </div>
  );
};
