/** Every page in both languages on every screen: nothing is cut off or lies on something else. With `EARSHOT_SHOTS` in both themes, each as a picture. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { layoutFindings } from './layout-findings.ts';
import { PagesFixture } from './pages-fixture.ts';

const SIZES = {
  phone: { width: 390, height: 844 },
  sideways: { width: 844, height: 390 },
  hd: { width: 1920, height: 1080 },
  portrait: { width: 1080, height: 1920 },
  /** A desk's screen at 200 %, below the browser's own bars. */
  zoomed: { width: 960, height: 475 },
};
const PAGES: Readonly<
  Record<string, { readonly path: string; readonly seen: string; readonly as?: 'calm' | 'longNames' | 'todo' }>
> = {
  incident: { path: '?', seen: '.incident .course' },
  calm: { path: '?', seen: '.tile .course-line[d*="L"]', as: 'calm' },
  'long names': { path: '?', seen: '.todo-row', as: 'longNames' },
  'incident and list': { path: '?', seen: '.todo-row', as: 'todo' },
  alerts: { path: 'alerts/?', seen: '.g.re .run' },
  alert: { path: 'alerts/?alert=csat_low-east-app-1&', seen: '.tl li.fire' },
  kpi: { path: 'kpi/?kpi=csat&range=6h&compare=day,week&', seen: '.small .run[d*="L"]' },
  heat: { path: 'heat/?kpi=csat&', seen: 'a.cell.br' },
  'heat-kpis': { path: 'heat/?by=channel&', seen: '.cell' },
  voices: { path: 'voices/?', seen: '.q' },
  queues: { path: 'queues/?', seen: '.nb li' },
  journeys: { path: 'journeys/?', seen: '.sp .us' },
  'calm heat': { path: 'heat/?kpi=csat&', seen: '.verdict', as: 'calm' },
  'calm journeys': { path: 'journeys/?', seen: '.sp .us', as: 'calm' },
  shift: { path: 'shift/?', seen: '.sh-sheet' },
  screens: { path: 'screens/?', seen: '.sc-row' },
  'sign-in': { path: 'sign-in/?', seen: 'input' },
};
/** Nobody scrolls a wall. */
const WALLS = new Set(['incident', 'calm', 'incident and list', 'heat', 'heat-kpis', 'voices', 'queues', 'journeys']);
const THEMES = process.env['EARSHOT_SHOTS'] === undefined ? ['dark'] : ['dark', 'light'];
const LOOKS = Object.keys(PAGES).flatMap((name) =>
  ['zh-CN', 'en'].flatMap((lang) => THEMES.map((theme) => [name, lang, theme] as const)),
);

/** How wide figures and times are depends on the hour of the day: it is the same at every run. */
const pages = new PagesFixture(process.env['EARSHOT_SHOTS_AT'] ?? '2026-11-30T21:02:00Z');
beforeAll(() => pages.launch());
afterAll(() => pages.shut());
beforeEach(() => pages.reset());
afterEach(() => expect(pages.faults.splice(0)).toEqual([]));

test.each(LOOKS)('%s in %s, %s: nothing is cut off, no words lie on others', async (name, lang, theme) => {
  const { path, seen, as } = PAGES[name]!;
  if (as !== undefined) pages[as]();
  const page = await pages.open(`${path}lang=${lang}&theme=${theme}`, SIZES.hd);
  const findings: string[] = [];
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    await page.waitForSelector(seen, { state: 'attached' });
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    const wrong = await layoutFindings(page);
    findings.push(...wrong.map((finding) => `${size}: ${finding}`));
    if (size === 'hd' && WALLS.has(name)) {
      const below = await page.evaluate(() => document.documentElement.scrollHeight - innerHeight);
      if (below > 0) findings.push(`${size}: a wall scrolls, by ${below} px`);
    }
    await pages.picture(page, `${name}.${lang}.${theme}.${size}`);
  }
  await page.close();
  expect(findings).toEqual([]);
});
