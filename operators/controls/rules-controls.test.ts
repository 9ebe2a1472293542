import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { Chain } from '../../engine/core/chain.ts';
import { cloneState } from '../../engine/core/state-equality.ts';
import { END_OF_TIME, type Collector, type JsonObject, type LiveItem, type State } from '../../engine/core/types.ts';
import type { AlertMessage } from '../../engine/core/wire.ts';
import { observe, verifyOperator, type Observed, type Step } from '../../engine/testing/verify-operator.ts';
import type { RuleConfig } from '../rules/rules-config.ts';
import type { KpiBirth, KpiValue } from '../shared/messages.ts';
import { pipe } from '../../engine/core/chain.ts';
import { auditOperator } from '../audit/audit-chain.ts';
import type { RuleControl } from './controls.ts';
import { KPI, kpiValue, RULE, step, until } from '../rules/testing/rules-examples.ts';
import { rulesOperator } from '../rules/rules.ts';

type In = KpiValue | KpiBirth | RuleControl;
const AT_ONCE: RuleConfig = { ...RULE, forMs: 0, keepFiringForMs: 0, onNoData: 'keep' };
const RULES = rulesOperator([AT_ONCE], [KPI], compileExpression, 'Asia/Shanghai');
const DEF = pipe(RULES, auditOperator());

const value = (at: number, y: number, region = 'east'): Step<In> => step(kpiValue({ at, value: y, key: { region } }));
const ack = (at: number, alert: string): Step<In> =>
  step({ control: 'ack', alert, by: 'li', at: at * 1000, note: null });
const unack = (at: number, alert: string): Step<In> => step({ control: 'unack', alert, by: 'wang', at: at * 1000 });
const silence = (at: number, end: number, match: object, id = 's1'): Step<In> =>
  step({
    control: 'silence',
    id,
    match: { rule: null, kpi: null, severity: null, key: null, ...match },
    until: end * 1000,
    by: 'li',
    at: at * 1000,
    why: 'planned works',
  });
const unsilence = (at: number, id = 's1'): Step<In> => step({ control: 'unsilence', id, by: 'li', at: at * 1000 });

/** `sent firing`, `shown firing silenced`, `audit silence.create: …` */
function emitted(seen: readonly Observed[]): readonly string[] {
  return seen.flatMap((one) => {
    const message = 'send' in one ? one.send : undefined;
    if (message?.subject === 'cx.audit') {
      const entry = message.data as JsonObject;
      return entry['outcome'] === 'done' ? [] : [`audit ${entry['action'] as string}: ${entry['because'] as string}`];
    }
    if ('show' in one && one.show.topic === 'silences') return [];
    const data = message?.data ?? ('show' in one ? one.show.value : undefined);
    if (data === undefined) return [];
    const alert = data as unknown as AlertMessage;
    const marks = `${alert.acked === null ? '' : ` acked by ${alert.acked.by}`}${alert.silenced ? ' silenced' : ''}`;
    return [`${message === undefined ? 'shown' : 'sent'} ${alert.state}${marks}`];
  });
}

function run(script: readonly Step<In>[]): readonly string[] {
  verifyOperator<In>({
    def: DEF,
    script,
    expected: [...observe(DEF, script), { watermark: END_OF_TIME }],
    twin: { none: 'controls name alerts' },
  });
  return emitted(observe(DEF, script));
}
const FIRING = observe(DEF, [value(101, 90)]).flatMap((one) => ('send' in one ? [one.send] : []))[0];
const ALERT = (FIRING?.data as unknown as AlertMessage).alert;

describe('acknowledging', () => {
  it('is part of the stream of the alert, and stays with it', () => {
    expect(run([value(101, 90), ack(102, ALERT), value(103, 10)])).toEqual([
      'sent firing',
      'sent firing acked by li',
      'sent resolved acked by li',
    ]);
  });
  it('changes no state, and says when it was by the clock of who did it, and through which hook', () => {
    const through = step({ control: 'ack', alert: ALERT, by: 'li', at: 900_000, note: 'on it', via: 'oncall' });
    const sent = observe(DEF, [value(101, 90), through]).flatMap((one) => ('send' in one ? [one.send] : []));
    const acked = sent.find(({ data }) => (data as JsonObject)['acked'] !== null && 'rule' in (data as JsonObject));
    expect(acked).toMatchObject({
      subject: FIRING?.subject,
      time: 900_000,
      data: {
        alert: ALERT,
        state: 'firing',
        previous: 'firing',
        reason: (FIRING?.data as JsonObject)['reason'],
        acked: { by: 'li', at: '1970-01-01T00:15:00.000Z', via: 'oncall', note: 'on it' },
      },
    });
  });
  it('can be taken back, and said again by somebody else', () => {
    expect(
      run([unack(100, ALERT), value(101, 90), unack(101, ALERT), ack(102, ALERT), unack(103, ALERT), ack(104, ALERT)]),
    ).toEqual([
      'audit alert.unack: there is no such open alert',
      'sent firing',
      'audit alert.unack: nobody had acknowledged it',
      'sent firing acked by li',
      'sent firing',
      'sent firing acked by li',
    ]);
  });
  it('counts once', () => {
    expect(run([value(101, 90), ack(102, ALERT), ack(103, ALERT)])).toEqual([
      'sent firing',
      'sent firing acked by li',
      'audit alert.ack: it was acknowledged before',
    ]);
  });
  it('12: of an alert that is not open, or has ended meanwhile, has no effect, and is audited: it stays ended', () => {
    expect(run([ack(100, 'a0'), value(101, 90), value(102, 10), ack(103, ALERT)])).toEqual([
      'audit alert.ack: there is no such open alert',
      'sent firing',
      'sent resolved',
      'audit alert.ack: there is no such open alert',
    ]);
  });
});

