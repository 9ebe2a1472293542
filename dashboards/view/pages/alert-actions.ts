/** What may be done about an alert: acknowledge with name and comment, take that back, silence it or its rule for a while. */
import type { AlertMessage } from '../../../engine/core/wire.ts';
import type { AckOutcome } from '../../line/gateway-client.ts';
import type { PageClient } from '../../line/page-client.ts';
import { formatClock, formatInstant } from '../../model/format.ts';
import { keyText, type WordsView } from '../../model/pages/alert-words.ts';
import { PAGE_TEXTS } from '../../model/pages/page-strings.ts';
import { fill } from '../../model/strings.ts';
import { element, setText } from '../element.ts';
import { button, card, field, icon, select, text } from './parts.ts';

export interface ActionContext {
  readonly view: WordsView;
  readonly client: PageClient;
  readonly rights: { readonly mayAck: boolean; readonly maySilence: boolean };
  readonly onDone: () => void;
}

const HOURS = [1, 2, 4, 8, 24];
const HOUR_MS = 3_600_000;
const MAX_NAME = '60';
const MAX_NOTE = '1000';
const NAME_KEPT = 'earshot.name';

export function alertActions(message: AlertMessage, context: ActionContext): HTMLElement {
  const { mayAck, maySilence } = context.rights;
  const cards: HTMLElement[] = [];
  if (mayAck) cards.push(message.acked === null ? ackForm(message, context) : ackedCard(message, context));
  if (maySilence && !message.silenced) cards.push(silenceForm(message, context));
  return element('div', 'col', cards);
}

/** The heading of the page leads here. */
function named(id: string, node: HTMLElement): HTMLElement {
  node.id = id;
  return node;
}

/** Says how it went, where one looks; what was done shows by itself once the engine has taken it. */
function outcome(context: ActionContext): { readonly root: HTMLElement; of(asked: Promise<AckOutcome>): void } {
  const texts = PAGE_TEXTS[context.view.lang];
  const root = element('p', 'sec', [], { role: 'status', tabindex: '-1' });
  return {
    root,
    of(asked) {
      void asked.then((result) => {
        setText(root, { done: texts.ackDone, forbidden: texts.forbidden, failed: texts.failed }[result]);
        root.className = result === 'done' ? 'sec' : 'wn';
        root.focus();
        if (result === 'done') context.onDone();
      });
    },
  };
}

function form(send: () => void, parts: readonly HTMLElement[]): HTMLFormElement {
  const node = element('form', 'fm', parts);
  node.addEventListener('submit', (event) => {
    event.preventDefault();
    send();
  });
  return node;
}
function submit(label: string, className: string, name: 'ack' | 'mute'): HTMLButtonElement {
  const node = button(label, () => undefined, className, name);
  node.type = 'submit';
  return node;
}

/** The name that was given last on this screen. */
function nameField(): HTMLInputElement {
  const input = element('input', '', [], { maxlength: MAX_NAME, autocomplete: 'name' });
  input.value = localStorage.getItem(NAME_KEPT) ?? ''; // nobody yet
  input.addEventListener('change', () => localStorage.setItem(NAME_KEPT, input.value));
  return input;
}

function ackForm({ alert }: AlertMessage, context: ActionContext): HTMLElement {
  const texts = PAGE_TEXTS[context.view.lang];
  const name = nameField();
  const note = element('textarea', '', [], { rows: '2', maxlength: MAX_NOTE });
  const said = outcome(context);
  const send = (): void => said.of(context.client.ack(alert, name.value, note.value));
  const parts = [field(texts.ackWho, name), field(texts.ackNote, note), submit(texts.ackDo, 'pri', 'ack'), said.root];
  return named('ack', card(texts.ack, '', [form(send, parts)], 'do'));
}

function ackedCard({ alert, acked }: AlertMessage, context: ActionContext): HTMLElement {
  const { view, client } = context;
  const texts = PAGE_TEXTS[view.lang];
  const said = outcome(context);
  const at = acked === null ? '' : formatInstant(Date.parse(acked.at), view.now, view.zone, view.lang);
  const by = element('p', 'who', [icon('ack'), text('span', fill(texts.unackHint, { by: acked?.by ?? '', time: at }))]); // shown only where somebody has
  const words = acked?.note === undefined ? [] : [text('blockquote', acked.note, 'q')];
  const back = button(texts.unack, () => said.of(client.unack(alert)));
  return card(texts.ack, '', [by, ...words, back, said.root], 'do');
}

/** @param isOfGroup it stands at all of a rule's alerts: the whole rule is meant, unless somebody says otherwise */
export function silenceForm(message: AlertMessage, context: ActionContext, isOfGroup = false): HTMLElement {
  const { view, client } = context;
  const texts = PAGE_TEXTS[view.lang];
  let [isWhole, hours] = [isOfGroup, 1];
  const scopes = [
    { value: 'one', label: fill(texts.silenceThis, { key: keyText(message.key, view.lang) }) },
    { value: 'rule', label: texts.silenceWholeRule },
  ];
  const scope = select(texts.silenceScope, scopes, isOfGroup ? 'rule' : 'one', (value) => (isWhole = value === 'rule'));
  const ends = HOURS.map((n) => ({
    value: String(n),
    label: fill(texts.silenceHours, { n, time: formatClock(view.now + n * HOUR_MS, view.zone).slice(0, 5) }),
  }));
  const until = select(texts.silenceEnds, ends, '1', (value) => (hours = Number(value)));
  const name = nameField();
  const why = element('input', '', [], { required: '', maxlength: MAX_NOTE });
  const said = outcome(context);
  const opened = Date.now();
  const send = (): void => {
    const { rule, key } = message;
    const match = isWhole || Object.keys(key).length === 0 ? { rule } : { rule, key };
    // The screen's clock may be off: it says how long ago the page was drawn, the server's what time it was then.
    const now = view.now + (Date.now() - opened);
    said.of(client.silence(match, now + hours * HOUR_MS, name.value, why.value));
  };
  const two = element('div', 'two', [field(texts.silenceEnds, until), field(texts.ackWho, name)]);
  const parts = [
    field(texts.silenceScope, scope),
    two,
    field(texts.silenceWhy, why),
    submit(texts.silenceDo, '', 'mute'),
    said.root,
  ];
  return named('silence', card(texts.silence, '', [form(send, parts)], 'do'));
}
