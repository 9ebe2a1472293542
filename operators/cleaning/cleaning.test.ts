import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../engine/core/types.ts';
import {
  END_OF_TIME,
  observe,
  verifyOperator,
  type Observed,
  type Step,
} from '../../engine/testing/verify-operator.ts';
import type { CxEnvelope, CxEvent } from '../shared/messages.ts';
import { unscored } from '../events/event.ts';
import { cleaning } from './cleaning.ts';
import type { CleaningConfig } from './cleaning-config.ts';
import { USUALLY_LEFT_OUT } from './marks.ts';

const MINUTE = 60_000;
const CONFIG: CleaningConfig = {
  leaveOut: USUALLY_LEFT_OUT,
  boilerplate: [],
  leastPerAnswerMs: 1000,
  nearDuplicates: { windowMs: 60 * MINUTE, leastWords: 8, maxTexts: 100 },
  flood: { most: 5, withinMs: MINUTE, maxSenders: 100 },
};
const LATE = '等了两个小时还没送到，客服也不接电话，太慢了';
const COLD = '饭菜都凉了，汤也洒了一半，包装真的很差劲啊';

function said(at: number, customer: string | null, text: string | null, quality: JsonObject = {}): Step<CxEvent> {
  const type = text === null ? 'cx.survey.answered' : 'cx.feedback.posted';
  const own = customer === null ? {} : { customer: { id: customer } };
  const value: CxEvent = {
    ...{ source: '/app', eventId: `e${at}`, type, family: 'feedback', channel: 'app', subjectKey: 'k', attributes: {} },
    data: { ...own, ...(text === null ? { score: 5 } : { text }) },
    ...{ time: at, received: at, enrichment: unscored('zh', quality) },
  };
  return { event: { id: `${customer ?? ''}@${at}`, key: customer ?? '-', ts: at, value } };
}
const marksOf = (output: readonly Observed[]): readonly JsonObject[] =>
  output.flatMap((one) => ('emit' in one ? [(one.emit as CxEnvelope).value.enrichment.quality] : []));
const marksIn = (script: readonly Step<CxEvent>[], config = CONFIG): readonly JsonObject[] =>
  marksOf(observe(cleaning(config), script));
const OWN = { near_duplicate: true, left_out: ['near_duplicate'] };

describe('near duplicates', () => {
  it('of one customer are left out from the second on, of another one only marked', () => {
    expect(
      marksIn([
        said(0, 'ann', LATE),
        said(1000, 'ann', `${LATE}！！`),
        said(2000, 'bob', LATE.replace('客服', '商家')),
        said(3000, 'bob', COLD),
        said(4000, null, COLD),
      ]),
    ).toEqual([{}, OWN, { copied: true }, {}, { copied: true }]);
  });

  it('are near in time: one a window and a millisecond later is a new one, however it comes', () => {
    const window = CONFIG.nearDuplicates.windowMs;
    expect(marksIn([said(0, 'ann', LATE), said(window, 'ann', LATE)])).toEqual([{}, OWN]);
    expect(marksIn([said(0, 'ann', LATE), said(window + 1, 'ann', LATE)])).toEqual([{}, {}]);
    expect(marksIn([said(window, 'ann', LATE), said(0, 'ann', LATE)])).toEqual([{}, OWN]);
  });

  it('are texts that say enough to be no coincidence', () => {
    expect(marksIn([said(0, 'ann', '太慢了，差评'), said(1000, 'ann', '太慢了，差评')])).toEqual([{}, {}]);
    expect(marksIn([said(0, 'ann', '送餐真的是太慢了'), said(1000, 'bob', '送餐真的是太慢了')])).toEqual([{}, {}]);
    expect(marksIn([said(0, 'ann', '送餐真的是太慢了'), said(1000, 'ann', '送餐真的是太慢了')])).toEqual([{}, OWN]);
  });

  it('are none where the configuration says so, and of what it leaves out nothing else', () => {
    const script = [said(0, 'ann', LATE), said(1000, 'ann', LATE)];
    const off = { ...CONFIG, nearDuplicates: { ...CONFIG.nearDuplicates, windowMs: 0 } };
    expect(marksIn(script, off)).toEqual([{}, {}]);
    expect(marksIn(script, { ...CONFIG, leaveOut: [] })).toEqual([{}, { near_duplicate: true }]);
    expect(marksIn([said(0, null, 'x', { garbled: true, masked: 2 })])).toEqual([
      { garbled: true, masked: 2, left_out: ['garbled'] },
    ]);
  });
});

