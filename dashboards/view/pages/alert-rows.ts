/** The rows of the page of all alerts: one a group, unfolded into its slices. */
import type { AlertMessage } from '../../../engine/core/wire.ts';
import type { BoardState } from '../../model/board.ts';
import { formatCount, formatSpan } from '../../model/format.ts';
import {
  ackText,
  alertTitle,
  causeText,
  keyText,
  liveValue,
  ruleText,
  severityText,
  spanText,
  alertValue,
  valueText,
  type WordsView,
} from '../../model/pages/alert-words.ts';
import { tabOf, type AlertGroup } from '../../model/pages/alert-groups.ts';
import type { Episode } from '../../model/pages/episodes.ts';
import { PAGE_TEXTS } from '../../model/pages/page-strings.ts';
import { fill } from '../../model/strings.ts';
import { element, setAttribute, svg } from '../element.ts';
import { badge, button, icon, link, table, text, type IconName } from './parts.ts';

export interface RowContext {
  readonly view: WordsView;
  readonly state: BoardState;
  readonly mayAck: boolean;
  readonly isUnfolded: boolean;
  readonly hrefOf: (alert: string) => string;
  /** Where all of a rule's alerts stand one by one. */
  readonly allOf: (rule: string) => string;
  /** Its course, small; null: not known. */
  readonly courseOf: (episode: Episode) => SVGElement | null;
  readonly fold: () => void;
  /** Opens and closes the form that silences the group's rule; null: this role may not. */
  readonly silence: (() => void) | null;
  readonly ackAll: (alerts: readonly AlertMessage[]) => void;
}

const MOST_ROWS = 4;
/** A group of so many is shown whole. */
const SHOWN_WHOLE = 8;

export function groupRow(group: AlertGroup, context: RowContext): HTMLElement {
  const [first] = group.items;
  if (first === undefined) return element('section', 'g');
  const isOne = group.items.length === 1;
  const { message } = first;
  const tab = tabOf(message);
  const look = tab === 'open' ? (group.severity === 'critical' ? 'crit' : 'major') : tab === 'resolved' ? 're' : 'mu';
  const parts = [
    element('span', 'gs', [stateBadge(message, context.view)]),
    titleOf(group, first, context),
    element('div', 'gb', [isOne ? (context.courseOf(first) ?? element('span', '')) : bars(group, context)]),
    valueOf(group, first, context),
    ownerOf(group, message, context),
    text('div', durationOf(group, first, context.view), 'gd2'),
    element('div', 'ga', [actionOf(group, message, context, isOne)]),
  ];
  const root = element('section', `g ${look}`, [element('div', 'gh', parts)]);
  if (!isOne && context.isUnfolded) root.append(slices(group, context));
  return root;
}

export function stateBadge(message: AlertMessage, { lang }: WordsView): HTMLElement {
  const texts = PAGE_TEXTS[lang];
  if (message.state === 'resolved') return badge('ok', texts.stateResolved);
  if (message.silenced) return badge('mute', texts.stateSilenced);
  if (message.state === 'pending') return badge('warn', texts.severityPending);
  if (message.state === 'recovering') return badge('warn', texts.stateRecovering);
  const kinds: Readonly<Record<string, IconName>> = { critical: 'critical', major: 'major' };
  // Somebody has it: filled turns outlined.
  const kind = kinds[message.severity] ?? 'warn';
  return badge(message.acked !== null && kind === 'critical' ? 'major' : kind, severityText(message.severity, lang));
}

function titleOf({ items }: AlertGroup, { message, endedAt }: Episode, { view, hrefOf }: RowContext): HTMLElement {
  const texts = PAGE_TEXTS[view.lang];
  const title = alertTitle(message, view);
  const isOne = items.length === 1;
  const named = isOne
    ? `${title} — ${keyText(message.key, view.lang)}`
    : fill(texts.groupOf, { title, n: formatCount(items.length, view.lang) });
  const heading = element('h3', '', [isOne ? link(named, hrefOf(message.alert), 'plain') : text('span', named)]);
  const under =
    endedAt !== null
      ? [
          spanText({ message, endedAt, firedAt: null, peak: null }, view),
          ...(message.acked === null ? [] : [ackText(message, view.lang)]),
        ].join(' · ')
      : ruleText(message, view);
  return element('div', 'gt', [heading, text('span', under)]);
}

/** The slices' values, worst first, as bars. */
function bars({ items }: AlertGroup, context: RowContext): SVGElement {
  const values = items.map((item) => Math.abs(nowOf(item, context) ?? 0)).slice(0, 45); // without a value: no bar
  const top = Math.max(...values, 1e-9);
  const rects = values.map((value, i) => {
    const height = Math.max(2, (value / top) * 54);
    const bar = svg('rect', {
      x: String(i * 12),
      y: String(54 - height),
      width: '9',
      height: String(height),
      rx: '1.5',
    });
    setAttribute(bar, 'class', i === 0 ? 'worst' : 'rest');
    return bar;
  });
  return svg('svg', { class: 'chart', viewBox: '0 0 540 54', 'aria-hidden': 'true' }, rects);
}

