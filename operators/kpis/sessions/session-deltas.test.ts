/** Deltas of sessions hold what changed in them; whatever is put together from that is the state as it was. */
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../../engine/adapters/expressions/cel.ts';
import { END_OF_TIME, type Collector, type Operator, type State } from '../../../engine/core/types.ts';
import type { MeasureConfig } from '../../measures/measures.ts';
import type { CxEnvelope, CxEvent, KpiValue } from '../../shared/messages.ts';
import { kpisOperator } from '../kpis.ts';
import { specimenEvent, specimenKpi } from '../testing/specimens.ts';

const window = { kind: 'session', gapMs: 100 } as const;
const options = { zone: 'UTC', liveEveryMs: 250, compile: compileExpression };
const measures: readonly MeasureConfig[] = [
  { kind: 'count' },
  { kind: 'max', value: 'data.number' },
  { kind: 'quantile', value: 'data.number', q: 0.9 },
  { kind: 'distinct', value: 'data.label' },
  { kind: 'top', value: 'data.label', k: 3 },
];
const none = (): undefined => undefined;
const nowhere: Collector<KpiValue> = { emit: none, send: none, forward: none, show: none, urgent: none, count: none };

type Kpis = Operator<CxEvent, KpiValue>;
const defOf = (measure: MeasureConfig): ReturnType<typeof kpisOperator> =>
  kpisOperator([specimenKpi({ measure, window, by: [['channel']], allowedLatenessMs: 400 })], options);
function deltaOf(operator: Kpis): Uint8Array {
  const delta = operator.delta?.();
  if (!(delta instanceof Uint8Array)) throw new Error('nothing changed');
  return delta;
}
function talk(ts: number, channel: string, n: number): CxEnvelope {
  return specimenEvent(ts, { label: `label ${n}`, number: 1.01 ** (n % 2000) }, { channel });
}
/** Plays the steps, and the end of time; every final value and retraction. */
function play(operator: Kpis, steps: readonly Step[], after: (i: number) => void = none): readonly string[] {
  const values: string[] = [];
  const out: Collector<KpiValue> = {
    ...nowhere,
    emit: ({ value: { keyId, window: of, final, value, n, detail, revision, retracted } }) => {
      if (final) values.push(JSON.stringify([keyId, of, value, n, detail, revision, retracted ?? false]));
    },
  };
  steps.forEach(({ event, watermark }, i) => {
    operator.onEvent(event, watermark, out);
    after(i);
  });
  operator.onWatermark?.(END_OF_TIME, out);
  return values;
}

