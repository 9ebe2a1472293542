/** The alert that takes the wall: sentence before number, number before chart; in their words, who has it, what next. */
import type { IncidentModel } from '../../model/overview/incident.ts';
import { PAGE_TEXTS } from '../../model/pages/page-strings.ts';
import { fill, TEXTS, type Language } from '../../model/strings.ts';
import { element, setAttribute, setSaid, setShown, setText } from '../element.ts';
import { fit, widthKey } from '../fit.ts';
import { keyedList } from '../pages/keyed-list.ts';
import { badge, icon, link, text } from '../pages/parts.ts';
import { pulse } from '../pulse.ts';
import { onResize } from '../resized.ts';
import { courseElement } from './course-element.ts';
import { decisionButton, type Decide } from './decision-button.ts';

/** Of 80 px. */
const LEAST_SENTENCE = 0.7;

export interface IncidentPanel {
  readonly root: HTMLElement;
  /** null: none is open. */
  show(model: IncidentModel | null): void;
}
export interface PanelOptions {
  readonly lang: Language;
  readonly decide: Decide;
  /** Where an alert's own page is; null: nobody stands before this screen. */
  readonly hrefOf: ((alert: string) => string) | null;
}

function panelParts(lang: Language) {
  const texts = TEXTS[lang];
  const state = element('span', 'ih-state');
  const age = element('b', 'alert-duration');
  const since = element('span', 'ih-since');
  const measure = element('span', 'ih-title');
  const also = element('span', 'also');
  const subject = element('span', 'alert-key');
  const kpi = element('span', 'alert-kpi');
  const value = element('em', 'alert-value');
  const sentence = element('h2', 'alert-title', [subject, kpi, new Text(' '), value]);
  const part = element('span', 'alert-part');
  const facts = element('span', 'alert-facts');
  const course = courseElement();
  const causes = element('ul', 'why');
  const quotesTitle = element('h3', 'k');
  const quotes = element('div', 'quotes');
  const causesTitle = text('h3', texts.causesWhy, 'k');
  const [owner, who] = [element('b', 'alert-owner'), element('span', 'alert-note')];
  const [runbook, notified] = [element('span', 'alert-runbook'), element('span', 'alert-notified')];
  return {
    state,
    age,
    since,
    measure,
    also,
    subject,
    kpi,
    value,
    sentence,
    part,
    facts,
    course,
    causes,
    causesTitle,
    quotesTitle,
    quotes,
    owner,
    who,
    runbook,
    notified,
  };
}
type PanelParts = ReturnType<typeof panelParts>;

export function incidentPanel(options: PanelOptions): IncidentPanel {
  const root = element('div', 'incident', [], { 'aria-live': 'polite' });
  let panel: { readonly id: string; show(model: IncidentModel): void } | null = null;
  setShown(root, false);
  return {
    root,
    show(model) {
      setShown(root, model !== null);
      if (model === null) {
        panel = null;
        root.replaceChildren();
        return;
      }
      // Of another alert: its buttons begin as they were.
      if (panel?.id !== model.id) {
        const made = panelOf(options, model.id);
        panel = made;
        root.replaceChildren(made.root);
      }
      panel.show(model);
    },
  };
}

