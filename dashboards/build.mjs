/**
 * Bundles the wall-board into dist/dashboards: one script, one style sheet, one page; and beside it `earshot/client`.
 * The same sources give the same bytes.
 * With `grafana` it writes the dashboards in grafana/ instead.
 */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildDocs } from './docs/docs.mjs';
import { FILES, written } from './grafana/grafana-dashboard.mjs';

/**
 * Each page behind the overview, by the folder it is served from, and its style sheet.
 * @type {readonly (readonly [page: string, sheet: string])[]}
 */
const PAGES = [
  ['alerts', 'pages'],
  ['kpi', 'pages'],
  ['heat', 'boards'],
  ['sign-in', 'sign-in-style'],
  ['journeys', 'boards'],
  ['queues', 'boards'],
  ['voices', 'boards'],
  ['shift', 'shift-style'],
  ['screens', 'screens-style'],
];

/** @param {string} outDir where wall.js, wall.css and index.html go. */
export async function buildWall(outDir) {
  const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
  await mkdir(outDir, { recursive: true });
  await build({
    entryPoints: {
      wall: here('boards/main.ts'),
      'wall-style': here('boards/wall.css'),
      client: here('client/client.ts'),
      alerts: here('pages/alerts-page.ts'),
      kpi: here('pages/kpi-page.ts'),
      heat: here('pages/heat-page.ts'),
      journeys: here('pages/journeys-page.ts'),
      queues: here('pages/queues-page.ts'),
      voices: here('pages/voices-page.ts'),
      pages: here('pages/pages.css'),
      boards: here('pages/boards.css'),
      docs: here('docs/docs.css'),
      shift: here('pages/shift/shift-page.ts'),
      'shift-style': here('pages/shift/shift.css'),
      screens: here('pages/screens/screens-page.ts'),
      'screens-style': here('pages/screens/screens.css'),
      'sign-in': here('pages/sign-in/sign-in-page.ts'),
      'sign-in-style': here('pages/sign-in/sign-in.css'),
    },
    outdir: outDir,
    absWorkingDir: here('.'),
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['chrome110', 'firefox115', 'safari16.4'],
    charset: 'utf8',
    // uPlot's licence goes along.
    legalComments: 'inline',
    logLevel: 'warning',
  });
  await copyFile(here('boards/index.html'), `${outDir}/index.html`);
  const template = await readFile(here('pages/page.html'), 'utf8');
  for (const [page, sheet] of PAGES) {
    await mkdir(`${outDir}/${page}`, { recursive: true });
    await writeFile(`${outDir}/${page}/index.html`, template.replace('{page}', page).replace('{sheet}', sheet));
  }
  await writeDocsStyle(here('view/tokens.css'), `${outDir}/docs.css`);
  await buildDocs(outDir);
}

/**
 * No script chooses a theme of the documents: the light one holds where the system wants it.
 * @param {string} tokens
 * @param {string} style
 */
async function writeDocsStyle(tokens, style) {
  const light = /\[data-theme='light'\] (\{[^}]*\})/.exec(await readFile(tokens, 'utf8'))?.[1];
  if (light === undefined) throw new Error(`${tokens} has no light theme`);
  await writeFile(style, `${await readFile(style, 'utf8')}@media (prefers-color-scheme:light){:root${light}}\n`);
}

/** Committed, since a user imports them as they are. */
async function writeGrafana() {
  for (const [name, language] of FILES) await writeFile(new URL(`grafana/${name}`, import.meta.url), written(language));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv[2] === 'grafana') await writeGrafana();
  else await buildWall(fileURLToPath(new URL('../dist/dashboards', import.meta.url)));
}
