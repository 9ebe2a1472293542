/** Queues on the screen: four totals, a table of teams with their backlog by age, what falls due next with its time left. */
import { at } from '../../../engine/core/must.ts';
import { formatCount } from '../../model/format.ts';
import { keyText } from '../../model/pages/alert-words.ts';
import { dimensionsText, PAGE_TEXTS } from '../../model/pages/page-strings.ts';
import { nameOfValue } from '../../model/dimension-names.ts';
import type { ClocksOpen } from '../../line/page-client.ts';
import type { NextRow, QueueShown, TeamRow } from '../../model/pages/queue-model.ts';
import { clockSpan, percentText } from '../../model/pages/span-words.ts';
import { fill, type Language } from '../../model/strings.ts';
import { element } from '../element.ts';
import { badge, card, icon, text } from './parts.ts';

/** Less than this is left: it is said in another colour. */
const TIGHT_MS = 120_000;

interface Total {
  readonly name: string;
  readonly value: string;
  readonly unit?: string;
  readonly sign: HTMLElement | null;
  readonly beside: readonly string[];
}
function totalBox({ name, value, unit, sign, beside }: Total, isOff: boolean): HTMLElement {
  const digits = element('span', '', [text('span', value), ...(unit === undefined ? [] : [text('small', ` ${unit}`)])]);
  const side = element(
    'small',
    '',
    beside.map((line) => text('span', line)),
  );
  return element('section', isOff ? 'kx off' : 'kx', [
    element('h2', '', [text('span', name), ...(sign === null ? [] : [sign])]),
    element('div', 'v', [digits, side]),
  ]);
}

export function totals(shown: QueueShown, by: string, lang: Language): HTMLElement {
  const texts = PAGE_TEXTS[lang];
  const { waiting, oldestS, oldestTeam, overdue, open, inTime, inTimeTarget } = shown;
  const isBelow = inTime !== null && inTimeTarget !== null && inTime < inTimeTarget;
  const judged =
    inTime === null ? badge('none', texts.noData) : inTimeTarget === null ? badge('none', texts.noTarget) : null;
  return element('div', 'qk', [
    totalBox({ name: texts.queueWaiting, value: formatCount(waiting, lang), sign: null, beside: [] }, false),
    totalBox(
      {
        ...{ name: texts.queueLongest, value: oldestS === null ? '–' : clockSpan(oldestS * 1000), sign: null },
        beside: oldestTeam === null ? [] : [nameOfValue(by, oldestTeam, lang)],
      },
      false,
    ),
    totalBox(
      {
        ...{ name: texts.queueOverdue, value: formatCount(overdue, lang) },
        sign: overdue > 0 ? badge('warn', texts.queueIsOverdue) : badge('ok', texts.queueNoneOverdue),
        beside: [fill(texts.queueOf, { n: formatCount(open, lang) }), texts.queueRunning],
      },
      overdue > 0,
    ),
    totalBox(
      {
        ...{ name: texts.queueInTime, value: inTime === null ? '–' : inTime.toFixed(1), unit: '%' },
        sign: judged ?? (isBelow ? badge('warn', texts.offTarget) : badge('ok', texts.onTarget)),
        beside: inTimeTarget === null ? [] : [fill(texts.target, { rule: `≥ ${percentText(inTimeTarget, lang)}` })],
      },
      isBelow,
    ),
  ]);
}

/** A row a team, or a value of another field by which they differ. */
export function teamsCard(
  { teams, inTimeTarget }: QueueShown,
  { bounds_s: bounds, by }: Pick<ClocksOpen, 'bounds_s' | 'by'>,
  lang: Language,
): HTMLElement {
  const texts = PAGE_TEXTS[lang];
  const most = Math.max(1, ...teams.map(({ ages }) => sum(ages)));
  const heads = [
    dimensionsText([by], lang),
    texts.queueWait,
    texts.queueOldest,
    texts.queueOverOf,
    texts.queueTime,
    texts.queueAges,
  ];
  const head = element(
    'tr',
    '',
    heads.map((name, i) => header(name, i === heads.length - 1 ? 'ag' : '')),
  );
  const rows = teams.map((row) => teamRow(row, by, most, inTimeTarget, lang));
  const body = teams.length === 0 ? text('p', texts.queueNothing, 'sec') : tableOf(head, rows, texts.queueTeams);
  return card(
    fill(texts.keysBy, { dimension: dimensionsText([by], lang) }),
    texts.queueTightest,
    [body, ageKey(bounds, lang)],
    'tm-card',
  );
}
function header(name: string, className: string): HTMLElement {
  const node = text('th', name, className);
  node.setAttribute('scope', 'col');
  return node;
}
function tableOf(head: HTMLElement, rows: readonly HTMLElement[], name: string): HTMLElement {
  const parts = [text('caption', name, 'sr'), element('thead', '', [head]), element('tbody', '', rows)];
  return element('div', 'scroll', [element('table', '', parts)], { tabindex: '0', role: 'group', 'aria-label': name });
}