function panelOf({ lang, decide, hrefOf }: PanelOptions, id: string) {
  const texts = TEXTS[lang];
  const parts = panelParts(lang);
  const why = element('section', 'il-why', [parts.causesTitle, parts.causes]);
  const own = element('div', 'own', [
    icon('person'),
    element('div', '', [parts.owner, new Text(' '), parts.who]),
    ...[icon('next'), element('div', '', [parts.runbook])],
    ...[icon('clock'), element('div', '', [parts.notified])],
  ]);
  const press = (what: 'ack' | 'unack') => (decide === null ? null : () => decide[what](id));
  const ack = decisionButton('ack', texts.ack, texts.ackFailed, press('ack'));
  const unack = decisionButton('unack', texts.unack, texts.unackFailed, press('unack'));
  const open = link(PAGE_TEXTS[lang].open, '', 'button open-alert');
  const act = element('div', 'act', [ack.root, unack.root, ...(hrefOf === null ? [] : [open])]);
  const head = element('header', 'ihead', [
    element('div', 'ih1', [
      parts.state,
      element('span', 'ih-when', [parts.since, new Text(' '), parts.age]),
      parts.measure,
      parts.also,
    ]),
    parts.sentence,
    element('p', 'alert-share', [parts.part, parts.facts]),
    act,
  ]);
  const left = element('div', 'il', [parts.course.root, why]);
  const right = element('div', 'ir', [element('section', 'voices', [parts.quotesTitle, parts.quotes]), own]);
  const root = element('section', 'inc alert', [head, left, right], { 'aria-label': texts.incidentName });
  const [showQuotes, showCauses] = [keyedList(parts.quotes), keyedList(parts.causes)];
  const fitSentence = sentenceFit(parts);
  const showFresh = pulse(root);
  onResize(root, () => () => fitSentence(true));
  return {
    ...{ id, root },
    show(model: IncidentModel) {
      for (const [name, said] of dataOf(model)) setAttribute(root, name, said);
      showFresh(model.fresh);
      if (hrefOf !== null) setAttribute(open, 'href', hrefOf(model.id));
      showSentence(parts, model);
      fitSentence(false);
      showCourse(parts, model);
      setShown(why, model.causes.length > 0);
      showCauses(
        model.causes.map((cause, i) => ({
          id: cause.name,
          says: `${i} ${cause.amount} ${cause.share}`,
          make: () => causeRow(cause, i),
        })),
      );
      setText(parts.quotesTitle, model.quotesTitle);
      showQuotes(
        model.quotes.map((quote, i) => ({
          id: `${i} ${quote}`,
          says: '',
          make: () => text('blockquote', quote, 'q alert-quote'),
        })),
      );
      showOwner(parts, own, model);
      const name = `${model.title} ${model.key}`;
      ack.show(model.canAck, fill(texts.ackOf, { title: name }));
      unack.show(model.canUnack, fill(texts.unackOf, { title: name }));
    },
  };
}

function dataOf(model: IncidentModel): readonly (readonly [string, string])[] {
  return [
    ['data-alert', model.id],
    ['data-look', model.look],
    ['data-open', 'true'],
    ['data-linked', String(model.linked)],
    ['title', model.reason],
  ];
}
/** One line as far as it is legible; else as many as it takes. */
function sentenceFit({ sentence }: PanelParts): (isResized: boolean) => void {
  let widths = '';
  return (isResized) => {
    const now = widthKey(sentence.textContent);
    if (now === widths && !isResized) return;
    widths = now;
    setAttribute(sentence, 'data-long', 'false');
    fit({ row: sentence, text: sentence, least: LEAST_SENTENCE });
    setAttribute(sentence, 'data-long', String(sentence.scrollWidth > sentence.clientWidth));
  };
}
function showSentence(parts: PanelParts, model: IncidentModel): void {
  const { state, since, age, measure, also, subject, kpi, value, part, facts } = parts;
  setSaid(state, model.look + model.badge, () => [badge(model.look, model.badge)]);
  setText(since, model.since);
  setText(age, model.age);
  setText(measure, model.title);
  setShown(measure, model.title !== model.measure);
  setText(also, model.also);
  setText(subject, model.subject);
  setText(kpi, model.measure);
  setText(value, model.value);
  setText(part, model.part);
  setText(facts, model.facts);
}
function showCourse({ course }: PanelParts, { course: shown }: IncidentModel): void {
  setShown(course.root, shown !== null);
  if (shown === null) return;
  const { shape, lines, axis, began, label } = shown;
  course.show({
    ...{ shape, marks: lines, label, began: { at: began, text: axis.began } },
    axis: { ...axis, end: '' },
  });
}
function showOwner({ owner, who, runbook, notified }: PanelParts, own: HTMLElement, model: IncidentModel): void {
  setText(owner, model.owner);
  setText(who, model.who);
  setAttribute(who, 'data-taken', String(model.isTaken));
  if (runbook.textContent !== model.runbook) {
    const isLink = /^https?:/.test(model.runbook);
    runbook.replaceChildren(isLink ? outside(model.runbook) : new Text(model.runbook));
  }
  setText(notified, model.notified);
  setAttribute(own, 'data-runbook', String(model.runbook !== ''));
  setAttribute(own, 'data-notified', String(model.notified !== ''));
}
function outside(href: string): HTMLElement {
  const node = link(href, href, 'lk');
  node.target = '_blank';
  node.rel = 'noopener noreferrer';
  return node;
}
function causeRow({ name, share, amount }: IncidentModel['causes'][number], i: number): HTMLElement {
  const bar = element('i', '');
  bar.style.width = `${Math.round(share * 100)}%`;
  return element('li', i === 0 ? 'top1' : '', [
    text('span', name, 'cn'),
    element('span', 'cb', [bar], { 'aria-hidden': 'true' }),
    text('b', amount),
  ]);
}
