/**
 * What cleaning costs the main thread for a text of 300 characters: what an event shows by itself (quality), and what needs those
 * before it (near duplicates, floods). `--against=<quality.ts built>`: another build's `qualityOf`, in turn with this one.
 */
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../engine/adapters/process/package-root.ts';
import { loadTexts } from '../engine/app/demo/texts.ts';
import type { Collector, JsonObject } from '../engine/core/types.ts';
import { cleaning } from '../operators/cleaning/cleaning.ts';
import { USUALLY_LEFT_OUT } from '../operators/cleaning/marks.ts';
import { unscored } from '../operators/events/event.ts';
import { qualityOf } from '../operators/events/quality/quality.ts';
import { RandomYields } from '../engine/testing/random-yields.ts';
import type { CxEnvelope, CxEvent } from '../operators/shared/messages.ts';
import { record, type Row } from './record.ts';

const LENGTH = 300;
const DIFFERENT = 20_000;
const isSmoke = process.argv.includes('--smoke');
const [ROUNDS, EACH] = isSmoke ? [3, 2_000] : [15, 20_000];

const { reviews, questions } = loadTexts(packageRoot());
/** Texts that hardly resemble each other, as those of different customers do. */
const filled = (texts: readonly string[]): readonly string[] => {
  const yields = new RandomYields(1);
  return Array.from({ length: DIFFERENT }, () => {
    let text = '';
    while (text.length < LENGTH) {
      const from = texts[yields.below(texts.length)] as string;
      const start = yields.below(Math.max(1, from.length - 30));
      text += `${from.slice(start, start + 30)} `;
    }
    return text.slice(0, LENGTH);
  });
};
const SETS = {
  Chinese: filled(reviews.map(({ text }) => text)),
  English: filled(questions.map(({ text }) => text)),
} as const;

type Quality = (data: JsonObject, text: string | null) => unknown;
const against = process.argv.find((argument) => argument.startsWith('--against='))?.slice('--against='.length);
const other =
  against === undefined
    ? null
    : ((await import(pathToFileURL(against).href)) as { readonly qualityOf: Quality }).qualityOf;

const nothing = (): undefined => undefined;
const nowhere: Collector<CxEvent> = {
  emit: nothing,
  send: nothing,
  forward: nothing,
  show: nothing,
  urgent: nothing,
  count: nothing,
};

function eventOf(text: string, number: number): CxEnvelope {
  const value: CxEvent = {
    ...{ source: '/bench', eventId: String(number), type: 'cx.feedback.posted', family: 'feedback', channel: 'app' },
    ...{ subjectKey: 'k', attributes: {}, data: { text, customer: { id: `c-${String(number % 20_000)}` } } },
    ...{ time: number * 10, received: number * 10, enrichment: unscored('zh', {}) },
  };
  return { id: String(number), key: 'k', ts: number * 10, value };
}

/** Processor time of one call, in ns: the median of rounds in turn. */
function measured(steps: Readonly<Record<string, (round: number) => void>>): Readonly<Record<string, number>> {
  const taken = Object.fromEntries(Object.keys(steps).map((name) => [name, [] as number[]]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, step] of Object.entries(steps)) {
      const before = process.cpuUsage();
      for (let i = 0; i < EACH; i++) step(round * EACH + i);
      const { user, system } = process.cpuUsage(before);
      // The first round warms up.
      if (round > 0) taken[name]?.push(((user + system) * 1000) / EACH);
    }
  }
  return Object.fromEntries(
    Object.entries(taken).map(([name, all]) => [
      name,
      Math.round(all.sort((a, b) => a - b)[all.length >> 1] as number),
    ]),
  );
}

const config = {
  ...{ leaveOut: USUALLY_LEFT_OUT, boilerplate: [], leastPerAnswerMs: 1000 },
  nearDuplicates: { windowMs: 3_600_000, leastWords: 8, maxTexts: 20_000 },
  flood: { most: 30, withinMs: 60_000, maxSenders: 100_000 },
};
const rows: Row[] = Object.entries(SETS).flatMap(([language, texts]) => {
  const operator = cleaning(config).create({ partition: 0 });
  const events = Array.from({ length: DIFFERENT }, (_, i) => eventOf(texts[i % texts.length] as string, i));
  const at = (i: number): string => texts[i % texts.length] as string;
  const taken = measured({
    ...(other === null ? null : { 'quality, the other build': (i: number) => void other({}, at(i)) }),
    quality: (i) => void qualityOf({}, at(i)),
    'near duplicates and floods': (i) => {
      const event = events[i % events.length] as CxEnvelope;
      operator.onEvent({ ...event, ts: i * 10 }, i * 10 - 2000, nowhere);
    },
  });
  return Object.entries(taken).map(([step, ns]) => ({ language, step, ns }));
});
record(
  isSmoke ? 'quality-cost-smoke' : 'quality-cost',
  `processor time a text of ${String(LENGTH)} characters costs to be cleaned; median of ${String(ROUNDS)} rounds of ${EACH.toLocaleString('en')} in turn`,
  rows,
);
