import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import type { AlertMessage } from '../../engine/core/wire.ts';
import { observe, type Step } from '../../engine/testing/verify-operator.ts';
import type { WindowConfig } from '../windows/window-config.ts';
import type { KpiValue } from '../shared/messages.ts';
import { KPI, kpiValue, RULE, step } from './testing/rules-examples.ts';
import { rulesOperator } from './rules.ts';
import { windowSteps } from './window-step.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const at = (text: string): number => Date.parse(text);

describe('the window after one', () => {
  it.each<[string, WindowConfig, string, string]>([
    ['a second later', { kind: 'tumbling', sizeMs: 1000 }, '2026-10-25T00:00:00Z', '2026-10-25T00:00:01Z'],
    [
      'of a day of 25 hours, an hour later than of others',
      { kind: 'tumbling', sizeMs: DAY },
      '2026-10-25T00:00:00+02:00',
      '2026-10-26T00:00:00+01:00',
    ],
    [
      'of one of 23, an hour earlier',
      { kind: 'sliding', sizeMs: 7 * DAY, slideMs: DAY },
      '2026-03-29T00:00:00+01:00',
      '2026-03-30T00:00:00+02:00',
    ],
    [
      'of a day to date: its last step is what is left of it',
      { kind: 'cumulative', period: 'day', everyMs: 6 * HOUR },
      '2026-03-29T19:00:00+02:00',
      '2026-03-30T00:00:00+02:00',
    ],
    ['of a session: a gap later', { kind: 'session', gapMs: 5000 }, '2026-10-25T00:00:01.5Z', '2026-10-25T00:00:06.5Z'],
  ])('%s', (_, window, end, next) => {
    const steps = windowSteps(window, 'Europe/Berlin');
    expect(new Date(steps.endAfter(at(end))).toISOString()).toBe(new Date(at(next)).toISOString());
    expect(at(next) - at(end)).toBeLessThanOrEqual(steps.longestMs);
  });

  it('a day of 25 hours is not silent after 24: its alert goes on', () => {
    const kpi = { ...KPI, window: { kind: 'tumbling' as const, sizeMs: DAY } };
    const rule = { ...RULE, on: 'final' as const, forMs: 0, keepFiringForMs: 0, onNoData: 'ok' as const };
    const script: Step<KpiValue>[] = ['2026-10-25T00:00+02:00', '2026-10-26T00:00+01:00'].flatMap((text) => {
      const end = at(text) / 1000;
      return [
        { watermark: at(text) - 1 },
        step(kpiValue({ at: end, end, final: true, value: 50, n: 100, watermark: end })),
        { watermark: at(text) },
      ] as Step<KpiValue>[];
    });
    const emitted = observe(rulesOperator([rule], [kpi], compileExpression, 'Europe/Berlin'), script).flatMap((seen) =>
      'send' in seen ? [(seen.send.data as unknown as AlertMessage).state] : [],
    );
    expect(emitted).toEqual(['firing']);
  });
});
