/** All alerts: open and past, grouped, worst first; who has them; silences in force. */
import type { AlertMessage, RuleDescription } from '../../engine/core/wire.ts';
import type { AlertPast, SilenceEntry } from '../line/page-client.ts';
import type { BoardState } from '../model/board.ts';
import { formatCount, formatInstant, formatSpan } from '../model/format.ts';
import {
  alertGroups,
  type AlertFilter,
  type AlertGroup,
  type AlertGroups,
  type ByWorst,
} from '../model/pages/alert-groups.ts';
import { isWorse, keyText, liveValue, type WordsView } from '../model/pages/alert-words.ts';
import { episodesOf, type Episode } from '../model/pages/episodes.ts';
import { alertsHref, changed } from '../model/pages/page-address.ts';
import { PAGE_TEXTS } from '../model/pages/page-strings.ts';
import { fill, type Language } from '../model/strings.ts';
import { element, setShown, setText } from '../view/element.ts';
import { silenceForm } from '../view/pages/alert-actions.ts';
import { groupRow } from '../view/pages/alert-rows.ts';
import { filterBar } from '../view/pages/filter-bar.ts';
import { keyedList, type KeyedRow } from '../view/pages/keyed-list.ts';
import { button, text } from '../view/pages/parts.ts';
import type { Page, PageContext } from './open-page.ts';
import { refreshed } from './refreshed.ts';
import { rowCourses } from './row-courses.ts';

const DAY_MS = 86_400_000;
const PAST_EVERY_MS = 30_000;
const SILENCES_EVERY_MS = 10_000;
const SOON_MS = 15 * 60_000;
/** Of those resolved, below the open ones; of any list at all. */
const MOST_RESOLVED = 5;
const MOST_ROWS = 200;
/** Of a group, whose values are followed as they change. */
const SHOWN_LIVE = 45;
/** How old something is need not be said more often. */
const AGE_MS = 5_000;

export function alertsList(context: PageContext, filter: AlertFilter): Page {
  const { settings, client, body, kpis } = context;
  const texts = PAGE_TEXTS[settings.lang];
  let dirty = (): void => undefined;
  const past = refreshed(
    () => client.past({ from: context.now() - DAY_MS, to: context.now() + DAY_MS }, null),
    PAST_EVERY_MS,
    () => dirty(),
  );
  const rules = refreshed(
    () => client.rules(),
    null,
    () => {
      loaded += 1;
      dirty();
    },
  );
  const silences = refreshed(
    () => client.silences(),
    SILENCES_EVERY_MS,
    () => dirty(),
  );
  // How often something that rows show has come: courses, rules.
  let loaded = 0;
  const courses = rowCourses(client, () => {
    loaded += 1;
    dirty();
  });
  const unfolded = new Set<string>();
  const bar = filterBar(settings.lang, filter, location.search);
  const note = element('p', 'sec', [], { role: 'status' });
  const failed = element('p', 'wn', [], { role: 'status' });
  const lists = element('div', '');
  const show = keyedList(lists);
  body.replaceChildren(bar.root, failed, note, lists);
  const again = { dirty: () => dirty(), loaded: () => loaded, silenced: () => silences.again() };
  const rowsOf: Rows = { ...{ context, unfolded, courses, silencing: new Set() }, ...again };
  let current: BoardState = context.state();
  dirty = () => page.show(current);

  const page = {
    show(state: BoardState): void {
      current = state;
      const view: WordsView = {
        ...{ lang: settings.lang, zone: context.zone, now: context.now(), kpis },
        rules: rules.value ?? NO_RULES,
      };
      const groups = alertGroups(allEpisodes(state, past.value, view), filter, byWorstIn(state, view));
      bar.show(groups, past.value !== null);
      const row = (group: AlertGroup): readonly KeyedRow[] => rowAndForm(rowsOf, group, state, view);
      const rows = sections(groups, filter.tab).flatMap(({ id, heading, list, most }) => [
        // Who silenced what stands over the alerts that it keeps quiet.
        ...(id === 'silenced'
          ? silenceRows(context, silences.value ?? NO_SILENCES, view, filter.tab === 'silenced' ? MOST_ROWS : 3, () =>
              silences.again(),
            )
          : []),
        ...(heading === null || list.length === 0 ? [] : [headingRow(id, fill(texts[heading], { n: list.length }))]),
        ...list.slice(0, most).flatMap(row),
        ...(list.length > most ? [moreRow(id, list.length - most, settings.lang)] : []),
      ]);
      show(rows);
      say(note, noteText(state, groups, filter, past.value, settings.lang));
      say(failed, past.hasFailed ? texts.historyMissing : '');
    },
  };

  return page;
}

