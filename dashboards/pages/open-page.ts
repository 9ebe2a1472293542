/** What every page does first: reads the address, waits to be let in, opens the line, and draws with each change. */
import type { KpiDescription } from '../../engine/core/wire.ts';
import { LiveState } from '../client/live-state.ts';
import { admission, type Admitted, type Obstacle } from '../line/admission.ts';
import { gatewayClient, type BoardDescription } from '../line/gateway-client.ts';
import { platformOpen } from '../line/fall-back.ts';
import type { Subscription } from '../line/live-socket.ts';
import { screenLink, type ScreenLink } from '../line/screen-link.ts';
import { pageClient, type PageClient } from '../line/page-client.ts';
import { serverNow, type BoardState } from '../model/board.ts';
import type { Key } from '../model/kpi-values.ts';
import { formatClock, formatDay } from '../model/format.ts';
import { alertsText, rateText } from '../model/pages/heading-words.ts';
import { reloadIfNew } from './reload-page.ts';
import { linkStatus } from '../model/link-status.ts';
import { livenessOf, type Liveness } from '../model/liveness.ts';
import { parseSettings, withSetting, type Settings } from '../model/settings.ts';
import { hiddenPages, type PageName } from '../model/pages/page-names.ts';
import { signInClient } from '../line/sign-in-client.ts';
import { showWho } from '../view/pages/who-is-in.ts';
import { notice } from '../view/notice.ts';
import { DrawPace } from '../view/draw-pace.ts';
import { boardFrame } from '../view/pages/board-frame.ts';
import { pageFrame } from '../view/pages/page-frame.ts';
import { eventRate } from './event-rate.ts';

export interface PageContext {
  readonly settings: Settings;
  readonly zone: string;
  readonly description: BoardDescription;
  readonly kpis: readonly KpiDescription[];
  readonly client: PageClient;
  readonly body: HTMLElement;
  /** The server's time, as well as it is known. */
  readonly now: () => number;
  readonly state: () => BoardState;
  /** What the page is about, and of which part of the company. */
  readonly title: (title: string, scope: string) => void;
}
/** What a page listens to, and the key whose course it keeps. */
export interface PagePlan {
  readonly topics: readonly string[];
  /** How often values may change, a second. */
  readonly maxHz: number;
  readonly headline: Key;
}
export interface Page {
  readonly show: (state: BoardState, live: Liveness) => void;
}

const CLOCK_MS = 500;
const RETRY_MS = 2000;
const DEFAULT_ZONE = 'Asia/Shanghai';

const screenNow = (): number => performance.timeOrigin + performance.now();
const after = (ms: number, run: () => void): (() => void) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

export async function openPage(
  current: PageName,
  plan: (settings: Settings, admitted: Admitted) => PagePlan,
  make: (context: PageContext) => Page,
): Promise<void> {
  const settings = parseSettings(location.search, navigator.languages, location.hash);
  const root = document.documentElement;
  root.lang = settings.lang;
  root.dataset['theme'] = settings.theme;
  const base = new URL('..', location.href).href;
  const gateway = gatewayClient(base, settings.where);
  if (settings.kiosk) root.dataset['kiosk'] = '';
  const screen = screenLink(current, settings, base);
  if (screen === 'elsewhere') return;
  const admitted = await admission(gateway, waiting(settings));
  const { description, known } = admitted;
  const zone = settings.zone ?? description.zone ?? DEFAULT_ZONE;
  const { topics, maxHz, headline } = plan(settings, admitted);
  const pace: DrawPace = new DrawPace({
    ...{ state: () => line.state, draw: () => draw(), after },
    frame: (run) => requestAnimationFrame(run),
  });
  const line: LiveState = new LiveState({
    url: new URL('v1/live', base.replace(/^http/, 'ws')).href,
    open: platformOpen(),
    clock: { now: screenNow, after, random: () => Math.random() },
    headline,
    subscription: subscriptionOf(topics, maxHz, screen, () => line.state.version),
    onShow: (board) => screen?.show(board),
    onChange: (state, before) => {
      if (state.version !== before.version) reloadIfNew(before.version, state.version);
      pace.changed(state, before);
    },
    // A browser does not say why a connection was refused: asked over HTTP, the gateway does.
    onLink: (link) => {
      if (link.kind !== 'opened') void gateway.letIn().then((letIn) => (letIn ? undefined : location.reload()));
    },
  });
  const client = pageClient(base);
  const now = (): number => serverNow(line.state);
  const frame = frameOf(current, {
    settings,
    zone,
    isDemo: description.demo !== null,
    hidden: hiddenPages(description.maySee),
    rate: DESK.has(current) ? null : eventRate(client, now, () => pace.soon()),
  });
  const context: PageContext = {
    ...{ settings, zone, description, kpis: known, body: frame.body, client, now, title: frame.title },
    state: () => line.state,
  };
  const page = make(context);
  const draw = (): void => {
    const live = livenessOf(line.state);
    frame.show(line.state, live);
    page.show(line.state, live);
  };
  document.body.replaceChildren(frame.root);
  const gone = (elsewhere: string | null): void => location.assign(elsewhere ?? signInHref()); // all has ended here
  void showWho(frame.root, signInClient(base), settings.lang, { leave: () => line.stop(), gone });
  line.start();
  setInterval(() => line.tick(), CLOCK_MS);
  addEventListener('online', () => line.wake());
  document.addEventListener('visibilitychange', () =>
    document.visibilityState === 'visible' ? line.wake() : undefined,
  );
}

