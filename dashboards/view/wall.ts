/** The page as a whole: takes the board's state, shows it. Owns the elements; the state is handed in. */
import type { KpiDescription } from '../../engine/core/wire.ts';
import { alertCard, keyWords, type AlertView } from '../model/alert-model.ts';
import { serverNow, type BoardState } from '../model/board.ts';
import { cutText } from '../model/cut-text.ts';
import { secondOf } from './draw-pace.ts';
import { element, setAttribute, setShown } from './element.ts';
import { formatClock, formatCount, formatDay, formatSpan } from '../model/format.ts';
import type { AckOutcome, BoardDescription } from '../line/gateway-client.ts';
import { linkStatus } from '../model/link-status.ts';
import { livenessOf } from '../model/liveness.ts';
import { pagesOf, rotated, TILES_A_PAGE, type Rotation } from '../model/rotation.ts';
import { calmWords } from '../model/overview/calm-words.ts';
import { incident, type IncidentKnown } from '../model/overview/incident.ts';
import type { Point } from '../model/kpi-values.ts';
import { wallAlerts, type WallAlerts } from '../model/overview/wall-alerts.ts';
import { alertsText, rateText } from '../model/pages/heading-words.ts';
import { hiddenPages } from '../model/pages/page-names.ts';
import { alertsHref, kpiHref } from '../model/pages/page-address.ts';
import type { Settings } from '../model/settings.ts';
import { fill, TEXTS, type Texts } from '../model/strings.ts';
import { tileElement, type TileElement } from './tile-element.ts';
import { tileModel, type TileModel } from '../model/tile-model.ts';
import { todoBoard } from '../model/actions/todo-model.ts';
import { alertLines, type LinesShown } from './overview/alert-lines.ts';
import { incidentPanel } from './overview/incident-panel.ts';
import { todoList } from './todo-list.ts';
import { wallFrame, type FrameActions, type SoundState } from './wall-frame.ts';

/** What is asked for over HTTP beside the live values, as far as it has come. */
export interface WallKnown {
  /** Events a second; null: it is not said to this screen. */
  readonly rate: number | null;
  readonly dayBefore: ReadonlyMap<string, readonly Point[]>;
  /** Of the alert that takes the wall; asked for from now on. */
  incidentOf(alerts: WallAlerts): IncidentKnown;
}
export interface WallOptions {
  readonly settings: Settings;
  /** Of the address: how it looks goes along to other pages. */
  readonly search: string;
  readonly description: BoardDescription;
  /** In the order of the tiles; those beyond six go to further pages. */
  readonly kpis: readonly KpiDescription[];
  /** All there are: alerts speak of those without a tile too. */
  readonly known: readonly KpiDescription[];
  readonly actions: Omit<FrameActions, 'page'>;
  readonly sound: () => SoundState;
  readonly loaded: WallKnown;
  readonly onAck: (alert: string) => Promise<AckOutcome>;
  readonly onUnack: (alert: string) => Promise<AckOutcome>;
  readonly onComplete: (action: string) => Promise<AckOutcome>;
}
export interface Wall {
  readonly root: HTMLElement;
  show(state: BoardState): void;
}
const DEFAULT_ZONE = 'Asia/Shanghai';

