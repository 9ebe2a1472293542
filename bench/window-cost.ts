/**
 * What a window's length costs, for each kind of measure: the same events, the same slide, and so the same number of values
 * that leave, over windows of 1 to 3,600 slides. Measured once the window is full, when slices leave as others come.
 */
import { fileURLToPath } from 'node:url';
import type { MeasureConfig } from '../operators/config.ts';
import { kpi } from './kpi-pack.ts';
import { play } from './kpi-play.ts';
import { record, type Row } from './record.ts';

const SLIDE_MS = 10;
const DENSITY = 100;
const KEYS = 100;
const RATIOS = [1, 60, 3600] as const;
const ROUNDS = 3;

const MEASURES: Readonly<Record<string, MeasureConfig>> = {
  nps: { kind: 'nps', value: 'data.score' },
  mean: { kind: 'mean', value: 'data.wait_s' },
  max: { kind: 'max', value: 'data.wait_s' },
  quantile: { kind: 'quantile', value: 'data.wait_s', q: 0.95 },
  'distinct, of 40 teams': { kind: 'distinct', value: 'data.team' },
  'distinct, of a million customers': { kind: 'distinct', value: 'data.customer' },
  'top 5, of 50 products': { kind: 'top', value: 'data.product', k: 5 },
};

function rows(count: number): readonly Row[] {
  const customers = Array.from({ length: 1 << 20 }, (_, i) => `customer-${i}`);
  return Object.entries(MEASURES).flatMap(([name, measure]) => {
    // In turn, and the best of each: what else the machine does hits all of them alike.
    const best = new Map<number, { readonly cpuRate: number; readonly rate: number; readonly outputs: number }>();
    for (let round = 0; round < ROUNDS; round++) {
      for (const ratio of RATIOS) {
        const { cpuRate, rate, outputs } = play({
          kpis: [
            kpi(
              'one',
              'cx.survey.answered',
              measure,
              ratio === 1
                ? { kind: 'tumbling', sizeMs: SLIDE_MS }
                : { kind: 'sliding', sizeMs: ratio * SLIDE_MS, slideMs: SLIDE_MS },
              [['store']],
            ),
          ],
          keys: KEYS,
          count,
          // Full, and the watermark's two seconds on top; the same for all.
          warmUp: (3600 * SLIDE_MS + 3000) * DENSITY,
          density: DENSITY,
          type: 'cx.survey.answered',
          ...(name.includes('customers')
            ? {
                each: (event, i) => {
                  (event.data as Record<string, string>)['customer'] = customers[Math.imul(i, 2654435761) >>> 12] ?? '';
                  return event;
                },
              }
            : null),
        });
        if (cpuRate > (best.get(ratio)?.cpuRate ?? 0)) best.set(ratio, { cpuRate, rate, outputs });
      }
    }
    const shortest = best.get(1)?.cpuRate ?? NaN;
    return [...best].map(([ratio, { cpuRate, rate, outputs }]) => ({
      measure: name,
      size_per_slide: ratio,
      events_per_s: rate,
      events_per_cpu_s: cpuRate,
      outputs,
      cost_against_1: Math.round((shortest / cpuRate) * 100) / 100,
    }));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const isSmoke = process.argv.includes('--smoke');
  const about = `cost of an event by length of window: slide ${SLIDE_MS} ms, ${KEYS} keys, ten events a key and slide, one value a key and slide; the best of ${ROUNDS} rounds by processor time, garbage collection included; 1 is a tumbling window`;
  record(isSmoke ? 'window-cost-smoke' : 'window-cost', about, rows(isSmoke ? 100_000 : 1_500_000));
}