describe.each(measures)('the deltas of sessions with $kind', (measure) => {
  const def = defOf(measure);

  it('hold of a long session what changed, and of those beside it only that they are there', () => {
    const operator = def.create({ partition: 0 });
    // Sessions of one key that are remembered, of few labels, which are always written whole, and an open one of many.
    for (const start of [0, 300, 600, 900]) {
      const labels = start < 900 ? 15 : 100;
      for (let i = 0; i < labels; i++) operator.onEvent(talk(start + i, 'app', start + i), 0, nowhere);
    }
    const all = deltaOf(operator);
    const restored = def.create({ partition: 0 }, [all]);
    const more = (to: Kpis): number => {
      for (let i = 0; i < 3; i++) to.onEvent(talk(990 + i, 'app', 2000 + i), 0, nowhere);
      return deltaOf(to).length;
    };
    const few = more(operator);
    expect(few).toBeLessThan(120);
    if (!['count', 'max'].includes(measure.kind)) expect(all.length).toBeGreaterThan(3 * few);
    expect(more(restored)).toBe(few);
    // Nothing that was added is in there twice, and nothing is forgotten.
    expect(operator.delta?.()).toBeUndefined();
  });

  it('give the state back from any delta on, over a snapshot that was written meanwhile, and go on after a restore', () => {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const { random, script } = storyOf(seed);
      /** How many values had left after each step. */
      const left: number[] = [];
      const straight = def.create({ partition: 0 });
      let emitted = 0;
      const emit: Collector<KpiValue>['emit'] = () => void (emitted += 1);
      script.forEach(({ event, watermark }) => {
        straight.onEvent(event, watermark, { ...nowhere, emit });
        left.push(emitted);
      });
      const values = play(def.create({ partition: 0 }), script);
      expect(values.filter((value) => value.endsWith('true]')).length, `seed ${seed}`).toBeGreaterThan(1);
      expect(values.length).toBeGreaterThan(30);

      const operator = def.create({ partition: 0 });
      let log: State[] = [];
      let snapshot: { readonly parts: State[]; readonly rest: Iterator<State>; readonly since: number } | undefined;
      const goOn = (from: number): readonly string[] => play(def.create({ partition: 0 }, log), script.slice(from));
      play(operator, script, (i) => {
        const chance = random();
        if (snapshot !== undefined && chance < 0.3) {
          const next = snapshot.rest.next();
          if (next.done !== true) return void snapshot.parts.push(next.value);
          // What was changed and not yet written is in the delta that completes it.
          log.push(deltaOf(operator));
          log = [...snapshot.parts, ...log.slice(snapshot.since)];
          snapshot = undefined;
        } else if (chance < 0.4) {
          log.push(deltaOf(operator));
          const rest = snapshot === undefined && random() < 0.3 ? operator.snapshot?.() : undefined;
          if (rest !== undefined) snapshot = { parts: [], rest: rest[Symbol.iterator](), since: log.length };
          if (random() < 0.2) expect(goOn(i + 1), `seed ${seed}, step ${i}`).toEqual(values.slice(left[i]));
        }
      });
    }
  });

  it('give it back from deltas that were written after a restore too, again and again', () => {
    const { script } = storyOf(7);
    const values = play(def.create({ partition: 0 }), script);
    const log: State[] = [];
    let emitted = 0;
    for (let from = 0; from < script.length; from += 45) {
      const operator = def.create({ partition: 0 }, log);
      const emit: Collector<KpiValue>['emit'] = () => void (emitted += 1);
      script.slice(from, from + 45).forEach(({ event, watermark }, i) => {
        operator.onEvent(event, watermark, { ...nowhere, emit });
        if (i % 9 === 8) log.push(deltaOf(operator));
      });
    }
    const rest = play(def.create({ partition: 0 }, log), []);
    expect(rest).toEqual(values.slice(emitted));
    expect(rest.length).toBeGreaterThan(2);
  });
});

describe('the deltas of sessions', () => {
  const def = defOf({ kind: 'distinct', value: 'data.label' });

  it('are refused without what they change', () => {
    const operator = def.create({ partition: 0 });
    for (let i = 0; i < 50; i++) operator.onEvent(talk(i, 'app', i), 0, nowhere);
    const [keys] = operator.snapshot?.() ?? [];
    deltaOf(operator);
    operator.onEvent(talk(60, 'app', 60), 0, nowhere);
    const changes = deltaOf(operator);
    if (keys === undefined) throw new Error('no keys');
    expect(() => def.create({ partition: 0 }, [keys, changes])).toThrow('changes of a session that it does not hold');
  });

  it('go over to other KPIs', () => {
    const operator = def.create({ partition: 0 });
    const log: State[] = [];
    for (let i = 0; i < 90; i++) {
      operator.onEvent(talk(i, i % 2 === 0 ? 'app' : 'web', i), 0, nowhere);
      if (i % 30 === 29) log.push(deltaOf(operator));
    }
    const labels = specimenKpi({
      measure: { kind: 'distinct', value: 'data.label' },
      window,
      by: [['channel']],
      allowedLatenessMs: 400,
    });
    const count = specimenKpi({ id: 'count', measure: { kind: 'count' }, window });
    const more = kpisOperator([count, labels], options);
    const values = play(more.create({ partition: 0 }, more.migrate?.(log, def.fingerprint) ?? []), []);
    expect(values).toEqual(play(operator, []));
    expect(values.length).toBe(2);
  });
});

interface Step {
  readonly event: CxEnvelope;
  readonly watermark: number;
}
/** Events of three keys that make sessions, bridge them, and come late; now and then a long run of new labels in one of them. */
function storyOf(seed: number): { readonly random: () => number; readonly script: readonly Step[] } {
  let state = seed;
  const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const script: Step[] = [];
  let now = 1000;
  let watermark = 0;
  for (let i = 0; i < 900; i++) {
    now += random() < 0.04 ? Math.floor(random() * 400) : Math.floor(random() * 6);
    const late = random() < 0.1 ? Math.floor(random() * 500) : Math.floor(random() * 20);
    const channel = ['app', 'web', 'phone'][Math.floor(random() * 3)] ?? '';
    const label = random() < 0.3 ? Math.floor(random() * 5) : i;
    script.push({ event: talk(now - late, channel, label), watermark });
    watermark = Math.max(watermark, now - 20);
  }
  return { random, script };
}
