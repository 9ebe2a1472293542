/** Rising words on the screen: a chip each, pressed for the quotes that hold it; below, what was compared with what. */
import type { RisingWords, VoicesAbout } from '../../line/page-client.ts';
import { formatCount, formatSpan } from '../../model/format.ts';
import { PAGE_TEXTS } from '../../model/pages/page-strings.ts';
import { fill, type Language } from '../../model/strings.ts';
import { element } from '../element.ts';
import type { KeyedRow } from './keyed-list.ts';
import { text } from './parts.ts';

interface ChipLook {
  readonly lang: Language;
  readonly chosen: VoicesAbout | null;
  readonly choose: ((about: VoicesAbout) => void) | null;
}

/** @param rising null: not read yet. */
export function wordChips(rising: RisingWords | null, hasFailed: boolean, look: ChipLook): KeyedRow {
  const { lang, chosen, choose } = look;
  const texts = PAGE_TEXTS[lang];
  const word = chosen !== null && 'word' in chosen ? chosen.word : null;
  return {
    id: 'words',
    says: JSON.stringify([rising, hasFailed, word]),
    make() {
      const title = text('h2', texts.wordsTitle);
      if (rising === null) return row([title, text('span', hasFailed ? texts.boardFailed : texts.loading, 'sec')]);
      const chips = rising.words.map((one) => {
        const times = one.times === null ? texts.wordNew : `×${one.times.toFixed(one.times < 100 ? 1 : 0)}`;
        const parts = [text('span', one.word), text('b', times)];
        const of = { word: one.word, n: one.n, now: rising.now.n, before: one.before, then: rising.before.n };
        const said = { title: fill(texts.wordOf, of) };
        if (choose === null) return element('span', 'chip', parts, said);
        const isChosen = one.word === word;
        const button = element('button', 'chip', parts, { type: 'button', 'aria-pressed': String(isChosen), ...said });
        button.addEventListener('click', () => choose({ word: one.word }));
        return button;
      });
      return row([title, ...chips, text('span', hintOf(rising, lang), 'sec')]);
    },
  };
}
function row(parts: readonly Node[]): HTMLElement {
  return element('div', 'rw-row', parts);
}
function hintOf(rising: RisingWords, lang: Language): string {
  const { now, before, words } = rising;
  const texts = PAGE_TEXTS[lang];
  if (!rising.is_enough) return fill(texts.wordsFew, { n: formatCount(before.n, lang) });
  if (words.length === 0) return texts.wordsNone;
  const size = formatSpan(Math.max(1000, Date.parse(now.to) - Date.parse(now.from)), lang);
  return fill(texts.wordsSpan, { n: formatCount(now.n, lang), size });
}
