/** The page that shows the API document, as the gateway serves it. */
import path from 'node:path';
import { findProjectRoot } from './config/config.ts';
import { readBrowserPage } from './http/browser-pages.ts';
import type { PublicDocument, Redirect } from './http/public-documents.ts';

/** By path; read once, at start. */
export const readApiPage = (): Readonly<Record<string, PublicDocument | Redirect>> => ({
  ...readBrowserPage({
    folder: path.join(findProjectRoot(), 'dist', 'api-page'),
    root: '/docs',
    contentSecurityPolicy: POLICY,
  }),
  // Last: this pattern fits the path with the slash as well.
  '/docs': { redirectTo: '/docs/' },
});

// Pictures in style sheets are data; all else comes from this listener and goes to it.
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');