function say(node: HTMLElement, content: string): void {
  setText(node, content);
  setShown(node, content !== '');
}
function noteText(
  state: BoardState,
  groups: AlertGroups,
  filter: AlertFilter,
  past: AlertPast | null,
  lang: Language,
): string {
  if (state.isRecovering || state.seq === null) return PAGE_TEXTS[lang].loading;
  return groups[filter.tab].length > 0 ? '' : emptyText(lang, past, groups.counts, filter);
}

/** What rows are made with. */
interface Rows {
  readonly context: PageContext;
  readonly unfolded: Set<string>;
  /** Groups whose form of silencing is open. */
  readonly silencing: Set<string>;
  readonly silenced: () => void;
  readonly courses: ReturnType<typeof rowCourses>;
  readonly dirty: () => void;
  readonly loaded: () => number;
}

function emptyText(
  lang: Language,
  past: AlertPast | null,

  counts: Readonly<Record<string, number>>,
  { tab, text: words, severity, owner }: AlertFilter,
): string {
  const texts = PAGE_TEXTS[lang];
  if (words !== '' || severity !== null || owner !== null || tab !== 'open') return texts.nothingHere;
  const isNew = Object.values(counts).every((n) => n === 0) && past?.changes.length === 0;
  return isNew ? texts.noAlertsEver : texts.nothingOpen;
}

/** The form is a row of its own: made once, so that nothing somebody writes is lost with the next value. */
function rowAndForm(rows: Rows, group: AlertGroup, state: BoardState, view: WordsView): readonly KeyedRow[] {
  const row = rowOf(rows, group, state, view);
  const [first] = group.items;
  if (first === undefined || !rows.silencing.has(group.id)) return [row];
  const { client, description } = rows.context;
  const context = { view, client, rights: description, onDone: rows.silenced };
  return [row, { id: `s ${group.id}`, says: '', make: () => silenceForm(first.message, context, true) }];
}

function rowOf(rows: Rows, group: AlertGroup, state: BoardState, view: WordsView): KeyedRow {
  const { context, unfolded, courses, dirty, loaded } = rows;
  const { description, settings } = context;
  const isUnfolded =
    unfolded.has(group.id) || (group.items.length > 1 && !unfolded.has(`-${group.id}`) && group.items.length <= 60);
  const id = `${group.items[0]?.message.state} ${group.id}`;
  const make = (): HTMLElement =>
    groupRow(group, {
      ...{ view, state, isUnfolded, mayAck: description.mayAck && !settings.kiosk },
      hrefOf: (alert) => alertsHref('../', location.search, alert),
      allOf: (rule) => changed(location.search, { by: 'flat', q: rule }),
      courseOf: (episode) =>
        courses(episode, view, episode.endedAt === null ? liveValue(episode.message, state) : null),
      fold() {
        unfolded.delete(isUnfolded ? group.id : `-${group.id}`);
        unfolded.add(isUnfolded ? `-${group.id}` : group.id);
        dirty();
      },
      silence: maySilence(context, group) ? () => toggled(rows, group.id) : null,
      ackAll: (alerts) => void ackAll(context, alerts),
    });
  // What it says in short: rows are many, and made again only when one of these has changed.
  const items = group.items.map(({ message: { alert, at, acked, silenced, state: now }, ...rest }) => [
    ...[alert, at, acked?.at, silenced, now, rest.peak],
  ]);
  const values = group.items.slice(0, SHOWN_LIVE).map(({ message }) => liveValue(message, state)?.value);
  const age = Math.floor(view.now / AGE_MS);
  return { id, says: JSON.stringify([isUnfolded, loaded(), age, values, items]), make };
}

/** All of one rule, and something of it makes noise. */
function maySilence({ description, settings }: PageContext, { items }: AlertGroup): boolean {
  const isOfOne = items.every(({ message }) => message.rule === items[0]?.message.rule);
  const isLoud = items.some(({ message }) => message.state !== 'resolved' && !message.silenced);
  return description.maySilence && !settings.kiosk && isOfOne && isLoud;
}
function toggled({ silencing, dirty }: Rows, group: string): void {
  if (!silencing.delete(group)) silencing.add(group);
  dirty();
}

