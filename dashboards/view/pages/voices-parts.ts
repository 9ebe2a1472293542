/** Issues on the screen: a row each with its bar against what is usual and its course; quotes of the chosen one beside. */
import type { Span, VoiceQuote, VoicesAbout } from '../../line/page-client.ts';
import { nameOfValue } from '../../model/dimension-names.ts';
import { formatCount, formatInstant } from '../../model/format.ts';
import { keyText, type WordsView } from '../../model/pages/alert-words.ts';
import { PAGE_TEXTS } from '../../model/pages/page-strings.ts';
import type { IssueRow } from '../../model/voices/voices-model.ts';
import { fill, type Language } from '../../model/strings.ts';
import { element } from '../element.ts';
import type { KeyedRow } from './keyed-list.ts';
import { badge, card, text } from './parts.ts';
import { smallCourse } from './small-course.ts';

export interface IssueLook {
  readonly lang: Language;
  readonly span: Span;
  readonly chosen: VoicesAbout | null;
  /** null: nobody stands before this screen. */
  readonly choose: ((about: VoicesAbout) => void) | null;
  /** The longest bar. */
  readonly most: number;
}

export function issueRow(row: IssueRow, place: number, look: IssueLook): KeyedRow {
  const { lang, span, chosen, choose, most } = look;
  const texts = PAGE_TEXTS[lang];
  const isChosen = chosen !== null && 'issue' in chosen && chosen.issue === row.issue;
  return {
    id: row.issue,
    says: JSON.stringify([place, row.n, row.usual, row.move, row.alert?.alert, isChosen, row.course.length, most]),
    make() {
      const name = nameOfValue('issue', row.issue, lang);
      const bar = element('i', 'b');
      bar.style.setProperty('width', percent(row.n, most));
      const marks = [bar];
      if (row.usual !== null) {
        const mark = element('u', '');
        mark.style.setProperty('left', percent(row.usual, most));
        marks.push(mark);
      }
      const points = row.course.map(({ t, v }) => ({
        t,
        v,
        low: null,
        high: null,
        n: v,
        revision: 0,
        state: 'final' as const,
      }));
      const top = Math.max(1, ...row.course.map(({ v }) => v));
      const usual = row.usual === null ? '' : fill(texts.voiceUsual, { n: formatCount(row.usual, lang) });
      const parts = [
        text('span', String(place), 'rk'),
        element('span', 'nm', [
          text('span', name),
          ...(row.alert === null ? [] : [badge('major', texts.tabOpen.replace(/ .*/, ''))]),
        ]),
        element('span', 'vb', marks, { 'aria-hidden': 'true' }),
        element('span', 'n', [text('span', formatCount(row.n, lang)), text('small', usual)]),
        element('span', 'sp0', [
          smallCourse(points, Infinity, {
            span,
            extent: [0, top],
            target: null,
            isAlarmed: row.alert !== null,
            width: 190,
          }),
        ]),
        text('span', moveText(row, lang), 'x'),
      ];
      const className = `row${isChosen ? ' sel' : ''}${row.alert === null ? '' : ' al0'}`;
      if (choose === null) return element('div', className, parts, { role: 'listitem' });
      const button = element('button', className, parts, { type: 'button', 'aria-pressed': String(isChosen) });
      button.addEventListener('click', () => choose({ issue: row.issue }));
      return element('div', 'ri', [button], { role: 'listitem' });
    },
  };
}
function percent(n: number, most: number): string {
  return `${((n / most) * 100).toFixed(1)}%`;
}
/** `▲ ×15.6` */
export function moveText({ n, usual, move }: IssueRow, lang: Language): string {
  const texts = PAGE_TEXTS[lang];
  if (move === 'unknown' || usual === null) return texts.voiceNew;
  if (move === 'same') return texts.same;
  const times = n / Math.max(usual, 1);
  return `${move === 'rising' ? '▲' : '▼'} ×${times.toFixed(times < 100 ? 1 : 0)}`;
}

/** In their words, masked. */
export function quotesOf(
  about: VoicesAbout | null,
  voices: readonly VoiceQuote[] | null,
  hasFailed: boolean,
  view: WordsView,
): HTMLElement {
  const texts = PAGE_TEXTS[view.lang];
  const title = about === null ? texts.quotes : titleOf(about, view.lang);
  const word = about !== null && 'word' in about ? about.word : null;
  if (voices === null) return card(title, '', [text('p', hasFailed ? texts.boardFailed : texts.loading, 'sec')], 'qc');
  const quotes = voices.map((voice) => {
    const places = Object.fromEntries(
      Object.entries(voice.key).filter(([name]) => name === 'channel' || name === 'region'),
    );
    const time = formatInstant(Date.parse(voice.at), view.now, view.zone, view.lang);
    const under = [
      time,
      keyText(places, view.lang),
      ...(voice.intensity === 'strong_negative' ? [texts.voiceStrong] : []),
    ];
    return element('blockquote', 'q', [
      element('span', '', marked(voice.text, word)),
      text('small', under.join(view.lang === 'en' ? ' · ' : '·')),
    ]);
  });
  const hint = voices.length === 1 ? texts.quoteHint : fill(texts.quotesHint, { n: voices.length });
  const body = quotes.length === 0 ? [text('p', texts.voiceNone, 'sec')] : [element('div', 'qs', quotes)];
  return card(title, quotes.length === 0 ? '' : hint, body, 'qc');
}

function titleOf(about: VoicesAbout, lang: Language): string {
  if ('issue' in about) return nameOfValue('issue', about.issue, lang);
  return `“${about.word}”`;
}
/** The text with the word marked, wherever it stands as it was counted. */
function marked(said: string, word: string | null): readonly Node[] {
  if (word === null) return [new Text(said)];
  const parts = said.split(new RegExp(`(${word.split(' ').map(escaped).join('\\s+')})`, 'iu'));
  return parts.map((part, i) => (i % 2 === 1 ? text('mark', part) : new Text(part)));
}
function escaped(part: string): string {
  return part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
