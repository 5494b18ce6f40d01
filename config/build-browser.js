/**
 * Bundles what runs in browsers into dist/, one folder per page: minified, with hashed names (so that they can be
 * cached for ever), and `files.json`, the list of all that may be served of it. Part of `npm run build`.
 */
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

const ROOT = path.resolve(import.meta.dirname, '..');

/**
 * Each page: its source folder with `index.html`, in which `%main.js%` and `%main.css%` stand for the bundles of the
 * entry, and files that are copied as they are (`to` their name in the page's folder, `from` relative to the project).
 */
const PAGES = [
  {
    name: 'console',
    source: 'src/console',
    entry: 'main.tsx',
    copied: [{ from: 'src/console/icon.svg', to: 'icon.svg' }],
  },
  { name: 'api-page', source: 'src/api-page', entry: 'main.ts', copied: [] },
];

const baseName = (file) => path.basename(file);

const buildPage = async ({ name, source, entry, copied }) => {
  const folder = path.join(ROOT, 'dist', name);
  await mkdir(folder, { recursive: true });
  const { metafile } = await build({
    entryPoints: { main: path.join(ROOT, source, entry) },
    outdir: folder,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    splitting: true,
    absWorkingDir: ROOT,
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['chrome111', 'firefox115', 'safari16.4'],
    jsx: 'automatic',
    legalComments: 'external',
    define: { 'process.env.NODE_ENV': '"production"' },
    metafile: true,
    logLevel: 'warning',
  });
  // The licences of what is bundled stay beside it, and are not served.
  const built = Object.keys(metafile.outputs)
    .map(baseName)
    .filter((file) => !file.endsWith('.LEGAL.txt'));
  const nameOf = (placeholder) => {
    const { name: stem, ext } = path.parse(placeholder);
    const found = built.find((file) => file.startsWith(`${stem}-`) && file.endsWith(ext));
    if (found === undefined)
      throw new Error(`${source}/index.html wants ${placeholder}, which was not built`);
    return found;
  };
  const html = await readFile(path.join(ROOT, source, 'index.html'), 'utf8');
  await writeFile(
    path.join(folder, 'index.html'),
    html.replaceAll(/%([\w.]+)%/g, (_, placeholder) => nameOf(placeholder)),
  );
  for (const { from, to } of copied) await copyFile(path.join(ROOT, from), path.join(folder, to));
  const files = { hashed: built, plain: ['index.html', ...copied.map(({ to }) => to)] };
  await writeFile(path.join(folder, 'files.json'), `${JSON.stringify(files, undefined, 2)}\n`);
  // Last, so that a gateway that starts in the middle of a build finds a whole page.
  const current = new Set(['files.json', ...files.plain, ...Object.keys(metafile.outputs).map(baseName)]);
  for (const file of await readdir(folder)) if (!current.has(file)) await rm(path.join(folder, file));
};

await Promise.all(PAGES.map(buildPage));
