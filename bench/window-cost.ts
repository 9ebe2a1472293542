/**
 * What a window's length costs, for each kind of measure: the same events, the same slide, and so the same number of values
 * that leave, over windows of 1, 60 and 3,600 slides of a second. Each length is a process of its own, whose compiled code and
 * heap are its own too; once their windows are full and slices go as others come, they take turns, so that whatever else
 * the machine does hits all alike. By processor time of all threads, garbage collection included.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { MeasureConfig } from '../operators/measures/measures.ts';
import type { CxEvent } from '../operators/shared/messages.ts';
import { kpi } from './shared/kpi-pack.ts';
import { player, type Stretch } from './shared/kpi-play.ts';
import { record, type Row } from './record.ts';

const SLIDE_MS = 1000;
const EVENTS_A_SLIDE = 1000;
const KEYS = 100;
const RATIOS = [1, 60, 3600] as const;
/** Full, and what is kept for late events, and the watermark's two seconds; the same for all. */
const WARM_UP = (3600 + 60 + 10) * EVENTS_A_SLIDE;
const ROUNDS = 9;

const MEASURES: Readonly<Record<string, MeasureConfig>> = {
  nps: { kind: 'nps', value: 'data.score' },
  mean: { kind: 'mean', value: 'data.wait_s' },
  max: { kind: 'max', value: 'data.wait_s' },
  quantile: { kind: 'quantile', value: 'data.wait_s', q: 0.95 },
  'distinct, of 40 teams': { kind: 'distinct', value: 'data.team' },
  'distinct, of a million customers': { kind: 'distinct', value: 'data.customer' },
  'top 5, of 50 products': { kind: 'top', value: 'data.product', k: 5 },
};

/** One length, in a process of its own: plays as many events as it is asked for, and reports what they cost. */
function serve(measure: MeasureConfig, ratio: number): void {
  const window = { sizeMs: ratio * SLIDE_MS, slideMs: SLIDE_MS };
  const { advance } = player({
    kpis: [
      kpi(
        'one',
        'cx.survey.answered',
        measure,
        ratio === 1 ? { kind: 'tumbling', sizeMs: window.sizeMs } : { kind: 'sliding', ...window },
        [['store']],
      ),
    ],
    keys: KEYS,
    density: EVENTS_A_SLIDE / SLIDE_MS,
    type: 'cx.survey.answered',
    ...(measure.kind === 'distinct' && measure.value === 'data.customer' ? { each: withCustomer() } : null),
  });
  process.on('message', (count: number) => process.send?.(advance(count)));
}
function withCustomer(): (event: CxEvent, i: number) => CxEvent {
  const customers = Array.from({ length: 1 << 20 }, (_, i) => `customer-${i}`);
  return (event, i) => {
    (event.data as Record<string, string>)['customer'] = customers[Math.imul(i, 2654435761) >>> 12] ?? '';
    return event;
  };
}

async function play(child: ChildProcess, count: number): Promise<Stretch> {
  const answer = once(child, 'message');
  child.send(count);
  const [stretch] = (await answer) as [Stretch];
  return stretch;
}

async function rows(name: string, count: number): Promise<readonly Row[]> {
  const file = fileURLToPath(import.meta.url);
  const children = RATIOS.map((ratio) => fork(file, ['--serve', name, String(ratio)]));
  try {
    await Promise.all(children.map((child) => play(child, WARM_UP)));
    const rounds: Stretch[][] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const stretches: Stretch[] = [];
      for (const child of children) stretches.push(await play(child, count));
      rounds.push(stretches);
    }
    return RATIOS.map((ratio, i) => {
      const own = rounds.map((round) => round[i]?.cpuUs ?? NaN);
      const shortest = rounds.map((round) => round[0]?.cpuUs ?? NaN);
      const quotients = own.map((us, round) => us / (shortest[round] ?? NaN)).sort((a, b) => a - b);
      return {
        measure: name,
        size_per_slide: ratio,
        cpu_ns_per_event: Math.round((sum(own) / count / ROUNDS) * 1000),
        outputs: sum(rounds.map((round) => round[i]?.outputs ?? NaN)),
        cost_against_1: hundredths(sum(own) / sum(shortest)),
        median_round: hundredths(quotients[ROUNDS >>> 1] ?? NaN),
        worst_round: hundredths(quotients.at(-1) ?? NaN),
      };
    });
  } finally {
    for (const child of children) child.kill();
  }
}
function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , flag, name = '', ratio] = process.argv;
  const measure = MEASURES[name];
  if (flag === '--serve' && measure !== undefined) serve(measure, Number(ratio));
  else {
    const isSmoke = process.argv.includes('--smoke');
    const count = isSmoke ? 100_000 : 1_000_000;
    const results: Row[] = [];
    const only = process.argv.find((word) => word.startsWith('--only='))?.slice(7) ?? '';
    const names = Object.keys(MEASURES).filter((one) => one.includes(only));
    for (const one of names) results.push(...(await rows(one, count)));
    record(
      isSmoke ? 'window-cost-smoke' : 'window-cost',
      `cost of an event by length of window: slide 1 s, ${KEYS} keys, ten events a key and slide, one value a key and slide, a minute of lateness, windows full; 1 is a tumbling window; ${ROUNDS} rounds of ${count.toLocaleString('en')} events each, the lengths in turn, by processor time with garbage collection: all rounds together, the median and the worst of them`,
      results,
    );
  }
}