function teamRow(row: TeamRow, by: string, most: number, target: number | null, lang: Language): HTMLElement {
  const { team, waiting, oldestS, overdue, inTime, ages } = row;
  const isBelow = inTime !== null && target !== null && inTime < target;
  const all = sum(ages);
  const cells = [
    element('td', '', [text('b', team === null ? PAGE_TEXTS[lang].nobody : nameOfValue(by, team, lang))]),
    text('td', formatCount(waiting, lang)),
    element('td', '', [text('b', oldestS === null ? '–' : clockSpan(oldestS * 1000))]),
    element('td', overdue > 0 ? 'wn' : '', [
      text('b', formatCount(overdue, lang)),
      text('span', ` / ${formatCount(all, lang)}`, 'sub'),
    ]),
    element('td', isBelow ? 'wn' : '', [
      ...(isBelow ? [icon('warn')] : []),
      text('span', ` ${percentText(inTime, lang)}`),
    ]),
    element('td', 'ag', [agesBar(ages, all, most)]),
  ];
  return element('tr', '', cells);
}
function agesBar(ages: readonly number[], all: number, most: number): HTMLElement {
  const parts = ages.flatMap((n, i) => {
    if (n === 0) return [];
    const part = element('i', `a${i}`);
    part.style.setProperty('flex-grow', String(n));
    return [part];
  });
  const bar = element('div', 'ages', parts, { 'aria-hidden': 'true' });
  bar.style.setProperty('width', `${((all / most) * 100).toFixed(1)}%`);
  return bar;
}
function ageKey(bounds: readonly number[], lang: Language): HTMLElement {
  const texts = PAGE_TEXTS[lang];
  const words = [
    ...bounds.map((bound, i) =>
      i === 0 ? `< ${span(bound, lang)}` : `${span(at(bounds, i - 1), lang)}–${span(bound, lang)}`,
    ),
    `> ${span(at(bounds, bounds.length - 1), lang)}`,
  ];
  const parts = words.map((word, i) => element('span', '', [element('i', `a${i}`), text('span', word)]));
  return element('p', 'key', [text('span', texts.queueAges), ...parts]);
}
function span(seconds: number, lang: Language): string {
  const texts = PAGE_TEXTS[lang];
  const units = [
    [86_400, texts.ageDays],
    [3600, texts.ageHours],
    [60, texts.ageMinutes],
  ] as const;
  const [size, words] = units.find(([of]) => seconds >= of && seconds % of === 0) ?? [1, texts.ageSeconds];
  return fill(words, { n: seconds / size });
}
function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, n) => all + n, 0);
}

export function nextCard({ next }: QueueShown, titleOf: (clock: string) => string, lang: Language): HTMLElement {
  const texts = PAGE_TEXTS[lang];
  const rows = next.map((row) => nextRow(row, titleOf(row.clock), lang));
  const body = rows.length === 0 ? text('p', texts.queueNoNext, 'sec') : element('ol', 'nb', rows);
  return card(texts.queueNext, texts.queueLeft, [body], 'nb-card');
}
function nextRow({ key, kept, leftMs, used }: NextRow, title: string, lang: Language): HTMLElement {
  const texts = PAGE_TEXTS[lang];
  const places = Object.fromEntries(Object.entries(kept).filter(([name]) => name === 'channel' || name === 'region'));
  const where = Object.keys(places).length === 0 ? [] : [keyText(places, lang)];
  const what = [...(key === null ? [] : [fill(texts.queueCase, { id: key })]), ...where];
  const bar = element('i', '');
  bar.style.setProperty('width', `${((1 - used) * 100).toFixed(1)}%`);
  const words = element('span', 'wt', [text('span', title), text('small', what.join(lang === 'en' ? ' · ' : '·'))]);
  return element('li', '', [
    text('span', clockSpan(leftMs), leftMs < TIGHT_MS ? 'tm wn' : 'tm'),
    words,
    text('span', kept['team'] ?? '', 'who'), // nobody's
    element('span', 'tb', [bar], { 'aria-hidden': 'true' }),
  ]);
}
