/** Pages that the build bundled for browsers, as documents: only the files of the page's list, read once at start. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { PublicDocument } from './public-documents.ts';

export interface BrowserPage {
  /** The built folder, with `files.json`. */
  readonly folder: string;
  /** Where it is served, without a slash at the end, e.g. `/console`. */
  readonly root: string;
  readonly contentSecurityPolicy: string;
}

const fileList = z.object({ hashed: z.array(z.string()), plain: z.array(z.string()) });

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
};

// A hashed name is another name after each change.
const FOR_EVER = 'public, max-age=31536000, immutable';

/** By path; the page itself answers at `<root>/`. Throws when it was not built. */
export const readBrowserPage = (page: BrowserPage): Record<string, PublicDocument> => {
  const { hashed, plain } = readFileList(page.folder);
  const documents: Record<string, PublicDocument> = {};
  for (const name of [...hashed, ...plain]) {
    const isPage = name === 'index.html';
    documents[`${page.root}/${isPage ? '' : name}`] = {
      contentType: contentTypeOf(name),
      body: readFileSync(path.join(page.folder, name), 'utf8'),
      isCompressed: true,
      cacheControl: hashed.includes(name) ? FOR_EVER : 'no-store',
      ...(isPage && { contentSecurityPolicy: page.contentSecurityPolicy }),
    };
  }
  return documents;
};

const readFileList = (folder: string) => {
  const file = path.join(folder, 'files.json');
  try {
    return fileList.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new Error(`${file} cannot be read: build the pages for browsers with npm run build`, {
      cause: error,
    });
  }
};

const contentTypeOf = (name: string): string => {
  const type = CONTENT_TYPES[path.extname(name)];
  if (type === undefined) throw new Error(`No content type is known for ${name}`);
  return type;
};