async function ackAll({ client }: PageContext, alerts: readonly AlertMessage[]): Promise<void> {
  for (const { alert } of alerts) await client.ack(alert, '', '');
}
function headingRow(id: string, content: string): KeyedRow {
  return { id: `h ${id}`, says: content, make: () => text('h2', content, 'part') };
}
function moreRow(id: string, n: number, lang: Language): KeyedRow {
  const href = changed(location.search, { show: id });
  const content = fill(PAGE_TEXTS[lang].more, { n: formatCount(n, lang) });
  return { id: `m ${id}`, says: content, make: () => element('p', '', [linkTo(content, href)]) };
}

/** Each silence in force: who, why, until when; whoever may ends it. */
function silenceRows(
  { client, description, settings }: PageContext,
  list: readonly SilenceEntry[],
  view: WordsView,
  most: number,
  again: () => void,
): readonly KeyedRow[] {
  const texts = PAGE_TEXTS[view.lang];
  if (list.length === 0) return [];
  const soonFirst = list.toSorted((a, b) => (a.until < b.until ? -1 : 1));
  const rows = soonFirst.slice(0, most).map((silence): KeyedRow => {
    const leftMs = Date.parse(silence.until) - view.now;
    const rule = view.rules.find(({ id }) => id === silence.match.rule)?.title[view.lang] ?? silence.match.rule;
    const what = [rule, silence.match.kpi, silence.match.severity].filter(Boolean).join(' · ');
    const named = silence.match.key === undefined ? what : `${what} — ${keyText(silence.match.key, view.lang)}`;
    const line = fill(texts.silenceUntil, {
      ...{ by: silence.by, reason: silence.reason, left: formatSpan(leftMs, view.lang) },
      time: formatInstant(Date.parse(silence.until), view.now, view.zone, view.lang),
    });
    const isSoon = leftMs < SOON_MS;
    return {
      id: `s ${silence.silence}`,
      says: `${named} ${line} ${isSoon}`,
      make: () => {
        const words = element('div', 'gt', [text('b', named), text('span', line)]);
        const parts = [words, text('span', isSoon ? texts.silenceSoon : '', 'wn')];
        if (description.maySilence && !settings.kiosk)
          parts.push(button(texts.endSilence, () => void client.endSilence(silence.silence).then(() => again())));
        return element('section', 'g mu sil', parts);
      },
    };
  });
  return [headingRow('silences', fill(texts.silencesHead, { n: list.length })), ...rows];
}
const NO_RULES: readonly RuleDescription[] = [];
const NO_SILENCES: readonly SilenceEntry[] = [];

function linkTo(label: string, href: string): HTMLElement {
  const node = text('a', label, 'lk');
  node.href = href;
  return node;
}

interface Part {
  readonly id: string;
  readonly heading: 'silencedHead' | 'resolvedHead' | null;
  readonly list: readonly AlertGroup[];
  readonly most: number;
}
/** What the chosen tab shows; below the open ones what is silenced and what is over, so that the morning sees the night. */
function sections(groups: ReturnType<typeof alertGroups>, tab: AlertFilter['tab']): readonly Part[] {
  if (tab !== 'open') return [{ id: tab, heading: null, list: groups[tab], most: MOST_ROWS }];
  return [
    { id: 'open', heading: null, list: groups.open, most: MOST_ROWS },
    { id: 'silenced', heading: 'silencedHead', list: groups.silenced, most: MOST_RESOLVED },
    { id: 'resolved', heading: 'resolvedHead', list: groups.resolved, most: MOST_RESOLVED },
  ];
}

/** By the value as it is now; alerts of different KPIs have none in common. */
function byWorstIn(state: BoardState, { kpis }: WordsView): ByWorst {
  const worse = isWorse(kpis);
  const valueOf = ({ message }: Episode): number | null => liveValue(message, state)?.value ?? message.value;
  return (a, b) => {
    const [one, other] = [valueOf(a), valueOf(b)];
    if (a.message.kpi !== b.message.kpi || one === null || other === null || one === other) return 0;
    return worse(a.message.kpi, one, other) ? -1 : 1;
  };
}

/** What the stream remembers, and over it how alerts stand live. */
function allEpisodes(state: BoardState, past: AlertPast | null, view: WordsView): readonly Episode[] {
  const live = [...state.alerts.values()].map(({ message }) => message);
  const episodes = episodesOf([...(past?.changes ?? []), ...live], isWorse(view.kpis)); // not read yet
  const known = new Set(live.map(({ alert }) => alert));
  // What the line does not name is not open: its end may not have been read.
  return [...episodes.values()].filter(({ message, endedAt }) => endedAt !== null || known.has(message.alert));
}