describe('silencing', () => {
  it.each([
    ['its rule', { rule: 'voices_turning' }, true],
    ['another rule', { rule: 'csat_low' }, false],
    ['its KPI', { kpi: 'negative_rate' }, true],
    ['another severity', { severity: 'minor' }, false],
    ['its region', { key: { region: 'east' } }, true],
    ['another region', { key: { region: 'west' } }, false],
    ['a dimension it has not', { key: { channel: 'app' } }, false],
    ['its rule elsewhere', { rule: 'voices_turning', key: { region: 'west' } }, false],
  ])('by %s', (_, match, isSilenced) => {
    expect(run([silence(100, 200, match), value(101, 90)])).toEqual([
      isSilenced ? 'sent firing silenced' : 'sent firing',
    ]);
  });

  it('shows on open alerts, and so does its end', () => {
    expect(run([value(101, 90), silence(102, 110, {}), until(109), until(110), value(111, 10)])).toEqual([
      'sent firing',
      'shown firing silenced',
      'shown firing',
      'sent resolved',
    ]);
  });
  it('can be taken back', () => {
    expect(run([silence(100, 200, {}), value(101, 90), unsilence(102), unsilence(103), value(104, 10)])).toEqual([
      'sent firing silenced',
      'shown firing',
      'audit silence.delete: there is none',
      'sent resolved',
    ]);
  });
  it('ends when the last of those that cover it ends', () => {
    const script = [silence(100, 105, {}), silence(100, 110, {}, 's2'), value(101, 90), until(106), until(110)];
    expect(run(script)).toEqual(['sent firing silenced', 'shown firing']);
  });
  it('ends by event time, whenever people say something else', () => {
    const script = [until(101), silence(100, 110, {}), value(102, 90), ack(900, ALERT), value(103, 10)];
    expect(run([...script, value(104, 90), until(110)])).toEqual([
      'sent firing silenced',
      expect.stringContaining('audit alert.ack'),
      'sent resolved silenced',
      'sent firing silenced',
      'shown firing',
    ]);
    // Another silence made long after by the clock leaves the first in force, and boards with it.
    const another = silence(900, 1000, { kpi: 'other' }, 's2');
    const meanwhile = [silence(100, 110, {}), another, value(102, 90), another];
    expect(run(meanwhile)).toEqual(['sent firing silenced']);
    expect(run([...meanwhile, until(110)])).toEqual(['sent firing silenced', 'shown firing']);
  });
  it('over before it began has no effect', () => {
    expect(run([silence(100, 100, {}), value(101, 90)])).toEqual([
      'audit silence.create: it was over before it began',
      'sent firing',
    ]);
  });
  it('is bounded', () => {
    const many = Array.from({ length: 1001 }, (_, i) => silence(100, 200, { rule: 'other' }, `s${i}`));
    expect(emitted(observe(DEF, many))).toEqual(['audit silence.create: there are too many silences']);
  });
});

const SILENT: Collector<never> = {
  emit: () => undefined,
  send: () => undefined,
  forward: () => undefined,
  show: () => undefined,
  urgent: () => undefined,
  count: () => undefined,
};

