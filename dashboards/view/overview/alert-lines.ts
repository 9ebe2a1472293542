/** Alerts beside the one that takes the wall: a line a rule, its worst alert; the rest is counted. Lines are kept by alert, so that focus survives. */
import type { AlertCard } from '../../model/alert-model.ts';
import { fill, TEXTS, type Language } from '../../model/strings.ts';
import { element, setAttribute, setShown, setText } from '../element.ts';
import { badge } from '../pages/parts.ts';
import { pulse } from '../pulse.ts';
import { decisionButton, type Decide } from './decision-button.ts';

export interface LinesShown {
  readonly rows: readonly { readonly card: AlertCard; readonly more: string }[];
  /** How many rules are not listed; '': all are. */
  readonly rest: string;
}
export interface LinesOptions {
  readonly lang: Language;
  readonly decide: Decide;
  /** Where an alert's own page is, or that of all; null: nobody stands before this screen. */
  readonly hrefOf: ((alert: string | null) => string) | null;
}
interface Line {
  readonly root: HTMLElement;
  show(card: AlertCard, more: string): void;
}

export function alertLines(options: LinesOptions): { readonly root: HTMLElement; show(shown: LinesShown): void } {
  const list = element('div', 'alerts-open', [], { 'aria-live': 'polite', 'aria-relevant': 'additions' });
  const rest = inLink('alerts-more', options.hrefOf === null ? null : options.hrefOf(null));
  const root = element('aside', 'alerts', [list, rest]);
  const lines = new Map<string, Line>();
  setShown(root, false);
  return {
    root,
    show({ rows, rest: hidden }) {
      const shown = new Set(rows.map(({ card }) => card.id));
      for (const [id, line] of lines) {
        if (shown.has(id)) continue;
        line.root.remove();
        lines.delete(id);
      }
      rows.forEach(({ card, more }, index) => {
        let line = lines.get(card.id);
        if (line === undefined) lines.set(card.id, (line = alertLine(options, card.id)));
        line.show(card, more);
        const there = list.children.item(index);
        if (there !== line.root) list.insertBefore(line.root, there);
      });
      setText(rest, hidden);
      setShown(rest, hidden !== '');
      setShown(root, rows.length > 0);
    },
  };
}

function inLink(className: string, href: string | null): HTMLElement {
  return href === null ? element('span', className) : element('a', className, [], { href });
}

function alertLine({ lang, decide, hrefOf }: LinesOptions, id: string): Line {
  const texts = TEXTS[lang];
  const state = element('span', 'al-state');
  const [key, title, value] = [element('b', 'alert-key'), element('span', 'alert-kpi'), element('b', 'alert-value')];
  const words = inLink('al-words', hrefOf === null ? null : hrefOf(id));
  words.append(key, new Text(' '), title);
  const [more, duration, note] = ['al-more', 'alert-duration', 'alert-note'].map((name) => element('span', name)) as [
    HTMLElement,
    HTMLElement,
    HTMLElement,
  ];
  const ack = decisionButton('ack', texts.ack, texts.ackFailed, decide === null ? null : () => decide.ack(id));
  const unack = decisionButton(
    'unack',
    texts.unack,
    texts.unackFailed,
    decide === null ? null : () => decide.unack(id),
  );
  const root = element('article', 'alert-line alert', [
    state,
    words,
    value,
    more,
    duration,
    note,
    ack.root,
    unack.root,
  ]);
  const showFresh = pulse(root);
  let said = '';
  return {
    root,
    show(card, extra) {
      setAttribute(root, 'data-alert', card.id);
      setAttribute(root, 'data-look', card.look);
      setAttribute(root, 'data-open', String(card.open));
      showFresh(card.fresh);
      setAttribute(root, 'title', card.reason);
      if (said !== card.look + card.badge) state.replaceChildren(badge(card.look, card.badge));
      said = card.look + card.badge;
      setText(key, card.key);
      setText(title, card.title);
      setText(value, card.value);
      setText(more, extra);
      setText(duration, card.duration);
      setText(note, card.note);
      const name = `${card.title} ${card.key}`;
      ack.show(card.canAck, fill(texts.ackOf, { title: name }));
      unack.show(card.canUnack, fill(texts.unackOf, { title: name }));
    },
  };
}
