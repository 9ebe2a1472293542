/** A card with a list that is asked for: its state while there is none, what to do where it is empty. */
import { PAGE_TEXTS } from '../../../model/pages/page-strings.ts';
import type { Language } from '../../../model/strings.ts';
import { element, setShown, setText } from '../../element.ts';
import { text } from '../parts.ts';

export interface ListCard {
  readonly root: HTMLElement;
  readonly list: HTMLElement;
  /** @param count of the list; null: it is not known yet */
  readonly show: (count: number | null, hasFailed: boolean, hint: string) => void;
}

export function listCard(title: string, lang: Language, empty: HTMLElement): ListCard {
  const texts = PAGE_TEXTS[lang];
  const hint = element('small', '');
  const list = element('div', 'sc-list', [], { role: 'list', 'aria-label': title });
  const state = element('p', 'sec', [], { role: 'status' });
  setShown(empty, false);
  const heading = element('h2', '', [text('span', title), hint]);
  return {
    root: element('section', 'card sc-card', [heading, state, empty, list]),
    list,
    show(count, hasFailed, said) {
      setText(hint, said);
      setText(state, hasFailed ? texts.boardFailed : count === null ? texts.loading : '');
      setShown(state, hasFailed || count === null);
      setShown(empty, count === 0);
    },
  };
}