describe('the audit', () => {
  const audited = (script: readonly Step<In>[]): readonly unknown[] =>
    observe(DEF, script).flatMap((one) => ('send' in one && one.send.subject === 'cx.audit' ? [one.send] : []));
  const entry = (second: number, data: object): object => ({
    subject: 'cx.audit',
    type: 'cx.audit.recorded',
    time: second * 1000,
    data: expect.objectContaining({ by: 'li', at: new Date(second * 1000).toISOString(), ...data }) as object,
  });

  it('holds one entry a decision, with what came of it', () => {
    const took = { action: 'alert.ack', alert: ALERT, note: null };
    const late = { outcome: 'no effect', because: 'it was acknowledged before' };
    expect(audited([value(101, 90), ack(102, ALERT), ack(103, ALERT)])).toEqual([
      entry(102, { ...took, outcome: 'done' }),
      entry(103, { ...took, ...late }),
    ]);
  });

  it('says what was silenced until when and why, and who took it back', () => {
    const match = { rule: 'r', kpi: null, severity: null, key: null };
    expect(audited([silence(100, 200, { rule: 'r' }), unsilence(102)])).toEqual([
      entry(100, {
        action: 'silence.create',
        outcome: 'done',
        id: 's1',
        match,
        until: '1970-01-01T00:03:20.000Z',
        why: 'planned works',
      }),
      entry(102, { action: 'silence.delete', outcome: 'done', id: 's1' }),
    ]);
  });
});

describe('the list of silences', () => {
  const listed = (script: readonly Step<In>[]): readonly unknown[] =>
    observe(DEF, script).flatMap((one) => ('show' in one && one.show.topic === 'silences' ? [one.show] : []));
  const S1 = {
    topic: 'silences',
    key: 's1',
    value: {
      silence: 's1',
      match: { rule: 'voices_turning' },
      until: '1970-01-01T00:03:20.000Z',
      by: 'li',
      at: '1970-01-01T00:01:40.000Z',
      reason: 'planned works',
    },
  };
  it('says who silenced what and why, and when it is over', () => {
    const made = silence(100, 200, { rule: 'voices_turning' });
    expect(listed([made])).toEqual([S1]);
    expect(listed([made, unsilence(102)])).toEqual([S1, { ...S1, value: null }]);
    expect(listed([made, until(200)])).toEqual([S1, { ...S1, value: null }]);
  });
  it('is reported again after a restart, without any open alert', () => {
    const shown: LiveItem[] = [];
    const before = RULES.create({ partition: 0 });
    const made = silence(100, 200, { rule: 'voices_turning' });
    if ('event' in made) before.onEvent(made.event, 99_000, SILENT);
    const parts = [...(before.snapshot?.() ?? [])].map((part) => cloneState(part));
    const after = RULES.create({ partition: 0 }, parts);
    expect(after.wakeAt?.()).toBe(0);
    after.onWake?.(1, { ...SILENT, show: (item) => void shown.push(item) });
    expect(shown).toEqual([S1]);
  });
});

describe('after a restart', () => {
  it('boards are shown what is open, with its marks, once', () => {
    const shown: LiveItem[] = [];
    const out: Collector<never> = {
      emit: () => undefined,
      send: () => undefined,
      forward: () => undefined,
      show: (item) => void shown.push(item),
      urgent: () => undefined,
      count: () => undefined,
    };
    const before = RULES.create({ partition: 0 });
    for (const one of [value(101, 90), value(102, 90, 'west'), value(103, 10, 'west'), ack(104, ALERT)]) {
      if ('event' in one) before.onEvent(one.event, 99_000, out);
    }
    shown.length = 0;
    const after = RULES.create(
      { partition: 0 },
      [...(before.snapshot?.() ?? [])].map((part) => cloneState(part)),
    );
    expect(after.wakeAt?.()).toBe(0);
    after.onWake?.(1, out);
    expect(shown.map(({ topic, key }) => [topic, key])).toEqual([['alerts', ALERT]]);
    expect(shown[0]?.value).toMatchObject({ state: 'firing', acked: { by: 'li' }, key: { region: 'east' } });
    expect(after.wakeAt?.()).toBeUndefined();
  });
});

