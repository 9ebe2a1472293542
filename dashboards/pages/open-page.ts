/** What every page does first: reads the address, waits to be let in, opens the line, and draws with each change. */
import type { KpiDescription } from '../../engine/core/wire.ts';
import { LiveState } from '../client/live-state.ts';
import { admission, type Obstacle } from '../line/admission.ts';
import { gatewayClient, type BoardDescription } from '../line/gateway-client.ts';
import { platformOpen } from '../line/fall-back.ts';
import { pageClient, type PageClient } from '../line/page-client.ts';
import { serverNow, type BoardState } from '../model/board.ts';
import type { Key } from '../model/kpi-values.ts';
import { formatClock } from '../model/format.ts';
import { linkStatus } from '../model/link-status.ts';
import { livenessOf, type Liveness } from '../model/liveness.ts';
import { parseSettings, withSetting, type Settings } from '../model/settings.ts';
import { notice } from '../view/notice.ts';
import { pageFrame } from '../view/pages/page-frame.ts';

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
  current: 'alerts' | 'kpi',
  plan: (settings: Settings) => PagePlan,
  make: (context: PageContext) => Page,
): Promise<void> {
  const settings = parseSettings(location.search, navigator.languages, location.hash);
  const root = document.documentElement;
  root.lang = settings.lang;
  root.dataset['theme'] = settings.theme;
  const base = new URL('..', location.href).href;
  const gateway = gatewayClient(base, settings.where);
  const { description, known } = await admission(gateway, waiting(settings));
  const frame = pageFrame(settings, location.search, current);
  const zone = settings.zone ?? description.zone ?? DEFAULT_ZONE;
  const { topics, maxHz, headline } = plan(settings);
  let isDrawing = false;
  const line = new LiveState({
    url: new URL('v1/live', base.replace(/^http/, 'ws')).href,
    open: platformOpen(),
    clock: { now: screenNow, after, random: () => Math.random() },
    headline,
    subscription: { topics: [...topics, 'alerts', 'health'], where: null, maxHz },
    onChange: () => {
      if (isDrawing) return;
      isDrawing = true;
      requestAnimationFrame(() => draw());
    },
    // A browser does not say why a connection was refused: asked over HTTP, the gateway does.
    onLink: (link) => {
      if (link.kind !== 'opened') void gateway.letIn().then((letIn) => (letIn ? undefined : location.reload()));
    },
  });
  const context: PageContext = {
    ...{ settings, zone, description, kpis: known, body: frame.body, client: pageClient(base) },
    now: () => serverNow(line.state),
    state: () => line.state,
  };
  const page = make(context);
  const draw = (): void => {
    isDrawing = false;
    const live = livenessOf(line.state);
    const now = serverNow(line.state);
    const open = [...line.state.alerts.values()].filter(({ message }) => isOpen(message.state, message.silenced));
    frame.show({
      link: linkStatus(live, line.state, { lang: settings.lang, zone }),
      clock: line.state.clockOffset === null ? '' : formatClock(now, zone),
      openAlerts: String(open.length),
      demo: description.demo !== null,
    });
    page.show(line.state, live);
  };
  document.body.replaceChildren(frame.root);
  line.start();
  setInterval(() => line.tick(), CLOCK_MS);
  addEventListener('online', () => line.wake());
  document.addEventListener('visibilitychange', () =>
    document.visibilityState === 'visible' ? line.wake() : undefined,
  );
}

function isOpen(state: string, isSilenced: boolean): boolean {
  return (state === 'firing' || state === 'recovering') && !isSilenced;
}

function waiting(settings: Settings): (why: Obstacle) => Promise<void> {
  const nextLanguage = (): void => {
    location.search = withSetting(location.search, 'lang', settings.lang === 'en' ? 'zh-CN' : 'en');
  };
  return async (why) => {
    document.body.replaceChildren(notice(why, settings, location, nextLanguage));
    await new Promise<void>((resolve) => after(RETRY_MS, resolve));
  };
}
