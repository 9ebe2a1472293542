/** Which keys a rule keeps in mind: those with an open alert, and those whose silence would be one. */
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { Chain } from '../../engine/core/chain.ts';
import type { AlertMessage } from '../../engine/core/wire.ts';
import type { RuleConfig } from './rules-config.ts';
import type { KpiBirth, KpiValue } from '../shared/messages.ts';
import type { RuleControl } from '../controls/controls.ts';
import { KPI, kpiValue, RULE, step, until, type Sample } from './testing/rules-examples.ts';
import { rulesOperator } from './rules.ts';

const AT_ONCE = { ...RULE, forMs: 0, keepFiringForMs: 0 };

class Followed {
  readonly alerts: AlertMessage[] = [];
  readonly #chain: Chain<KpiValue | KpiBirth | RuleControl, never>;

  constructor(rule: Partial<RuleConfig>) {
    const def = rulesOperator([{ ...AT_ONCE, ...rule }], [KPI], compileExpression, 'UTC');
    this.#chain = new Chain(
      def,
      { partition: 0 },
      {
        ...{ emit: () => undefined, forward: () => undefined, show: () => undefined, urgent: () => undefined },
        send: (message) => void this.alerts.push(message.data as unknown as AlertMessage),
        count: () => undefined,
      },
    );
  }
  value(sample: Sample): this {
    this.#chain.event(step(kpiValue(sample)).event);
    return this;
  }
  until(seconds: number): this {
    this.#chain.advance(until(seconds).watermark);
    return this;
  }
  get keys(): number | undefined {
    return this.#chain.size()['rules']?.['keys'];
  }
}

describe('a rule follows', () => {
  it('no key that is calm, however many there are', () => {
    const rule = new Followed({ on: 'final' });
    for (let i = 0; i < 20; i++) rule.value({ at: 101, value: 10, final: true, key: { region: `r${String(i)}` } });
    expect(rule.keys).toBe(0);
  });
  it('no key with too little to judge, unless its silence is a breach', () => {
    const few = { at: 101, value: 90, n: 3, final: true };
    for (const onNoData of ['keep', 'ok'] as const) {
      expect(new Followed({ on: 'final', onNoData }).value(few).keys).toBe(0);
    }
    const waiting = new Followed({ on: 'final', onNoData: 'fire' }).value(few);
    expect([waiting.keys, waiting.alerts.map(({ state }) => state)]).toEqual([1, ['firing']]);
  });
  it('a key once, whatever it was judged to be before', () => {
    expect(new Followed({}).value({ at: 101, value: 10 }).value({ at: 102, value: 90 }).keys).toBe(1);
  });
  it('one whose silence is a breach through all its alerts, each with an id of its own', () => {
    const rule = new Followed({ onNoData: 'fire' })
      .value({ at: 101, value: 90 })
      .value({ at: 102, value: 10 })
      .value({ at: 103, value: 90 })
      .value({ at: 104, value: 10 })
      .until(200);
    expect(rule.alerts.map(({ state }) => state)).toEqual(['firing', 'resolved', 'firing', 'resolved', 'firing']);
    const ids = rule.alerts.map(({ alert }) => alert);
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^a[0-9a-f]{16}$/);
  });
});

it('an expression that says nothing of a value does not hold', () => {
  const rule = new Followed({ fire: 'low > 40', recover: 'high < 30' }).value({ at: 101, value: 90 });
  expect(rule.alerts).toEqual([]);
  rule.value({ at: 102, value: 90, interval: [50, 99] }).value({ at: 103, value: 10 });
  expect(rule.alerts.map(({ state }) => state)).toEqual(['firing']);
  rule.value({ at: 104, value: 10, interval: [1, 20] });
  expect(rule.alerts.map(({ state }) => state)).toEqual(['firing', 'resolved']);
});
