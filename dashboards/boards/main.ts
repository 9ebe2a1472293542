/** The wall-board's entry: reads the address, asks the gateway what to show, keeps the line open, draws. Wires; decides nothing. */
import type { KpiDescription } from '../../engine/core/wire.ts';
import { admission, type Admitted, type Obstacle } from '../line/admission.ts';
import { gatewayClient, type BoardDescription, type GatewayClient } from '../line/gateway-client.ts';
import { pageClient } from '../line/page-client.ts';
import { platformOpen } from '../line/fall-back.ts';
import { screenLink } from '../line/screen-link.ts';
import { ConfigurationWatch } from '../line/configuration-watch.ts';
import { reloadIfNew } from '../pages/reload-page.ts';
import { TILES_A_PAGE } from '../model/rotation.ts';
import { parseSettings, withSetting, type Settings } from '../model/settings.ts';
import { chime } from '../view/chime.ts';
import { keepAwake } from '../view/wake-lock.ts';
import { notice } from '../view/notice.ts';
import { BoardSession } from './board-session.ts';

const CLOCK_MS = 500;
const RETRY_MS = 2000;

/** Never goes back, whatever happens to the wall clock; close to it, so that ages are right before the first `hello`. */
const screenNow = (): number => performance.timeOrigin + performance.now();
const after = (ms: number, run: () => void): (() => void) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};
const pause = (ms: number): Promise<void> => new Promise((resolve) => after(ms, resolve));

const settings = parseSettings(location.search, navigator.languages, location.hash);
document.documentElement.lang = settings.lang;
document.documentElement.dataset['theme'] = settings.theme;
if (settings.kiosk) document.documentElement.dataset['kiosk'] = '';
// Another link to an alert, opened in the same tab.
addEventListener('hashchange', () => location.reload());
keepAwake(document, 'wakeLock' in navigator ? navigator.wakeLock : undefined);
// A proxy may show the board under a path: what it asks for lies beside it.
const here = new URL('.', location.href).href;
const bell = chime();
const screenHere = screenLink('overview', settings, here);
if (screenHere !== 'elsewhere') void run(gatewayClient(here, settings.where));

async function run(client: GatewayClient): Promise<void> {
  for (;;) await show(client, await admission(client, waiting()));
}

/** Says what keeps the board, until the next try. */
function waiting(): (why: Obstacle) => Promise<void> {
  let said: Obstacle | null = null;
  return async (why) => {
    if (why !== said) document.body.replaceChildren(notice(why, settings, location, nextLanguage));
    said = why;
    await pause(RETRY_MS);
  };
}

/** Shows the board for as long as the gateway lets us. */
async function show(client: GatewayClient, { description, known }: Admitted): Promise<void> {
  const ended = new AbortController();
  const watch = new ConfigurationWatch(description.configuration ?? null, {
    ask: async () => (await client.board()).configuration ?? null, // a gateway that did not answer
    onChanged: () => ended.abort(),
    after,
    random: () => Math.random(),
  });
  const session = new BoardSession({
    ...{ client, settings, description, known, ended, pages: pageClient(here) },
    liveUrl: new URL('v1/live', here.replace(/^http/, 'ws')).href,
    kpis: chosen(settings, description, known),
    actions: { fullscreen: () => toggleFullscreen() },
    open: platformOpen(),
    clock: { now: screenNow, after, random: () => Math.random() },
    bell,
    onConfiguration: (mark) => watch.heard(mark),
    onNewVersion: reloadIfNew,
    screen: screenHere === 'elsewhere' ? null : screenHere,
  });
  document.body.replaceChildren(session.root);
  const { signal } = ended;
  const clock = setInterval(() => session.tick(), CLOCK_MS);
  const wakeUp = (): void => {
    if (document.visibilityState === 'visible') session.wake();
  };
  document.addEventListener('visibilitychange', wakeUp, { signal });
  addEventListener('online', () => session.wake(), { signal });
  session.start();
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  clearInterval(clock);
  session.stop();
}

/** What the address names, else what the board names, else the first ones; all pages of them where pages turn. */
function chosen(
  { kpis: named, rotateMs }: Settings,
  description: BoardDescription,
  known: readonly KpiDescription[],
): readonly KpiDescription[] {
  const pick = (ids: readonly string[]): readonly KpiDescription[] =>
    ids.flatMap((id) => known.find((kpi) => kpi.id === id) ?? []); // a KPI that this engine does not have
  if (named !== null) return pick(named);
  const tiles = pick(description.tiles);
  if (rotateMs !== null) return [...tiles, ...known.filter((kpi) => !tiles.includes(kpi))];
  return (tiles.length > 0 ? tiles : known).slice(0, TILES_A_PAGE);
}

function nextLanguage(): void {
  location.search = withSetting(location.search, 'lang', settings.lang === 'en' ? 'zh-CN' : 'en');
}

function toggleFullscreen(): void {
  const done =
    document.fullscreenElement === null ? document.documentElement.requestFullscreen() : document.exitFullscreen();
  done.catch(() => undefined); // the browser may refuse: nothing to do about it here
}