function nowOf({ message, endedAt, peak }: Episode, { state }: RowContext): number | null {
  if (endedAt !== null) return peak ?? message.value;
  return liveValue(message, state)?.value ?? message.value;
}

function valueOf({ items }: AlertGroup, first: Episode, context: RowContext): HTMLElement {
  const { view } = context;
  const texts = PAGE_TEXTS[view.lang];
  const label =
    first.endedAt !== null
      ? texts.peak
      : items.length === 1
        ? texts.now
        : fill(texts.worstOf, { key: keyText(first.message.key, view.lang) });
  const value = alertValue(first.message, nowOf(first, context), view);
  return element('div', 'gw', [text('span', label), text('b', value, tabOf(first.message) === 'open' ? 'al' : '')]);
}

function ownerOf({ items, acked }: AlertGroup, message: AlertMessage, { view }: RowContext): HTMLElement {
  const texts = PAGE_TEXTS[view.lang];
  const owner = element('div', '', [icon('person'), text('span', message.owner ?? texts.nobody)]);
  if (message.state === 'resolved') return element('div', 'go', [owner]);
  const isMissing = acked < items.length;
  const said = items.length === 1 ? ackText(message, view.lang) : fill(texts.ackedOf, { n: acked, all: items.length });
  return element('div', 'go', [owner, text('div', said, isMissing && tabOf(message) === 'open' ? 'wn' : '')]);
}

function durationOf({ items, since }: AlertGroup, { message, endedAt }: Episode, { lang, now }: WordsView): string {
  const texts = PAGE_TEXTS[lang];
  if (endedAt !== null) return fill(texts.lasted, { age: formatSpan(endedAt - Date.parse(message.since), lang) });
  const age = formatSpan(now - since, lang);
  return items.length === 1 ? age : fill(texts.oldest, { age });
}

function actionOf(group: AlertGroup, message: AlertMessage, context: RowContext, isOne: boolean): HTMLElement {
  const texts = PAGE_TEXTS[context.view.lang];
  if (isOne) {
    const isUrgent = group.severity === 'critical' && tabOf(message) === 'open';
    const node = link(texts.open, context.hrefOf(message.alert), isUrgent ? 'btn pri' : 'btn');
    node.setAttribute(
      'aria-label',
      `${texts.open}: ${alertTitle(message, context.view)} ${keyText(message.key, context.view.lang)}`,
    );
    return node;
  }
  const node = button(context.isUnfolded ? texts.fold : texts.unfold, () => context.fold());
  node.setAttribute('aria-expanded', String(context.isUnfolded));
  node.setAttribute(
    'aria-label',
    `${context.isUnfolded ? texts.fold : texts.unfold}: ${alertTitle(message, context.view)}`,
  );
  return node;
}

/** The worst of them as a table, and how many more. */
function slices(group: AlertGroup, context: RowContext): HTMLElement {
  const { view, hrefOf, mayAck } = context;
  const texts = PAGE_TEXTS[view.lang];
  const most = group.items.length <= SHOWN_WHOLE ? group.items.length : MOST_ROWS;
  const rows = group.items.slice(0, most).map((item) => {
    const { message } = item;
    return [
      link(keyText(message.key, view.lang), hrefOf(message.alert), 'lk'),
      text('b', alertValue(message, nowOf(item, context), view), 'al'),
      formatCount(liveValue(message, context.state)?.n ?? message.n, view.lang),
      formatSpan(view.now - Date.parse(message.since), view.lang),
      causeText(message, view),
      message.acked === null ? '–' : `${message.acked.by} ✓`,
    ];
  });
  const columns = [
    { label: texts.colKey },
    { label: texts.colValue, isNumber: true },
    { label: texts.colN, isNumber: true },
    { label: texts.colFor, isNumber: true },
    { label: texts.colCause },
    { label: texts.colWho },
  ];
  const first = group.items[0]?.message;
  const name = first === undefined ? '' : alertTitle(first, view);
  return element('div', 'sub', [table(columns, rows, name), rest(group, most, context, mayAck)]);
}

function rest(group: AlertGroup, most: number, context: RowContext, mayAck: boolean): HTMLElement {
  const { view } = context;
  const texts = PAGE_TEXTS[view.lang];
  const hidden = group.items.slice(most);
  const values = hidden.map((item) => nowOf(item, context)).filter((value) => value !== null);
  const first = group.items[0]?.message;
  if (first === undefined) return element('div', 'more');
  const show = (value: number): string => valueText(first.kpi, value, view);
  const parts: HTMLElement[] = [];
  if (hidden.length > 0 && values.length > 0) {
    const range = { n: hidden.length, low: show(Math.min(...values)), high: show(Math.max(...values)) };
    parts.push(link(fill(texts.moreRange, range), context.allOf(first.rule), 'lk'));
  }
  const unacked = group.items.flatMap(({ message }) => (message.acked === null ? [message] : []));
  if (mayAck && unacked.length > 0)
    parts.push(button(fill(texts.ackAll, { n: unacked.length }), () => context.ackAll(unacked), '', 'ack'));
  if (context.silence !== null) parts.push(button(texts.silenceRule, context.silence, '', 'mute'));
  return element('div', 'more', parts);
}