export function wall(options: WallOptions): Wall {
  const { settings, description, kpis, loaded } = options;
  const { lang } = settings;
  const texts = TEXTS[lang];
  const zone = settings.zone ?? description.zone ?? DEFAULT_ZONE;
  const view: AlertView = { lang, zone, kpis: options.known, linked: settings.alert };
  const unknown = [...settings.unknown, ...unknownKpis(options)];
  const misread = unknown.length === 0 ? '' : fill(texts.stripSettings, { list: unknown.join(', ') });
  const pages = pagesOf(kpis);
  let rotation: Rotation = { page: 0, since: 0 };
  let shown: BoardState | null = null;
  const page = (): void => {
    if (pages.length > 0) rotation = { page: (rotation.page + 1) % pages.length, since: rotation.since };
    if (shown !== null) show(shown);
  };
  const frame = wallFrame(settings, options.search, { ...options.actions, page }, hiddenPages(description.maySee));
  const tiles: TileElement[] = kpis
    .slice(0, TILES_A_PAGE)
    .map(() => tileElement(settings.kiosk ? null : (kpi) => kpiHref('./', options.search, kpi, settings.where)));
  const grid = element(
    'section',
    'tiles',
    tiles.map(({ root }) => root),
  );
  const decide = settings.kiosk || !description.mayAck ? null : { ack: options.onAck, unack: options.onUnack };
  const hrefOf = settings.kiosk ? null : (alert: string | null) => alertsHref('./', options.search, alert);
  const panel = incidentPanel({ lang, decide, hrefOf });
  const lines = alertLines({ lang, decide, hrefOf });
  const todo = todoList({ lang, complete: settings.kiosk ? null : options.onComplete });
  frame.body.append(element('div', 'wall-main', [panel.root, lines.root, grid]), todo.root);

  const show = (state: BoardState): void => {
    shown = state;
    const live = livenessOf(state);
    const models = kpis.map((kpi) => tileModel(kpi, state, live, { ...view, dayBefore: loaded.dayBefore }));
    const alerts = wallAlerts(state, options.known, settings.alert);
    const breached = breachedPages(models);
    rotation = rotated(rotation, pages.length, settings.rotateMs, breached, state.now);
    const first = rotation.page * TILES_A_PAGE;
    tiles.forEach((tile, index) => {
      const model = models[first + index];
      setShown(tile.root, model !== undefined);
      if (model !== undefined) tile.show(model, secondOf(state));
    });
    setAttribute(grid, 'data-count', String(Math.min(models.length, TILES_A_PAGE)));
    setAttribute(grid, 'data-small', String(alerts.lead !== null));
    const { lead, siblings } = alerts;
    panel.show(lead === null ? null : incident(lead, siblings, loaded.incidentOf(alerts), state, view));
    lines.show(linesOf(alerts, state, view));
    todo.show(todoBoard(state, lang));
    const now = serverNow(state);
    const known = state.clockOffset !== null;
    const status = linkStatus(live, state, view);
    const strip = [status.strip, misread].filter((part) => part !== '').join(' / ');
    frame.show({
      ...{ title: description.title?.[lang] ?? texts.untitled, scope: keyWords(settings.where, lang) },
      link: { ...status, strip, ...(kpis.length === 0 ? { banner: texts.bannerNoKpis } : {}) },
      ...{ clock: known ? formatClock(now, zone) : '', day: known ? formatDay(now, zone, lang) : '' },
      ...{ rate: rateText(loaded.rate, lang), alerts: alertsText(state, lang) },
      calm: calmWords(alerts, state, view),
      note: description.demo?.[lang] ?? '', // all of it is real
      messages: description.messages ?? null, // the demo's alone
      version: fill(texts.version, { version: state.version ?? '' }).trim(), // until the server has said it
      turning: turningText(settings, pages.length, breached.size > 0),
      ...{ page: rotation.page, pages: pages.length, sound: options.sound() },
    });
  };
  return { root: frame.root, show };
}

function breachedPages(models: readonly TileModel[]): ReadonlySet<number> {
  return new Set(models.flatMap(({ tone }, index) => (tone === 'breach' ? [Math.floor(index / TILES_A_PAGE)] : [])));
}
function linesOf(alerts: WallAlerts, state: BoardState, view: AlertView): LinesShown {
  const texts = TEXTS[view.lang];
  return {
    rows: alerts.lines.map(({ alert, more }) => ({
      card: alertCard(alert, state, view),
      more: more === 0 ? '' : fill(texts.moreOfRule, { n: formatCount(more + 1, view.lang) }),
    })),
    rest: moreRules(alerts.hiddenRules, texts),
  };
}
function moreRules(n: number, texts: Texts): string {
  return n === 0 ? '' : fill(texts.moreRules, { n });
}
function turningText({ rotateMs, lang }: Settings, pages: number, isPinned: boolean): string {
  if (rotateMs === null || pages < 2) return '';
  const texts = TEXTS[lang];
  return isPinned ? texts.rotationRests : fill(texts.rotates, { age: formatSpan(rotateMs, lang) });
}

/** Named in the address, and the engine has none of that name. */
function unknownKpis({ settings, known }: WallOptions): readonly string[] {
  const missing = (settings.kpis ?? []).filter((id) => !known.some((kpi) => kpi.id === id)); // the address names none
  return missing.length === 0 ? [] : [cutText(`kpis=${missing.join(',')}`, 40)];
}
