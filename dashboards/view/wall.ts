/** The page as a whole: takes the board's state, shows it. Owns the elements; the state is handed in. */
import type { KpiDescription } from '../../engine/core/wire.ts';
import { alertBoard } from '../model/alert-model.ts';
import { alertList } from './alert-list.ts';
import { serverNow, type BoardState } from '../model/board.ts';
import { cutText } from '../model/cut-text.ts';
import { nameOfKey } from '../model/dimension-names.ts';
import { element, setAttribute } from './element.ts';
import { formatClock, formatDay } from '../model/format.ts';
import type { AckOutcome, BoardDescription } from '../line/gateway-client.ts';
import { linkStatus } from '../model/link-status.ts';
import { livenessOf } from '../model/liveness.ts';
import { pagesOf, rotated, TILES_A_PAGE, type Rotation } from '../model/rotation.ts';
import { alertsText } from '../model/pages/heading-words.ts';
import { hiddenPages } from '../model/pages/page-names.ts';
import { alertsHref, kpiHref } from '../model/pages/page-address.ts';
import type { Settings } from '../model/settings.ts';
import { fill, TEXTS } from '../model/strings.ts';
import { tileElement, type TileElement } from './tile-element.ts';
import { tileModel } from '../model/tile-model.ts';
import { todoBoard } from '../model/actions/todo-model.ts';
import { todoList } from './todo-list.ts';
import { wallFrame, type FrameActions, type SoundState } from './wall-frame.ts';

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
  const { settings, description, kpis } = options;
  const texts = TEXTS[settings.lang];
  const zone = settings.zone ?? description.zone ?? DEFAULT_ZONE;
  const view = { lang: settings.lang, zone, kpis: options.known, linked: settings.alert };
  const slice = nameOfKey(settings.where, settings.lang);
  const unknown = [...settings.unknown, ...unknownKpis(options)];
  const misread = unknown.length === 0 ? '' : fill(texts.stripSettings, { list: unknown.join(', ') });
  const pages = pagesOf(kpis);
  let rotation: Rotation = { page: 0, since: 0 };
  const page = (): void => {
    if (pages.length > 0) rotation = { page: (rotation.page + 1) % pages.length, since: rotation.since };
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
  const alerts = alertList({
    lang: settings.lang,
    decide,
    hrefOf: settings.kiosk ? null : (alert) => alertsHref('./', options.search, alert),
  });
  const todo = todoList({ lang: settings.lang, complete: settings.kiosk ? null : options.onComplete });
  alerts.root.append(todo.root);
  frame.body.append(grid, alerts.root);

  return {
    root: frame.root,
    show(state) {
      const live = livenessOf(state);
      const models = kpis.map((kpi) => tileModel(kpi, state, live, view));
      const breached = new Set(
        models.flatMap(({ tone }, index) => (tone === 'breach' ? [Math.floor(index / TILES_A_PAGE)] : [])),
      );
      rotation = rotated(rotation, pages.length, settings.rotateMs, breached, state.now);
      const first = rotation.page * TILES_A_PAGE;
      tiles.forEach((tile, index) => {
        const model = models[first + index];
        tile.root.hidden = model === undefined;
        if (model !== undefined) tile.show(model);
      });
      setAttribute(grid, 'data-count', String(Math.min(models.length, TILES_A_PAGE)));
      alerts.show(alertBoard(state, view));
      todo.show(todoBoard(state, settings.lang));
      const now = serverNow(state);
      const known = state.clockOffset !== null;
      const status = linkStatus(live, state, view);
      const strip = [status.strip, misread].filter((part) => part !== '').join(' / ');
      frame.show({
        title: [description.title?.[settings.lang] ?? texts.untitled, slice].filter((part) => part !== '').join(' · '),
        link: { ...status, strip, ...(kpis.length === 0 ? { banner: texts.bannerNoKpis } : {}) },
        clock: known ? formatClock(now, zone) : '',
        day: known ? formatDay(now, zone, settings.lang) : '',
        alerts: alertsText(state, settings.lang),
        note: description.demo?.[settings.lang] ?? '',
        messages: description.messages ?? null, // the demo's alone
        version: fill(texts.version, { version: state.version ?? '' }).trim(), // until the server has said it
        page: rotation.page,
        pages: pages.length,
        sound: options.sound(),
      });
    },
  };
}

/** Named in the address, and the engine has none of that name. */
function unknownKpis({ settings, known }: WallOptions): readonly string[] {
  const missing = (settings.kpis ?? []).filter((id) => !known.some((kpi) => kpi.id === id)); // the address names none
  return missing.length === 0 ? [] : [cutText(`kpis=${missing.join(',')}`, 40)];
}
