/** The funnel on the screen: a sentence, a column a step with its bar and the time before as a dashed line, cards below. */
import { at } from '../../../engine/core/must.ts';
import type { JourneyFunnel } from '../../line/funnel-form.ts';
import { formatCount } from '../../model/format.ts';
import { nameOfValue } from '../../model/dimension-names.ts';
import type { FunnelShown, StepShown } from '../../model/pages/funnel-model.ts';
import { PAGE_TEXTS } from '../../model/pages/page-strings.ts';
import { clockSpan, percentText } from '../../model/pages/span-words.ts';
import { fill, type Language } from '../../model/strings.ts';
import { element } from '../element.ts';
import { badge, icon, text } from './parts.ts';

export function stepName(id: string, lang: Language): string {
  return nameOfValue('step', id, lang);
}

/** `支付：66% 通过，此前 95%` */
export function funnelSentence({ worst, lost, hasUsual, steps }: FunnelShown, lang: Language): HTMLElement {
  const texts = PAGE_TEXTS[lang];
  if (worst === null) {
    const isEmpty = at(steps, 0).reached === 0;
    const words = isEmpty ? texts.funnelNobody : hasUsual ? texts.funnelSame : texts.funnelNoUsual;
    return element('p', 'jh', [badge(isEmpty || !hasUsual ? 'none' : 'ok', words)]);
  }
  const values = {
    step: stepName(worst.id, lang),
    now: percentText(worst.pass, lang),
    usual: percentText(worst.usualPass, lang),
  };
  return element('p', 'jh', [
    badge('warn', texts.funnelWorse),
    text('b', fill(texts.funnelSentence, values)),
    text('span', fill(texts.funnelLost, { n: formatCount(lost, lang) }), 's'),
  ]);
}

export function stepColumn(step: StepShown, i: number, lang: Language, hasUsual: boolean): HTMLElement {
  const texts = PAGE_TEXTS[lang];
  const bar = element('div', 'b');
  bar.style.setProperty('--share', `${Math.max(0.5, step.share).toFixed(1)}%`);
  const marks = [bar];
  if (step.usualShare !== null) {
    const usual = element('div', 'us');
    usual.style.setProperty('--share', `${step.usualShare.toFixed(1)}%`);
    marks.push(usual);
  }
  const facts: readonly (readonly [string, string, boolean])[] = [
    [texts.funnelDropped, formatCount(step.dropped, lang), false],
    ...(hasUsual ? [[texts.funnelUsual, percentText(step.usualPass, lang), false] as const] : []),
    [texts.funnelTime, step.timeS === null ? '–' : clockSpan(step.timeS * 1000), false],
    [texts.funnelStalls, formatCount(step.stalls, lang), step.stalls > 0 && step.isWorse],
  ];
  return element('section', step.isWorse ? 'sp bad' : 'sp', [
    text('h2', `${i + 1} ${stepName(step.id, lang)}`),
    element('div', 'pc', [text('span', step.pass === null ? '–' : step.pass.toFixed(0)), text('small', ' %')]),
    text('div', fill(i === 0 ? texts.funnelEntered : texts.funnelPassed, { n: formatCount(step.reached, lang) }), 'nn'),
    element('div', 'fv', marks, { 'aria-hidden': 'true' }),
    element(
      'dl',
      'df',
      facts.map(([name, value, isLoud]) =>
        element('div', isLoud ? 'wn' : '', [
          text('dt', name),
          element('dd', '', [...(isLoud ? [icon('warn')] : []), text('b', value)]),
        ]),
      ),
    ),
  ]);
}

export interface Share {
  readonly name: string;
  readonly value: string;
}
export function shareCard(title: string, rows: readonly Share[], empty: string): HTMLElement {
  const list = rows.map(({ name, value }) => element('li', '', [text('span', name), text('b', value)]));
  return element('section', 'card', [
    text('h3', title),
    rows.length === 0 ? text('p', empty, 'sec') : element('ul', '', list),
  ]);
}

export function breakRows({ break_points }: JourneyFunnel, lang: Language): readonly Share[] {
  return break_points
    .slice(0, 3)
    .map(({ step, share }) => ({ name: stepName(step, lang), value: percentText(share, lang) }));
}
