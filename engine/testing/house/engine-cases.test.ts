/**
 * The catalogue of cases that the engines before us are tested with (Flink, Kafka Streams, Beam, Hazelcast Jet, Bytewax,
 * Arroyo, eKuiper, RisingWave): where each one is a test here. A test that moves or is renamed takes its line along.
 *
 * Not applicable: of 14 the discarding mode (windows accumulate: its events are used so); of 16 a trigger of processing time
 * as a pane of its own (what fills is shown as a live value at that pace); of 31 results out of order (stages hand on in order).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../adapters/process/package-root.ts';

const KPIS = 'operators/kpis/window-cases.test.ts';
const WATERMARK = 'engine/core/watermark.test.ts';
const CRASH = 'engine/runtime/crash.test.ts';
const DRIVER = 'engine/runtime/driver.test.ts';

/** Number, file, and what the test's title (of several: the file's opening comment) says. */
const CASES: readonly (readonly [number, string, string])[] = [
  [1, KPIS, '1 testLateness'],
  [2, KPIS, '2 testSideOutputDueToLatenessTumbling'],
  [3, KPIS, '3 testSideOutputDueToLatenessSliding'],
  [4, KPIS, '4 testSideOutputDueToLatenessSessionZeroLateness'],
  [5, KPIS, '5 testNotSideOutputDueToLatenessSessionWithLateness'],
  [5, KPIS, '5 …WithHugeLateness'],
  [6, KPIS, '6 shouldSupportFinalResultsForTimeWindows'],
  [7, KPIS, '7 shouldSupportFinalResultsForSessionWindows'],
  [8, KPIS, '8 shouldLogAndMeterWhenSkippingExpiredWindowByGrace'],
  [9, WATERMARK, "'9: idle inputs'"],
  [10, WATERMARK, "'10: idle one by one'"],
  [11, WATERMARK, "'11: all idle flushes the highest'"],
  [12, WATERMARK, "'12: resumes unaligned'"],
  [13, WATERMARK, "'13: all active ones unaligned'"],
  [14, KPIS, '14 testDiscardingMode'],
  [15, KPIS, '15 testLateDataAccumulating'],
  [16, KPIS, '16 testProcessingTimeTrigger'],
  [17, WATERMARK, 'case 17: FLINK #25637'],
  [17, 'engine/core/chain.test.ts', 'goes back (case 17)'],
  [18, KPIS, '18 Bytewax #138'],
  [18, DRIVER, '(case 18)'],
  [19, KPIS, '19 a sparse key'],
  [19, DRIVER, '(case 19)'],
  [20, KPIS, '20 Hazelcast #20740'],
  [20, DRIVER, '(case 20)'],
  [21, 'engine/testing/end-to-end/bad-input.integration.test.ts', 'case 21: eKuiper #530'],
  [22, 'operators/windows/windows.test.ts', 'indivisible slides, offsets, negative times (case 22: Bytewax)'],
  [23, KPIS, '23 a session whose gap is exactly met'],
  [24, KPIS, '24 testNoEventTimeFiringForPurgedWindow'],
  [25, 'engine/testing/golden/golden.integration.test.ts', 'catalogue case 25'],
  [25, 'engine/testing/end-to-end/faults/recovery.integration.test.ts', 'catalogue case 25'],
  [26, 'engine/runtime/zombie.test.ts', 'catalogue case 26'],
  [26, 'engine/testing/end-to-end/faults/failover.integration.test.ts', 'catalogue cases 25 and 26'],
  [27, CRASH, '(case 27)'],
  [28, CRASH, '(case 28)'],
  [29, 'engine/testing/end-to-end/faults/broker-faults.integration.test.ts', 'catalogue case 29'],
  [30, KPIS, '30 changeWindowSize'],
  [30, DRIVER, '(case 30)'],
  [31, 'engine/runtime/stages.test.ts', '(case 31)'],
  [31, DRIVER, 'still in the stages (case 31)'],
  [31, 'engine/testing/end-to-end/faults/slow-consumers.integration.test.ts', 'catalogue case 31'],
  [32, 'operators/dedupe/dedupe.test.ts', '(case 32)'],
  [33, KPIS, '33 RisingWave #23270'],
  [34, 'operators/kpis/kpis.property.test.ts', 'case 34'],
];

describe('the catalogue', () => {
  it('has 34 cases, each of which is a test', () => {
    const numbers = new Set(CASES.map(([number]) => number));
    expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: 34 }, (_, i) => i + 1));
  });
  it.each(CASES)('case %d is in %s: %s', (_, file, title) => {
    const text = readFileSync(join(packageRoot(), file), 'utf8');
    expect(text).toContain(title);
    expect(text).not.toMatch(/\b(?:it|describe)\.(?:skip|todo)\b/);
  });
});
