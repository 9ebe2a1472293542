/** Keys that wait, for a late event or the end of their window, cost nothing while time goes on with others. */
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../../engine/adapters/expressions/cel.ts';
import type { Millis } from '../../../engine/core/types.ts';
import { onceCalendarOf } from '../../windows/zone-days.ts';
import type { KpiConfig } from '../kpis-config.ts';
import { SharedRead } from '../slices/shared-read.ts';
import type { KeyEntry } from './key-entry.ts';
import { layoutOf } from '../layout.ts';
import { specimenEvent, specimenKpi } from '../testing/specimens.ts';

const IDLE = 1000;
const out = {
  emit: () => undefined,
  send: () => undefined,
  forward: () => undefined,
  show: () => undefined,
  urgent: () => undefined,
  count: () => undefined,
};

/** The windows of one KPI: adds events, goes on in time as the operator does, and counts how often an idle key is looked at. */
function windows(kpi: Pick<KpiConfig, 'window'> & Partial<KpiConfig>): {
  readonly add: (ts: Millis, store: string) => void;
  readonly goOn: (watermark: Millis) => void;
  readonly watch: () => void;
  readonly looks: () => number;
} {
  const [plan] = layoutOf([specimenKpi({ ...kpi, by: [['store']] })], 'UTC');
  if (plan === undefined) throw new Error('no plan');
  const options = {
    calendar: onceCalendarOf('UTC'),
    compile: compileExpression,
    samplesFor: new Set<string>(),
    liveFor: new Set<string>(),
  };
  const read = new SharedRead(plan, options, { nextSerial: 0, folded: 0 });
  let looks = 0;
  let now: Millis = 0;
  const watched = (entries: KeyEntry[]): KeyEntry[] =>
    new Proxy(entries, {
      get(target, name, receiver) {
        if (typeof name === 'string' && /^\d+$/.test(name)) looks += 1;
        return Reflect.get(target, name, receiver) as unknown;
      },
    });
  return {
    add(ts, store) {
      const event = specimenEvent(ts, { store });
      read.matches(event.value);
      read.add(event, now, out);
    },
    goOn(watermark) {
      now = watermark;
      for (const table of read.tables) {
        for (const view of table.views) while (view.next <= watermark) view.fire(watermark, out);
        table.expire(watermark);
      }
    },
    watch() {
      for (const { table } of read.tables) {
        for (const bucket of table.buckets.values())
          if (bucket.entries.length >= IDLE)
            Object.defineProperty(bucket, 'entries', { value: watched(bucket.entries) });
      }
    },
    looks: () => looks,
  };
}

describe('while time goes on with one live key, idle keys are not looked at', () => {
  it.each<[string, Pick<KpiConfig, 'window'> & Partial<KpiConfig>, Millis]>([
    [
      'kept for late events, after their window',
      { window: { kind: 'tumbling', sizeMs: 1000 }, allowedLatenessMs: 86_400_000 },
      1500,
    ],
    [
      'kept for late events, after they slid out',
      { window: { kind: 'sliding', sizeMs: 2000, slideMs: 1000 }, allowedLatenessMs: 86_400_000 },
      4000,
    ],
    ['in a window that is far from its end', { window: { kind: 'tumbling', sizeMs: 86_400_000 } }, 1500],
  ])('%s', (_, kpi, from) => {
    const { add, goOn, watch, looks } = windows(kpi);
    for (let i = 0; i < IDLE; i++) add(500, `idle-${i}`);
    for (let ts = 1000; ts < from; ts += 500) {
      add(ts, 'live');
      goOn(ts);
    }
    watch();
    for (let ts = from; ts < from + 100_000; ts += 500) {
      add(ts, 'live');
      goOn(ts);
    }
    expect(looks()).toBe(0);
    // And once when they go: what is watched is what would be looked at.
    goOn(3 * 86_400_000);
    expect(looks()).toBeGreaterThanOrEqual(IDLE);
  });
});
