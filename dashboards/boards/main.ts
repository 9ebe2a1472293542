/** The wall-board's entry: reads the address, asks the gateway what to show, keeps the line open, draws. Wires; decides nothing. */
import type { KpiDescription } from '../../engine/core/wire.ts';
import { admission, type Admitted, type Obstacle } from '../line/admission.ts';
import { emptyBoard, nextBoard, resumePosition, serverNow, type BoardEvent, type BoardState } from '../model/board.ts';
import { chime } from '../view/chime.ts';
import { gatewayClient, type BoardDescription, type GatewayClient } from '../line/gateway-client.ts';
import { LiveSocket, type SocketLike } from '../line/live-socket.ts';
import { notice } from '../view/notice.ts';
import { parseMark, shouldReload, writeMark } from '../line/reload-guard.ts';
import { TILES_A_PAGE } from '../model/rotation.ts';
import { parseSettings, withSetting, type Settings } from '../model/settings.ts';
import { isGrave } from '../model/tile-model.ts';
import { keepAwake } from '../view/wake-lock.ts';
import { wall } from '../view/wall.ts';

const MAX_HZ = 4;
const CLOCK_MS = 500;
const HISTORY_MS = 30 * 60_000;
const RETRY_MS = 2000;
const RELOAD_MARK = 'earshot.reloaded';

/** Never goes back, whatever happens to the wall clock; close to it, so that ages are right before the first `hello`. */
const screenNow = (): number => performance.timeOrigin + performance.now();
const after = (ms: number, run: () => void): (() => void) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};
const pause = (ms: number): Promise<void> => new Promise((resolve) => after(ms, resolve));

const settings = parseSettings(location.search, navigator.languages);
document.documentElement.lang = settings.lang;
document.documentElement.dataset['theme'] = settings.theme;
if (settings.kiosk) document.documentElement.dataset['kiosk'] = '';
keepAwake(document, 'wakeLock' in navigator ? navigator.wakeLock : undefined);
void run(gatewayClient(location.origin, settings.where));

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
  const kpis = chosen(settings, description, known);
  const ended = new AbortController();
  let state = emptyBoard(settings.where, screenNow());
  const bell = chime();
  const page = wall({
    settings,
    description,
    kpis,
    known,
    sound: () => bell.state,
    onAck: (alert) => client.ack(alert),
    actions: {
      language: nextLanguage,
      theme: () => change('theme', settings.theme === 'dark' ? 'light' : 'dark'),
      fullscreen: () => toggleFullscreen(),
      sound: () => {
        bell.press();
        draw();
      },
    },
  });
  document.body.replaceChildren(page.root);

  let drawing = false;
  const draw = (): void => {
    if (drawing) return;
    drawing = true;
    requestAnimationFrame(() => {
      drawing = false;
      page.show(state);
    });
  };
  const step = (event: BoardEvent): void => {
    const before = state;
    state = nextBoard(before, event);
    if (state.needsResync && !before.needsResync) socket.resync();
    // While it was starting there was no course to draw.
    if (before.health?.ok === false && state.health?.ok === true) void loadHistory();
    if (beganToFire(before, state)) bell.ring();
    if (state.version !== before.version) reloadIfNew(before.version, state.version);
    draw();
  };
  const loadHistory = async (): Promise<void> => {
    for (const kpi of kpis) {
      const now = serverNow(state);
      try {
        step({
          type: 'history',
          at: screenNow(),
          kpi: kpi.id,
          values: await client.history(kpi.id, now - HISTORY_MS, now),
        });
      } catch {
        return; // the course then grows from live values alone; the next connection asks again
      }
    }
  };
  const socket = new LiveSocket({
    url: `${location.origin.replace(/^http/, 'ws')}/v1/live`,
    open: (url, protocol) => new WebSocket(url, protocol) as SocketLike,
    clock: { now: screenNow, after, random: () => Math.random() },
    subscription: {
      topics: [...kpis.map(({ id }) => `kpi/${id}`), 'alerts', 'health'],
      where: whereOf(settings),
      maxHz: MAX_HZ,
    },
    position: () => resumePosition(state),
    onFrame: (frame) => {
      step({ type: 'frame', at: screenNow(), frame });
      if (frame.op === 'snapshot') void loadHistory();
    },
    onLink: (link) => {
      step({ type: 'link', at: screenNow(), link });
      // A browser does not say why a connection was refused: asked over HTTP, the gateway does.
      if (link.kind !== 'opened') void client.letIn().then((letIn) => (letIn ? undefined : ended.abort()));
    },
  });

  const { signal } = ended;
  const clock = setInterval(() => step({ type: 'clock', at: screenNow() }), CLOCK_MS);
  const wakeUp = (): void => {
    if (document.visibilityState === 'visible') socket.wake();
  };
  document.addEventListener('visibilitychange', wakeUp, { signal });
  addEventListener('online', () => socket.wake(), { signal });
  socket.start();
  draw();
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  clearInterval(clock);
  socket.stop();
}

/** What the address names, else what the board names, else the first ones; all pages of them where pages turn. */
function chosen(
  { kpis: named, rotateMs }: Settings,
  description: BoardDescription,
  known: readonly KpiDescription[],
): readonly KpiDescription[] {
  const pick = (ids: readonly string[]): readonly KpiDescription[] =>
    ids.flatMap((id) => known.find((kpi) => kpi.id === id) ?? []);
  if (named !== null) return pick(named);
  const tiles = pick(description.tiles);
  if (rotateMs !== null) return [...tiles, ...known.filter((kpi) => !tiles.includes(kpi))];
  return (tiles.length > 0 ? tiles : known).slice(0, TILES_A_PAGE);
}

function whereOf({ where }: Settings): Record<string, string[]> | null {
  const entries = Object.entries(where).map(([dimension, value]): [string, string[]] => [dimension, [value]]);
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

function beganToFire(before: BoardState, now: BoardState): boolean {
  if (before.alerts === now.alerts) return false;
  return [...now.alerts].some(
    ([id, { firedAt, message }]) =>
      firedAt !== null && before.alerts.get(id)?.firedAt !== firedAt && isGrave(message.severity) && !message.silenced,
  );
}

function reloadIfNew(first: string | null, version: string | null): void {
  if (version === null) return;
  const mark = parseMark(sessionStorage.getItem(RELOAD_MARK));
  if (!shouldReload(first, version, mark, Date.now())) return;
  sessionStorage.setItem(RELOAD_MARK, writeMark({ version, at: Date.now() }));
  location.reload();
}

function change(name: string, value: string): void {
  location.search = withSetting(location.search, name, value);
}

function nextLanguage(): void {
  change('lang', settings.lang === 'en' ? 'zh-CN' : 'en');
}

function toggleFullscreen(): void {
  const done =
    document.fullscreenElement === null ? document.documentElement.requestFullscreen() : document.exitFullscreen();
  done.catch(() => undefined); // the browser may refuse: nothing to do about it here
}
