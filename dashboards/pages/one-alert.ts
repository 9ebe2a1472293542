/** One alert: what is wrong and who has it, its window, causes, quotes, its course; what may be done about it. */
import type { AlertMessage, RuleDescription } from '../../engine/core/wire.ts';
import type { BoardState } from '../model/board.ts';
import { subjectTitle, keyText, isWorse, alertValue, type WordsView } from '../model/pages/alert-words.ts';
import { episodesOf, type Episode } from '../model/pages/episodes.ts';
import { timelineOf } from '../model/pages/alert-timeline.ts';
import { sizeOf, stepOf } from '../model/pages/chart-points.ts';
import { PAGE_TEXTS } from '../model/pages/page-strings.ts';
import { element, setText } from '../view/element.ts';
import { alertActions } from '../view/pages/alert-actions.ts';
import {
  alertChart,
  alertHead,
  causesCard,
  quotesCard,
  runbookStrip,
  timelineCard,
} from '../view/pages/alert-parts.ts';
import { courseChart } from '../view/pages/course-chart.ts';
import { keyedList } from '../view/pages/keyed-list.ts';
import { card, text } from '../view/pages/parts.ts';
import type { Page, PageContext } from './open-page.ts';
import { refreshed, type Refreshed } from './refreshed.ts';
import type { AlertPast, PageClient } from '../line/page-client.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** As long as CX_ALERTS keeps them at most. */
const ALL_MS = 400 * DAY_MS;
const PAST_EVERY_MS = 10_000;
const COURSE_EVERY_MS = 20_000;

export function oneAlert(context: PageContext, id: string): Page {
  const { settings, client, body, description } = context;
  const texts = PAGE_TEXTS[settings.lang];
  let dirty = (): void => undefined;
  const span = { from: context.now() - ALL_MS, to: context.now() + DAY_MS };
  const past = refreshed(
    () => client.past(span, id),
    PAST_EVERY_MS,
    () => dirty(),
  );
  const rules = refreshed(
    () => client.rules(),
    null,
    () => dirty(),
  );
  const chart = courseChart({ zone: context.zone, height: 300, hasSamples: false });
  const rights = {
    mayAck: description.mayAck && !settings.kiosk,
    maySilence: description.maySilence && !settings.kiosk,
  };
  let course: ReturnType<typeof courseOf> | null = null;
  const top = element('div', '');
  const [left, middle, right] = [element('div', 'col'), element('div', 'col'), element('div', 'col')];
  const window = card(texts.window, '', [chart.root]);
  const causes = element('div', '');
  left.append(window, causes);
  const grid = element('div', 'ag', [left, middle, right]);
  const lost = text('p', texts.loading, 'sec');
  body.replaceChildren(lost, top, grid);
  const [showTop, showCauses, showMiddle, showRight] = [top, causes, middle, right].map((root) => keyedList(root));
  let current = context.state();
  dirty = () => page.show(current);

  const page = {
    show(state: BoardState): void {
      current = state;
      const view: WordsView = {
        ...{ lang: settings.lang, zone: context.zone, now: context.now(), kpis: context.kpis },
        rules: rules.value ?? NO_RULES,
      };
      const live = state.alerts.get(id)?.message;
      const known = [...(past.value?.changes ?? []), ...(live === undefined ? [] : [live])]; // not read yet
      const episode = episodesOf(known, isWorse(context.kpis)).get(id);
      grid.hidden = top.hidden = episode === undefined;
      lost.hidden = episode !== undefined;
      setText(lost, lostText(past, texts));
      if (episode === undefined) return;
      const { message } = episode;
      document.title = `${keyText(message.key, settings.lang)} · ${subjectTitle(message, view)}`;
      showTop?.([
        { id: 'head', ...made(() => alertHead(episode, state, view, location.search, rights)) },
        ...(message.runbook === null ? [] : [{ id: 'runbook', ...made(() => runbookStrip(message, view)) }]),
      ]);
      // A rule over events has neither a KPI with a course nor finer slices.
      left.hidden = message.kpi === '';
      if (message.kpi !== '') {
        course ??= courseOf(context, message, () => dirty());
        alertChart(chart, window, { episode, course, state, view });
        showCauses?.([{ id: 'causes', ...made(() => causesCard(message, view)) }]);
      }
      showMiddle?.([
        { id: 'quotes', ...made(() => quotesCard(message, settings.lang)) },
        { id: 'timeline', ...made(() => timeline(past, known, view)) },
      ]);
      showRight?.(actions(episode, view, client, rights, past));
    },
  };

  return page;
}

const lostText = (past: Refreshed<AlertPast>, texts: (typeof PAGE_TEXTS)['en' | 'zh-CN']): string =>
  past.value !== null ? texts.unknownAlert : past.hasFailed ? texts.timelineMissing : texts.loading;

function courseOf({ kpis, client, now }: PageContext, message: AlertMessage, dirty: () => void) {
  const window = kpis.find((kpi) => kpi.id === message.kpi)?.window;
  const range = () => rangeOf(message, now(), sizeOf(window));
  const step = stepOf(range(), window);
  const isOver = message.state === 'resolved';
  return {
    range,
    step,
    values: refreshed(
      () => client.course(message.kpi, message.key, range(), step),
      isOver ? null : COURSE_EVERY_MS,
      dirty,
    ),
  };
}

function timeline(past: Refreshed<AlertPast>, known: readonly AlertMessage[], view: WordsView): HTMLElement {
  const changes = [...known].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const notices = past.value?.notices ?? []; // not read yet
  const show = (value: number | null, change: AlertMessage): string => alertValue(change, value, view);
  const missing = past.value === null && past.hasFailed ? PAGE_TEXTS[view.lang].timelineMissing : '';
  return timelineCard(timelineOf(changes, notices, { ...view, show }), missing, view.lang);
}

/** A form is made again only when what may be done has changed: what somebody types stays. */
function actions(
  { message }: Episode,
  view: WordsView,
  client: PageClient,
  rights: Rights,
  past: Refreshed<AlertPast>,
) {
  if (message.state === 'resolved') return [];
  const says = JSON.stringify([message.acked, message.silenced, rights]);
  const make = (): HTMLElement => alertActions(message, { view, client, rights, onDone: () => past.again() });
  return [{ id: 'actions', says, make }];
}
interface Rights {
  readonly mayAck: boolean;
  readonly maySilence: boolean;
}
const NO_RULES: readonly RuleDescription[] = [];

function made(make: () => HTMLElement): { readonly says: string; make(): HTMLElement } {
  const node = make();
  return { says: `${node.className} ${node.textContent}`, make: () => node };
}

/** From well before it began to now, or a while after its end. */
function rangeOf(message: AlertMessage, now: number, sizeMs: number | null): { from: number; to: number } {
  const since = Date.parse(message.since);
  const before = Math.max(30 * MINUTE_MS, (sizeMs ?? 0) * 2); // a window without a size
  const end = message.state === 'resolved' ? Date.parse(message.at) + 15 * MINUTE_MS : now;
  return { from: since - before, to: Math.max(Math.min(end, now), since + MINUTE_MS) };
}