describe('other rules than those saved', () => {
  const WEST: RuleConfig = { ...AT_ONCE, id: 'west_only', fire: 'value > 60' };
  /** Runs a script under some rules, restarts under others, goes on. */
  function across(
    rules: readonly RuleConfig[],
    first: readonly Step<In>[],
    others: readonly RuleConfig[],
    then: readonly Step<In>[],
  ): readonly string[] {
    const seen: Observed[] = [];
    const out: Collector<never> = {
      emit: () => undefined,
      forward: () => undefined,
      show: () => undefined,
      urgent: () => undefined,
      count: () => undefined,
      send: (message) => void seen.push({ send: message }),
    };
    const parts: State[] = [];
    const play = (chain: Chain<In, never>, script: readonly Step<In>[]): void => {
      for (const one of script) {
        if ('event' in one) chain.event(one.event);
        else if ('watermark' in one) chain.advance(one.watermark);
        const delta = chain.delta()['rules'];
        if (delta !== undefined) parts.push(cloneState(delta));
      }
    };
    const def = rulesOperator(rules, [KPI], compileExpression, 'Asia/Shanghai');
    const chain = new Chain<In, never>(def, { partition: 0 }, out);
    play(chain, first);
    seen.length = 0;
    const other = rulesOperator(others, [KPI], compileExpression, 'Asia/Shanghai');
    const saved = {
      parts: { rules: parts },
      fingerprints: { rules: def.fingerprint ?? null },
      watermark: chain.watermark,
    };
    play(new Chain<In, never>(other, { partition: 0 }, out, saved), then);
    // The deltas written since stand for the new rules: nothing is emitted twice.
    const again = {
      parts: { rules: parts },
      fingerprints: { rules: other.fingerprint ?? null },
      watermark: chain.watermark,
    };
    const emitted = seen.length;
    play(new Chain<In, never>(other, { partition: 0 }, out, again), [until(100)]);
    expect(seen).toHaveLength(emitted);
    return seen.flatMap((one) => {
      const alert = 'send' in one ? (one.send.data as unknown as AlertMessage) : undefined;
      return alert === undefined ? [] : [`${alert.rule} ${alert.state}: ${alert.reason}`];
    });
  }
  const CALM = 'Negative voices (region=east): 50.0 % over 1m (n = 50); recovered, value < 55 holds.';

  it('a removed rule resolves its alerts and says why', () => {
    expect(across([AT_ONCE, WEST], [value(101, 90)], [WEST], [value(102, 90)])).toEqual([
      'voices_turning resolved: The rule was removed.',
    ]);
  });
  it('a removed rule that comes back starts empty', () => {
    const def = rulesOperator([AT_ONCE], [KPI], compileExpression, 'Asia/Shanghai');
    const saved = (): readonly State[] => [
      ...[...(firing.snapshot?.() ?? [])].map((part) => cloneState(part)),
      { gone: ['voices_turning'], rules: {}, neighbours: {}, silences: [] },
    ];
    const firing = def.create({ partition: 0 });
    const breach = value(101, 90);
    if ('event' in breach) firing.onEvent(breach.event, 99_000, SILENT);
    expect(firing.size?.()['alerts']).toBe(1);
    expect(def.create({ partition: 0 }, saved()).size?.()['alerts']).toBe(0);
  });
  it('a new rule starts empty', () => {
    expect(across([AT_ONCE], [value(101, 90)], [AT_ONCE, WEST], [value(102, 50), value(103, 70)])).toEqual([
      'west_only firing: Negative voices (region=east): 70.0 % over 1m (n = 50); value > 60 holds.',
    ]);
  });
  it('a changed rule judges its open alerts again', () => {
    const changed = { ...AT_ONCE, fire: 'value > 60', recover: 'value < 55' };
    expect(across([AT_ONCE], [value(101, 50)], [changed], [value(102, 50)])).toEqual([
      `voices_turning resolved: ${CALM}`,
    ]);
  });
  it('a changed rule goes on with a pending alert, by its own patience', () => {
    const slow = { ...RULE, forMs: 60_000, onNoData: 'keep' as const };
    const quick = { ...slow, forMs: 2000 };
    expect(across([slow], [value(101, 50)], [quick], [until(103), value(104, 50)])).toEqual([
      'voices_turning firing: Negative voices (region=east): 50.0 % over 1m (n = 50); value > 40 has held for 2s.',
    ]);
  });
  it('a changed rule tells nothing by what the former one judged', () => {
    const slow = { ...RULE, forMs: 500 };
    const stricter = { ...slow, fire: 'value > 60', recover: null };
    expect(across([slow], [value(101, 50)], [stricter], [until(101.8), value(101.9, 50)])).toEqual([
      'voices_turning resolved: Negative voices (region=east): 50.0 % over 1m (n = 50); it did not last 500ms.',
    ]);
  });
  it('a rule that covers other keys now does not wait for those it left', () => {
    const waiting = { ...AT_ONCE, onNoData: 'fire' as const };
    expect(across([waiting], [value(101, 10)], [{ ...waiting, by: ['channel'] }], [until(500)])).toEqual([]);
  });
  it('a rule that covers other keys now ends what it no longer covers', () => {
    expect(across([AT_ONCE], [value(101, 90)], [{ ...AT_ONCE, by: ['channel'] }], [value(102, 90)])).toEqual([
      'voices_turning resolved: The rule no longer covers this key.',
    ]);
  });
  it('another title or owner changes nothing', () => {
    const renamed = { ...AT_ONCE, owner: 'night-shift', title: { 'zh-CN': '新', en: 'New' } };
    expect(across([AT_ONCE], [value(101, 90)], [renamed], [value(102, 90)])).toEqual([]);
  });
});
