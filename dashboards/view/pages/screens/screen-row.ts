/** One wall: whether it is there, what it shows, how it looks; and another board for it. */
import type { KpiDescription, ScreenBoard } from '../../../../engine/core/wire.ts';
import type { ScreenEntry, SendOutcome } from '../../../line/screens-client.ts';
import { SCREEN_TEXTS } from '../../../model/screens/screen-strings.ts';
import { boardChoices, boardText, factsOf, screenName, type ScreenView } from '../../../model/screens/screens-model.ts';
import { fill, type Language } from '../../../model/strings.ts';
import { element, setAttribute, setShown, setText } from '../../element.ts';
import { badge, button, select, text, type IconName } from '../parts.ts';
import type { ShownRow } from './shown-rows.ts';

export interface ScreenRowOptions {
  readonly lang: Language;
  readonly kpis: readonly KpiDescription[];
  readonly send: (screen: string, board: ScreenBoard | null) => Promise<SendOutcome>;
}

const BADGES = { live: 'ok', stale: 'warn', gone: 'stale' } as const satisfies Record<ScreenEntry['state'], IconName>;

export function screenRow({ lang, kpis, send }: ScreenRowOptions): ShownRow<ScreenEntry, ScreenView> {
  const texts = SCREEN_TEXTS[lang];
  const state = element('span', 'sc-state');
  const name = element('h3', '');
  const board = element('b', 'sc-board');
  const facts = element('span', 'sc-facts');
  const said = element('p', 'sec sc-said', [], { role: 'status' });
  const choices = boardChoices(kpis, lang);
  let [chosen, latest, sentTo] = ['1', null as ScreenEntry | null, null as string | null];
  const options = choices.map(({ label }, i) => ({ value: String(i), label }));
  const choice = select('', options, chosen, (value) => (chosen = value));
  const press = async (): Promise<void> => {
    const wanted = choices[Number(chosen)];
    if (latest === null || wanted === undefined) return;
    const before = boardId(latest.board);
    const outcome = await send(latest.screen, wanted.board);
    sentTo = outcome === 'sent' ? before : null;
    setText(said, { sent: texts.sent, gone: texts.gone, forbidden: texts.forbidden, failed: texts.failed }[outcome]);
    said.className = outcome === 'sent' ? 'sec sc-said' : 'wn sc-said';
  };
  const go = button(texts.send, () => void press());
  const shows = element('p', 'sc-shows', [text('span', texts.board, 'sec'), board]);
  const what = element('div', 'sc-what', [name, shows, facts]);
  const does = element('div', 'sc-does', [choice, go]);
  return {
    root: element('div', 'sc-row', [state, what, element('div', 'sc-act', [does, said])], { role: 'listitem' }),
    show(entry, view) {
      if (latest?.state !== entry.state) state.replaceChildren(badge(BADGES[entry.state], texts.states[entry.state]));
      latest = entry;
      const called = screenName(entry, lang);
      setText(name, called);
      setText(board, boardText(entry.board, view));
      setText(facts, factsOf(entry, view).join(lang === 'en' ? ' · ' : '·'));
      setShown(does, entry.state !== 'gone');
      const label = fill(texts.sendLabel, { name: called });
      setAttribute(choice, 'aria-label', label);
      setAttribute(go, 'aria-label', `${texts.send}: ${label}`);
      if (sentTo !== null && sentTo !== boardId(entry.board)) {
        sentTo = null;
        setText(said, texts.shows);
      }
    },
  };
}

function boardId({ page, query }: ScreenBoard): string {
  return `${page}?${query}`;
}
