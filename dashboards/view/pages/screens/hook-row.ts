/** One destination of alerts: whether notices get through, how many, how fast; why not, and what to mend; a test for who may. */
import type { HookEntry, TestOutcome } from '../../../line/screens-client.ts';
import { formatCount, formatInstant } from '../../../model/format.ts';
import { SCREEN_TEXTS } from '../../../model/screens/screen-strings.ts';
import { fill, type Language } from '../../../model/strings.ts';
import { element, setShown, setText } from '../../element.ts';
import { badge, button, link, text, type IconName } from '../parts.ts';
import type { ShownRow } from './shown-rows.ts';

export interface HookView {
  readonly zone: string;
  readonly now: number;
}
export interface HookRowOptions {
  readonly lang: Language;
  /** null: this role may not. */
  readonly test: ((hook: string) => Promise<TestOutcome>) | null;
  /** Where it is written what to do. */
  readonly guide: string;
}

const BADGES = { ok: 'ok', failing: 'warn', standby: 'none' } as const satisfies Record<HookEntry['state'], IconName>;

export function hookRow(hook: HookEntry, { lang, test, guide }: HookRowOptions): ShownRow<HookEntry, HookView> {
  const texts = SCREEN_TEXTS[lang];
  const state = element('span', 'sc-state');
  const counts = element('dl', 'sc-counts');
  const why = element('div', 'sc-why');
  const said = element('p', 'sec sc-said', [], { role: 'status' });
  const press = async (): Promise<void> => {
    if (test === null) return;
    setText(said, texts.testing);
    const result = await test(hook.id);
    setText(said, outcomeText(result, lang));
    said.className = result.outcome === 'delivered' ? 'sec sc-said' : 'wn sc-said';
  };
  const does =
    test === null
      ? []
      : [
          named(
            button(texts.test, () => void press()),
            fill(texts.testLabel, { hook: hook.id }),
          ),
        ];
  const heading = element('h3', '', [text('span', hook.id), text('small', hook.kind)]);
  const what = element('div', 'sc-what', [heading, counts, why]);
  const act = element('div', 'sc-act', [...does, said]);
  let shown = '';
  return {
    root: element('div', 'sc-row', [state, what, act], { role: 'listitem' }),
    show(entry, { zone, now }) {
      const says = JSON.stringify(entry);
      if (says === shown) return;
      shown = says;
      state.replaceChildren(badge(BADGES[entry.state], texts.hookStates[entry.state]));
      counts.replaceChildren(...figures(entry, lang));
      const [last] = entry.failures;
      const reasons = [
        ...(entry.trouble === null ? [] : [fault(texts.trouble, entry.trouble, lang, '')]),
        ...(last === undefined
          ? []
          : [fault(texts.lastFailure, last, lang, formatInstant(Date.parse(last.at), now, zone, lang))]),
      ];
      why.replaceChildren(...reasons, ...(reasons.length === 0 ? [] : [link(texts.replay, guide, 'lk')]));
      setShown(why, reasons.length > 0);
    },
  };
}

function figures(
  { delivered, waiting, retried, given_up: givenUp, accepted }: HookEntry,
  lang: Language,
): HTMLElement[] {
  const texts = SCREEN_TEXTS[lang];
  const figure = (label: string, value: string, isGrave = false): HTMLElement =>
    element('div', isGrave ? 'wn' : '', [text('dt', label), text('dd', value)]);
  const times =
    accepted === null
      ? [element('div', '', [text('dt', texts.noTimes), element('dd', '')])]
      : [figure(texts.half, timeText(accepted.half_ms, lang)), figure(texts.most, timeText(accepted.most_ms, lang))];
  return [
    figure(texts.delivered, formatCount(delivered, lang)),
    figure(texts.waiting, formatCount(waiting, lang)),
    figure(texts.retried, formatCount(retried, lang)),
    figure(texts.givenUp, formatCount(givenUp, lang), givenUp > 0),
    ...times,
  ];
}

/** `68 ms`, `4.2 s` */
function timeText(ms: number, lang: Language): string {
  const { milliseconds, seconds } = SCREEN_TEXTS[lang];
  return ms < 1000 ? fill(milliseconds, { n: ms }) : fill(seconds, { n: (ms / 1000).toFixed(1) });
}

function fault(
  words: string,
  { reason, hint }: { readonly reason: string; readonly hint: string },
  lang: Language,
  time: string,
): HTMLElement {
  const mend = text('small', fill(SCREEN_TEXTS[lang].mend, { hint }));
  return element('p', 'wn', [text('span', fill(words, { reason, time })), ...(hint === '' ? [] : [mend])]);
}

function outcomeText(result: TestOutcome, lang: Language): string {
  const texts = SCREEN_TEXTS[lang];
  if (!('reason' in result)) return texts[result.outcome];
  return fill(texts.outcomes[result.outcome], { reason: result.reason });
}

function named<T extends HTMLElement>(node: T, label: string): T {
  node.setAttribute('aria-label', label);
  return node;
}
