/** Which keys a rule follows: what `fire` says of the key, what has to speak, and an alert's end where it began. */
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { Chain } from '../../engine/core/chain.ts';
import { cloneState } from '../../engine/core/state-equality.ts';
import { END_OF_TIME, type OutputMessage, type State } from '../../engine/core/types.ts';
import type { AlertMessage } from '../../engine/core/wire.ts';
import type { RuleControl } from '../controls/controls.ts';
import type { KpiBirth, KpiValue } from '../shared/messages.ts';
import type { RuleConfig } from './rules-config.ts';
import { rulesOperator } from './rules.ts';
import { KPI, kpiValue, RULE, step, type Sample } from './testing/rules-examples.ts';

const AT_ONCE: RuleConfig = { ...RULE, forMs: 0, keepFiringForMs: 0, on: 'final' };

/** Rules as they run, over restarts with other rules. */
class Running {
  readonly sent: OutputMessage[] = [];
  readonly #parts: State[] = [];
  #def!: ReturnType<typeof rulesOperator>;
  #chain!: Chain<KpiValue | KpiBirth | RuleControl, never>;

  constructor(...rules: readonly RuleConfig[]) {
    this.restart(...rules);
  }
  restart(...rules: readonly RuleConfig[]): this {
    const before = this.#chain as Chain<KpiValue | KpiBirth | RuleControl, never> | undefined;
    const saved =
      before === undefined
        ? undefined
        : {
            parts: { rules: this.#parts },
            fingerprints: { rules: this.#def.fingerprint ?? null },
            watermark: before.watermark,
          };
    this.#def = rulesOperator(rules, [KPI], compileExpression, 'UTC');
    const out = {
      ...{ emit: () => undefined, forward: () => undefined, show: () => undefined, urgent: () => undefined },
      send: (message: OutputMessage) => void this.sent.push(message),
      count: () => undefined,
    };
    this.#chain = new Chain(this.#def, { partition: 0 }, out, saved);
    return this;
  }
  value(sample: Sample): this {
    this.#chain.event(step(kpiValue({ final: true, ...sample })).event);
    return this.#save();
  }
  /** Something of another KPI. */
  meanwhile(at: number): this {
    return this.value({ at, value: 1, kpi: 'other' });
  }
  until(seconds: number): this {
    this.#chain.advance(seconds * 1000);
    return this.#save();
  }
  end(): this {
    this.#chain.advance(END_OF_TIME);
    return this.#save();
  }
  #save(): this {
    const delta = this.#chain.delta()['rules'];
    if (delta !== undefined) this.#parts.push(cloneState(delta));
    return this;
  }
  get size(): Readonly<Record<string, number>> | undefined {
    return this.#chain.size()['rules'];
  }
  /** `<seconds> <severity of the subject>/<of the message> <region> <state>` */
  get emitted(): readonly string[] {
    return this.sent.map(({ subject, data, time }) => {
      const alert = data as unknown as AlertMessage;
      const [, , severity] = subject.split('.');
      return `${time / 1000} ${severity}/${alert.severity} ${alert.key['region']} ${alert.state}`;
    });
  }
}

describe('conditions on the key decide which keys are followed', () => {
  const few = (region: string, at = 101): Sample => ({ at, value: 3, key: { region } });

  it.each<[string, readonly string[]]>([
    ['key.region == "east" && value < 5', ['east']],
    ['value < 5 && key.region == "east"', ['east']],
    ['key.region in ["east", "west"] && value < 5', ['east', 'west']],
    ['!(key.region != "east" || value >= 5)', ['east']],
    ['key.region == "east" ? value < 5 : value < 2', ['east', 'north', 'west']],
    ['key.region == "east" ? value < 5 : false', ['east']],
    ['(key.region == "east" && value < 5) || (key.region == "west" && value < 2)', ['east', 'west']],
    ['key.region.startsWith("e") && value < 5', ['east']],
    ['value < 5', ['east', 'north', 'west']],
    ['key.product == "tea" && value < 5', []],
  ])('%s: silence is a breach of %j alone', (fire, followed) => {
    const rules = new Running({ ...AT_ONCE, onNoData: 'fire', fire, recover: null, minN: 100 });
    for (const region of ['east', 'north', 'west']) rules.value(few(region));
    rules.until(200);
    const fired = rules.sent.map(({ data }) => (data as unknown as AlertMessage).key['region']);
    expect([...new Set(fired)]).toEqual(followed);
    expect(rules.size?.['keys']).toBe(followed.length);
  });

  it('ends an alert of a key that an earlier version followed though its condition does not hold', () => {
    const before = { ...AT_ONCE, onNoData: 'fire' as const, fire: 'value > 40' };
    const rules = new Running(before).value({ at: 101, value: 90, key: { region: 'west' } });
    rules.restart({ ...before, fire: 'key.region == "east" && value > 40' }).meanwhile(103);
    expect(rules.emitted).toEqual(['101 critical/critical west firing', '101 critical/critical west resolved']);
    expect(rules.sent.at(-1)?.data).toMatchObject({ reason: 'The rule no longer covers this key.' });
  });
});

describe('a key that has to speak', () => {
  const expecting: RuleConfig = { ...AT_ONCE, onNoData: 'fire', forMs: 120_000, expect: [{ region: 'east' }] };

  it('is silent from the end of the first whole window after the start', () => {
    const rules = new Running(expecting).until(1000).until(1059).until(1060).until(1179).until(1180);
    expect(rules.emitted).toEqual(['1060 critical/critical east pending', '1180 critical/critical east firing']);
    expect(rules.sent[1]?.data).toMatchObject({
      value: null,
      n: 0,
      window: { start: '1970-01-01T00:16:40.000Z', end: '1970-01-01T00:17:40.000Z' },
      reason: 'Negative voices (region=east) has no value over 1m; silence has held for 2m.',
    });
  });
  it('is not silent once it speaks, and is so again when it stops', () => {
    const rules = new Running(expecting).until(1000).value({ at: 1030, value: 10 }).until(1029.5).until(1160);
    expect(rules.emitted).toEqual(['1031 critical/critical east pending', '1151 critical/critical east firing']);
  });
  it('ends the alert when it speaks for the first time', () => {
    const rules = new Running(expecting).until(1000).until(1200).value({ at: 1201, value: 10 });
    expect(rules.emitted.at(-1)).toBe('1201 critical/critical east resolved');
  });
  it('is waited for since the first start, however often there is another', () => {
    const rules = new Running(expecting).until(1000).restart(expecting).until(1100).restart(expecting).until(1180);
    expect(rules.emitted).toEqual(['1060 critical/critical east pending', '1180 critical/critical east firing']);
  });
  it('is waited for since a changed configuration began to expect it', () => {
    const rules = new Running({ ...expecting, expect: [] }).until(1000).until(5000);
    expect(rules.emitted).toEqual([]);
    rules.restart(expecting).until(6000).until(7000);
    expect(rules.emitted).toEqual(['6060 critical/critical east pending', '6180 critical/critical east firing']);
  });
  it('leaves nothing behind at the end of time, and says nothing because a file ends', () => {
    const rules = new Running(expecting).until(1000).end();
    expect(rules.emitted).toEqual([]);
    expect(rules.size).toMatchObject({ alerts: 0, keys: 0 });
    expect(new Running(expecting).end().emitted).toEqual([]);
  });
});

describe('the end of an alert goes where its beginning went', () => {
  const minor: RuleConfig = { ...AT_ONCE, onNoData: 'keep', severity: 'minor' };
  const major: RuleConfig = { ...minor, severity: 'major' };
  const critical: RuleConfig = { ...minor, severity: 'critical' };
  const breach = (at: number): Sample => ({ at, value: 90 });
  const calm = (at: number): Sample => ({ at, value: 10 });

  it('after the severity was changed: on both subjects, each with its own severity', () => {
    const rules = new Running(minor).value(breach(101)).restart(critical).value(breach(102)).value(calm(103));
    expect(rules.emitted).toEqual([
      '101 minor/minor east firing',
      '103 critical/critical east resolved',
      '103 minor/minor east resolved',
    ]);
    expect(new Set(rules.sent.map(({ data }) => (data as unknown as AlertMessage).alert)).size).toBe(1);
  });
  it('on all, where it was announced under several', () => {
    const slow = { keepFiringForMs: 5000 };
    const rules = new Running({ ...minor, ...slow }).value(breach(101));
    rules
      .restart({ ...major, ...slow })
      .value(calm(102))
      .value(breach(103));
    rules.restart(critical).value(calm(104));
    expect(rules.emitted).toEqual([
      '101 minor/minor east firing',
      '102 major/major east recovering',
      '103 major/major east firing',
      '104 critical/critical east resolved',
      '104 minor/minor east resolved',
      '104 major/major east resolved',
    ]);
  });
  it('of a removed rule', () => {
    const west: RuleConfig = { ...minor, id: 'west_only', fire: 'key.region == "west" && value > 40' };
    const slow = { keepFiringForMs: 60_000 };
    const rules = new Running({ ...minor, ...slow }).value(breach(101));
    rules
      .restart({ ...critical, ...slow })
      .value(calm(102))
      .restart(west)
      .meanwhile(103);
    expect(rules.emitted.slice(-2)).toEqual(['102 critical/critical east resolved', '102 minor/minor east resolved']);
  });
  it('of a key that the rule left', () => {
    const slow = { keepFiringForMs: 60_000 };
    const rules = new Running({ ...minor, ...slow }).value(breach(101));
    rules.restart({ ...critical, ...slow }).value(calm(102));
    rules.restart({ ...critical, by: ['channel'] }).meanwhile(103);
    expect(rules.emitted.slice(-2)).toEqual(['102 critical/critical east resolved', '102 minor/minor east resolved']);
  });
  it('the next alert is the new severity alone', () => {
    const rules = new Running(minor).value(breach(101)).restart(critical).value(calm(102)).value(breach(103));
    rules.value(calm(104));
    expect(rules.emitted.slice(-2)).toEqual([
      '103 critical/critical east firing',
      '104 critical/critical east resolved',
    ]);
  });
});