function subscriptionOf(
  topics: readonly string[],
  maxHz: number,
  screen: ScreenLink | null,
  version: () => string | null,
): Subscription {
  const about = screen === null ? {} : { screen: () => screen.about(version()) };
  return { topics: [...topics, 'alerts', 'health'], where: null, maxHz, ...about };
}

/** Pages for a desk; the others hang on walls too. */
const DESK: ReadonlySet<PageName> = new Set<PageName>(['alerts', 'kpi', 'shift', 'screens']);

interface Frame {
  readonly root: HTMLElement;
  readonly body: HTMLElement;
  readonly title: PageContext['title'];
  readonly show: (state: BoardState, live: Liveness) => void;
}
interface FrameGiven {
  readonly settings: Settings;
  readonly zone: string;
  readonly isDemo: boolean;
  readonly hidden: readonly PageName[];
  /** null: it is not asked for. */
  readonly rate: (() => number | null) | null;
}
function frameOf(current: PageName, { settings, zone, isDemo, rate, hidden }: FrameGiven): Frame {
  const { lang } = settings;
  const clockOf = (state: BoardState): string =>
    state.clockOffset === null ? '' : formatClock(serverNow(state), zone);
  const desk = rate === null ? pageFrame(settings, location.search, current, hidden) : null;
  if (desk !== null)
    return {
      ...{ root: desk.root, body: desk.body, title: () => undefined },
      show: (state, live) =>
        desk.show({
          link: linkStatus(live, state, { lang, zone }),
          clock: clockOf(state),
          openAlerts: String(openAlerts(state)),
          demo: isDemo,
        }),
    };
  const board = boardFrame(settings, location.search, current, hidden);
  return {
    ...{ root: board.root, body: board.body, title: board.title },
    show: (state, live) =>
      board.show({
        link: linkStatus(live, state, { lang, zone }),
        clock: clockOf(state),
        day: state.clockOffset === null ? '' : formatDay(serverNow(state), zone, lang),
        rate: rateText(rate?.() ?? null, lang), // a desk's page asks for none
        alerts: alertsText(state, lang),
        demo: isDemo,
      }),
  };
}

function openAlerts(state: BoardState): number {
  return [...state.alerts.values()].filter(({ message }) => isOpen(message.state, message.silenced)).length;
}
function isOpen(state: string, isSilenced: boolean): boolean {
  return (state === 'firing' || state === 'recovering') && !isSilenced;
}

/** The sign-in, which leads back to what is open here. */
function signInHref(): string {
  const { pathname, search, hash } = location;
  const kept = new URLSearchParams({ return: pathname + search + hash });
  for (const name of ['lang', 'theme']) {
    const value = new URLSearchParams(search).get(name);
    if (value !== null) kept.set(name, value);
  }
  return `../sign-in/?${kept.toString()}`;
}

function waiting(settings: Settings): (why: Obstacle) => Promise<void> {
  const nextLanguage = (): void => {
    location.search = withSetting(location.search, 'lang', settings.lang === 'en' ? 'zh-CN' : 'en');
  };
  return async (why) => {
    // Somebody sits here: they can sign in. A wall cannot, and says what lets it in.
    if (why === 'refused' && !settings.kiosk) location.replace(signInHref());
    document.body.replaceChildren(notice(why, settings, location, nextLanguage));
    await new Promise<void>((resolve) => after(RETRY_MS, resolve));
  };
}
