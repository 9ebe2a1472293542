/** The entry of `shift/`: what happened in the last hours and what is left, on one page, to read and to print. */
import type { AlertMessage } from '../../../engine/core/wire.ts';
import type { BoardState } from '../../model/board.ts';
import { formatDay } from '../../model/format.ts';
import { nameOfKey } from '../../model/dimension-names.ts';
import { isWorse, type WordsView } from '../../model/pages/alert-words.ts';
import { episodesOf } from '../../model/pages/episodes.ts';
import { changed } from '../../model/pages/page-address.ts';
import {
  dayBefore,
  SHIFT_SPANS,
  shiftAddress,
  shiftAlerts,
  shiftCsv,
  shiftKpi,
  shiftSpan,
  shiftStep,
  type KpiCourses,
} from '../../model/pages/shift/shift-report.ts';
import { SHIFT_TEXTS } from '../../model/pages/shift/shift-strings.ts';
import { fill } from '../../model/strings.ts';
import type { SilenceEntry, Span } from '../../line/page-client.ts';
import { element, setShown } from '../../view/element.ts';
import { copied, save } from '../../view/pages/kpi-head.ts';
import { button, segments, text } from '../../view/pages/parts.ts';
import {
  alertTable,
  handOver,
  kpiTable,
  quotes,
  sentence,
  signatures,
  type ShiftShown,
} from '../../view/pages/shift-parts.ts';
import { openPage, type Page, type PageContext } from '../open-page.ts';
import { refreshed } from '../refreshed.ts';

/** A report is read, not watched. */
const REFRESH_MS = 60_000;
const MOST_KPIS = 8;
const LONGEST_BEFORE_MS = 24 * 3_600_000;

const address = shiftAddress(location.search);
void openPage('shift', () => ({ topics: [], maxHz: 1, headline: {} }), shiftView);

interface Loaded {
  readonly span: Span;
  readonly courses: readonly KpiCourses[];
  readonly changes: readonly AlertMessage[];
  readonly rules: WordsView['rules'];
  readonly silences: readonly SilenceEntry[];
  /** What of it the stream did not hold whole, by name. */
  readonly missing: readonly string[];
}

function shiftView(context: PageContext): Page {
  const { settings, zone, kpis, body } = context;
  const texts = SHIFT_TEXTS[settings.lang];
  document.title = texts.title;
  const wait = text('p', texts.loading, 'sh-wait');
  wait.setAttribute('role', 'status');
  body.replaceChildren(wait);
  let csv = '';
  const tools = toolbar(context, () => csv);
  const loaded = refreshed(
    () => load(context),
    address.to === null ? REFRESH_MS : null,
    () => draw(),
  );
  const draw = (): void => {
    const { value } = loaded;
    if (value === null) return;
    const view: WordsView = { lang: settings.lang, zone, now: context.now(), kpis, rules: value.rules };
    // What is open is known at once, and what the stream does not hold any more.
    const live = address.to === null ? [...context.state().alerts.values()].map(({ message }) => message) : [];
    const episodes = episodesOf([...value.changes, ...live], isWorse(kpis));
    const alerts = shiftAlerts(episodes.values(), value.span);
    const open = alerts.alerts.flatMap(({ to, episode }) => (to === null ? [episode.message] : []));
    const rows = value.courses.map((course) => shiftKpi(course, open));
    csv = shiftCsv(rows);
    const shown: ShiftShown = {
      view,
      span: value.span,
      kpis: rows,
      alerts,
      silences: value.silences,
      search: location.search,
    };
    const missing = text(
      'p',
      fill(texts.missing, { what: value.missing.join(settings.lang === 'en' ? ', ' : '、') }),
      'sh-missing',
    );
    setShown(missing, value.missing.length > 0);
    const sheet = element('article', 'sh-sheet', [
      heading(context, value.span),
      sentence(shown),
      missing,
      kpiTable(shown),
      alertTable(shown),
      element('div', 'sh-two', [quotes(shown), handOver(shown)]),
      signatures(shown),
      text('p', 'Earshot', 'sh-foot'),
    ]);
    body.replaceChildren(tools, sheet);
  };
  let drawn: BoardState['alerts'] | null = null;
  return {
    show({ alerts }) {
      if (alerts !== drawn && address.to === null) draw();
      drawn = alerts;
    },
  };
}

function heading({ settings: { lang, where }, zone, description, now }: PageContext, { from, to }: Span): HTMLElement {
  const texts = SHIFT_TEXTS[lang];
  const time = (at: number): string =>
    new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' }).format(at);
  const title = description.title === null ? texts.title : `${texts.title} — ${description.title[lang]}`;
  const scope = Object.keys(where).length === 0 ? texts.scopeAll : nameOfKey(where, lang);
  const span = text(
    'span',
    `${formatDay(from, zone, lang)} ${time(from)} – ${formatDay(from, zone, lang) === formatDay(to, zone, lang) ? '' : `${formatDay(to, zone, lang)} `}${time(to)}`,
  );
  const asOf = text('span', `${fill(texts.asOf, { time: time(now()), zone })} · ${scope}`);
  return element('header', 'sh-head', [text('h1', title), element('p', '', [span, asOf])]);
}

function toolbar({ settings: { lang } }: PageContext, csv: () => string): HTMLElement {
  const texts = SHIFT_TEXTS[lang];
  const choices = SHIFT_SPANS.map((value) => ({
    value,
    label: fill(texts.hours, { n: String(Number.parseInt(value, 10)) }),
  }));
  const spans = segments(texts.spanLabel, choices, address.span, (span) => {
    location.search = changed(location.search, { span });
  });
  const copy = button(texts.copy, () => void copied(copy, texts.copied));
  return element('div', 'sh-tools', [
    button(texts.print, () => print(), 'pri'),
    button('CSV', () => save('shift.csv', new Blob(['\uFEFF', csv()], { type: 'text/csv' }))),
    copy,
    spans,
  ]);
}

async function load({ client, kpis, description, settings, now }: PageContext): Promise<Loaded> {
  const span = shiftSpan(address, now());
  const tiles = description.tiles.flatMap((id) => kpis.find((kpi) => kpi.id === id) ?? []); // one that is gone
  const shown = (tiles.length > 0 ? tiles : kpis).slice(0, MOST_KPIS);
  const missing: string[] = [];
  const courses: KpiCourses[] = [];
  // One after the other: a gateway reads a few histories at once, for everybody.
  for (const kpi of shown) {
    const step = shiftStep(kpi.window);
    const of = (days: number): ReturnType<typeof client.course> =>
      client.course(kpi.id, settings.where, dayBefore(span, days), step);
    const [shift, day, week] = await Promise.all([of(0), of(1), of(7)]);
    if (!shift.complete) missing.push(kpi.title[settings.lang]);
    courses.push({ kpi, shift: shift.values, day: day.values, week: week.values });
  }
  // What fired before the span may still be open in it.
  const past = await client.past({ from: span.from - LONGEST_BEFORE_MS, to: now() }, null);
  if (!past.complete) missing.push(SHIFT_TEXTS[settings.lang].missingAlerts);
  const [rules, silences] = await Promise.all([client.rules(), client.silences()]);
  return { span, courses, changes: past.changes, rules, silences, missing };
}