describe('floods', () => {
  const burst = (from: number, count: number, step: number, customer = 'bot'): Step<CxEvent>[] =>
    Array.from({ length: count }, (_, i) => said(from + i * step, customer, null));
  const isFlood = (script: readonly Step<CxEvent>[]): readonly boolean[] =>
    marksIn(script).map((marks) => marks['flood'] === true);

  it('begin after as many as people write within the time, and last until the sender is calm', () => {
    const marks = isFlood([...burst(0, 8, 100), ...burst(90_000, 1, 1), ...burst(180_000, 2, 1000)]);
    expect(marks).toEqual([false, false, false, false, false, true, true, true, false, false, false]);
  });

  it('are of one sender: what many send at once is none', () => {
    expect(isFlood(Array.from({ length: 50 }, (_, i) => said(i, `c${i}`, null)))).not.toContain(true);
  });

  it('go on being marked however long they last', () => {
    expect(isFlood(burst(0, 600, 1000)).slice(6)).not.toContain(false);
  });

  it('are none at the pace of people', () => {
    expect(isFlood(burst(0, 100, 12_000))).not.toContain(true);
  });
});

it('gives the same marks in every mode, and holds nothing at the end of time', () => {
  const script: Step<CxEvent>[] = [
    said(0, 'ann', LATE),
    said(500, 'bob', LATE),
    { watermark: 400 },
    said(1000, 'ann', LATE, { masked: 1 }),
    ...Array.from({ length: 7 }, (_, i) => said(2000 + i, 'bot', null)),
    { watermark: 30 * MINUTE },
    said(30 * MINUTE + 5, 'ann', COLD),
    { watermark: 70 * MINUTE },
    said(70 * MINUTE, 'ann', LATE),
  ];
  const expected = observe(cleaning(CONFIG), [...script, { watermark: END_OF_TIME }]);
  expect(marksOf(expected)).toEqual([
    {},
    { copied: true },
    { masked: 1, ...OWN },
    ...[{}, {}, {}, {}, {}],
    ...[1, 2].map(() => ({ flood: true, left_out: ['flood'] })),
    {},
    {},
  ]);
  verifyOperator({
    def: cleaning(CONFIG),
    script,
    expected,
    counts: {
      'events_marked.copied': 1,
      'events_marked.near_duplicate': 1,
      'events_marked.flood': 2,
      events_left_out: 3,
    },
    twin: { none: 'texts of all keys are compared' },
  });
});

it('gives the same marks in every mode whatever comes, also where it must forget (property)', () => {
  const config: CleaningConfig = {
    ...CONFIG,
    nearDuplicates: { windowMs: 5000, leastWords: 8, maxTexts: 3 },
    flood: { most: 3, withinMs: 1000, maxSenders: 2 },
  };
  const step = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        ts: fc.integer({ min: 0, max: 9000 }),
        who: fc.constantFrom('a', 'b', 'c', null),
        text: fc.constantFrom(LATE, COLD, `${LATE}呀`, null),
      }),
    },
    { weight: 1, arbitrary: fc.record({ by: fc.integer({ min: 1, max: 4000 }) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let watermark = 0;
      const script = steps.map((one): Step<CxEvent> =>
        'by' in one ? { watermark: (watermark += one.by) } : said(one.ts, one.who, one.text),
      );
      verifyOperator({
        def: cleaning(config),
        script,
        expected: observe(cleaning(config), [...script, { watermark: END_OF_TIME }]),
        twin: { none: 'texts of all keys are compared' },
      });
    }),
    { numRuns: 300 },
  );
});
