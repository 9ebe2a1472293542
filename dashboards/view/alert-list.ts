/** The list of alerts on the screen. Cards are kept by alert, so that focus and the one pulse survive each redraw. */
import type { AlertBoard, AlertCard } from '../model/alert-model.ts';
import { element, setAttribute, setShown, setText, sign } from './element.ts';
import type { AckOutcome } from '../line/gateway-client.ts';
import { fill, TEXTS, type Language } from '../model/strings.ts';

export interface AlertListOptions {
  readonly lang: Language;
  /** null: nobody acknowledges here. */
  /** Where an alert's own page is, or that of all; null: nobody stands before this screen. */
  readonly hrefOf: ((alert: string | null) => string) | null;
  readonly decide: Readonly<Record<'ack' | 'unack', (alert: string) => Promise<AckOutcome>>> | null;
}
export interface AlertList {
  readonly root: HTMLElement;
  show(board: AlertBoard): void;
}
interface Card {
  readonly root: HTMLElement;
  show(model: AlertCard): void;
}

export function alertList(options: AlertListOptions): AlertList {
  const texts = TEXTS[options.lang];
  const count = element('span', 'alerts-count');
  const all = element('span', '');
  setText(all, texts.alerts);
  const heading = element('h2', 'alerts-title', [inLink([all], options.hrefOf === null ? null : options.hrefOf(null))]);
  const none = element('p', 'alerts-none');
  const more = element('p', 'alerts-more');
  const open = element('div', 'alerts-open', [], { 'aria-live': 'polite', 'aria-relevant': 'additions' });
  const resolvedTitle = element('h3', 'resolved-title');
  setText(resolvedTitle, texts.recentlyResolved);
  const resolved = element('div', 'alerts-resolved');
  const root = element('aside', 'alerts', [
    element('header', 'alerts-head', [heading, count]),
    element('div', 'alerts-body', [none, open, more, resolvedTitle, resolved]),
  ]);
  const cards = new Map<string, Card>();
  const place = (parent: HTMLElement, models: readonly AlertCard[]): void => {
    models.forEach((model, index) => {
      let card = cards.get(model.id);
      if (card === undefined) cards.set(model.id, (card = alertCard(options, model.id)));
      card.show(model);
      const there = parent.children.item(index);
      if (there !== card.root) parent.insertBefore(card.root, there);
    });
  };

  return {
    root,
    show(board) {
      const shown = new Set([...board.open, ...board.resolved].map(({ id }) => id));
      for (const [id, card] of cards) {
        if (shown.has(id)) continue;
        card.root.remove();
        cards.delete(id);
      }
      place(open, board.open);
      place(resolved, board.resolved);
      setText(count, board.open.length === 0 ? '' : fill(texts.alertsOpen, { n: board.openCount }));
      setText(none, board.isKnown ? texts.noAlerts : texts.alertsUnknown);
      setShown(none, board.open.length === 0);
      setText(more, board.unlisted === 0 ? '' : fill(texts.moreAlerts, { n: board.unlisted }));
      setShown(more, board.unlisted > 0);
      setShown(resolvedTitle, board.resolved.length > 0);
      setAttribute(root, 'data-open', String(board.open.length > 0));
    },
  };
}

function inLink(children: readonly Node[], href: string | null): HTMLElement {
  return href === null ? element('span', '', children) : element('a', 'open', children, { href });
}

function alertCard({ lang, decide, hrefOf }: AlertListOptions, id: string): Card {
  const texts = TEXTS[lang];
  const icon = sign();
  const word = element('span', 'badge-word');
  const duration = element('span', 'alert-duration');
  const title = element('span', 'alert-kpi');
  const key = element('span', 'alert-key');
  const value = element('span', 'alert-value');
  const threshold = element('span', 'alert-threshold');
  const cause = element('p', 'alert-cause');
  const quote = element('blockquote', 'alert-quote');
  const note = element('span', 'alert-note');
  const ack = decisionButton('ack', texts.ack, texts.ackFailed, decide === null ? null : () => decide.ack(id));
  const unack = decisionButton(
    'unack',
    texts.unack,
    texts.unackFailed,
    decide === null ? null : () => decide.unack(id),
  );
  const root = element('article', 'alert', [
    element('header', 'alert-head', [element('div', 'badge', [icon.root, word]), duration]),
    element('h3', 'alert-title', [inLink([title, new Text(' '), key], hrefOf === null ? null : hrefOf(id))]),
    element('p', 'alert-values', [value, threshold]),
    cause,
    quote,
    element('footer', 'alert-foot', [note, ack.root, unack.root]),
  ]);
  return {
    root,
    show(model) {
      setAttribute(root, 'data-alert', model.id);
      setAttribute(root, 'data-tone', model.tone);
      setAttribute(root, 'data-open', String(model.open));
      setAttribute(root, 'data-pulse', String(model.fresh));
      setAttribute(root, 'data-linked', String(model.linked));
      setAttribute(root, 'title', model.reason);
      icon.show(model.tone);
      setText(word, model.badge);
      setText(duration, model.duration);
      setText(title, model.title);
      setText(key, model.key);
      setText(value, model.value);
      setText(threshold, model.threshold);
      setText(cause, model.cause);
      setShown(cause, model.open && model.cause !== '');
      setText(quote, model.quote);
      setShown(quote, model.open && model.quote !== '');
      setText(note, model.note);
      const name = `${model.title} ${model.key}`;
      ack.show(model.canAck, fill(texts.ackOf, { title: name }));
      unack.show(model.canUnack, fill(texts.unackOf, { title: name }));
    },
  };
}

interface DecisionButton {
  readonly root: HTMLElement;
  show(isWanted: boolean, label: string): void;
}

/** `press`: null where nobody decides. */
function decisionButton(
  name: string,
  text: string,
  failed: string,
  press: (() => Promise<AckOutcome>) | null,
): DecisionButton {
  const root = element('button', `button ${name}`, [], { type: 'button' });
  // A role that may decide may still lack the scope for this alert.
  let mayPress = press !== null;
  let isWanted = false;
  const onPress = async (): Promise<void> => {
    root.disabled = true;
    const outcome = (await press?.()) ?? 'forbidden';
    root.disabled = outcome === 'done';
    if (outcome === 'failed') setText(root, failed);
    if (outcome === 'forbidden') mayPress = false;
    setShown(root, isWanted && mayPress);
  };
  root.addEventListener('click', () => void onPress());
  setText(root, text);
  return {
    root,
    show(wanted, label) {
      // It comes back after somebody has decided the other way: as it was at first.
      if (wanted && !isWanted) {
        root.disabled = false;
        setText(root, text);
      }
      isWanted = wanted;
      setShown(root, wanted && mayPress);
      setAttribute(root, 'aria-label', label);
    },
  };
}
