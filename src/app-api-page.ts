/** The page that shows the API document, as the gateway serves it. */
import path from 'node:path';
import { findProjectRoot } from './config/config.ts';
import { readBrowserPage } from './http/browser-pages.ts';
import type { PublicDocument } from './http/public-documents.ts';

/** By path; read once, at start. */
export const readApiPage = (): Readonly<Record<string, PublicDocument>> =>
  readBrowserPage({
    folder: path.join(findProjectRoot(), 'dist', 'api-page'),
    root: '/docs',
    contentSecurityPolicy: POLICY,
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
