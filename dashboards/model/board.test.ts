import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KpiMessage } from '../../engine/core/wire.ts';
import { emptyBoard, nextBoard, resumePosition, serverNow, type BoardState } from './board.ts';
import { isNewer, keyId, MAX_KEYS, MAX_POINTS } from './kpi-values.ts';
import {
  alert,
  connected,
  delta,
  hello,
  iso,
  played,
  SCREEN0,
  snapshot,
  T0,
  tick,
  value,
} from '../testing/live-script.ts';

const shown = (state: BoardState, key = {}): number | null | undefined =>
  state.kpis.get('csat')?.latest.get(keyId(key))?.value;

describe('deltas', () => {
  test('a delta that follows on changes the value and the position', () => {
    const state = played([[100, delta(10, [value({ value: 87 })])]], connected([value()]));
    expect(shown(state)).toBe(87);
    expect(resumePosition(state)).toEqual({ epoch: 'e1', seq: 11 });
  });

  test('a gap shows nothing new and asks for a snapshot, until one comes', () => {
    const gap = played([[100, delta(11, [value({ value: 50 })])]], connected([value()]));
    expect(gap.needsResync).toBe(true);
    expect(shown(gap)).toBe(88);
    expect(resumePosition(gap)).toBeNull();
    const after = played([[150, delta(12, [value({ value: 51 })])]], gap);
    expect(shown(after)).toBe(88);
    const healed = played([[200, snapshot(13, [value({ value: 52 })])]], after);
    expect(healed.needsResync).toBe(false);
    expect(shown(healed)).toBe(52);
  });

  test('a delta seen before counts for nothing', () => {
    const state = played(
      [
        [100, delta(10, [value({ value: 87 })])],
        [200, delta(10, [value({ value: 1 })])],
      ],
      connected([value()]),
    );
    expect(shown(state)).toBe(87);
    expect(state.needsResync).toBe(false);
  });

  test('a delta before any snapshot asks for one', () => {
    expect(
      played([
        [0, hello()],
        [1, delta(10, [value()])],
      ]).needsResync,
    ).toBe(true);
  });
});

describe('snapshots', () => {
  test('replace every value: what they do not name is gone', () => {
    const state = played([[100, snapshot(20, [value({ kpi: 'nps' })])]], connected([value()]));
    expect(shown(state)).toBeUndefined();
    expect(state.kpis.get('nps')?.latest.size).toBe(1);
  });

  test('keep the course behind them, and drop what an engine that started from empty has not reached', () => {
    const before = connected([value({ end: T0 + 5000 }), value({ end: T0 + 10_000 }), value({ end: T0 + 15_000 })]);
    const state = played([[100, snapshot(20, [value({ end: T0 + 10_000, value: 80 })])]], before);
    expect(state.kpis.get('csat')?.points.map(({ t, v }) => [t - T0, v])).toEqual([
      [5000, 88],
      [10_000, 80],
    ]);
  });

  test('close the alerts they do not name, and keep those that were resolved', () => {
    const before = connected([], [alert({ alert: 'open' }), alert({ alert: 'old', state: 'resolved' })]);
    expect([...played([[100, snapshot(20)]], before).alerts.keys()]).toEqual(['old']);
  });

  test('a new epoch forgets the position', () => {
    const state = played([[100, hello({ epoch: 'e2' })]], connected([value()]));
    expect(resumePosition(state)).toBeNull();
    expect(played([[100, hello()]], connected([value()])).seq).toBe(10);
  });
});

describe('values', () => {
  const cases: readonly [string, KpiMessage, KpiMessage, boolean][] = [
    ['a later window', value({ end: T0 + 10_000 }), value(), true],
    ['an earlier window', value({ end: T0 }), value(), false],
    ['a revision', value({ revision: 1, final: true }), value({ final: true }), true],
    ['an older revision', value({ final: true }), value({ revision: 1, final: true }), false],
    ['the final value of a filling window', value({ final: true }), value(), true],
    ['a live value after the final one', value(), value({ final: true }), false],
    ['a live value of a revised window after its final one', value({ revision: 1 }), value({ final: true }), false],
    ['the same again', value(), value(), true],
    ['a merged session', value({ window: { start: iso(T0), end: iso(T0 + 5000) } }), value({ final: true }), true],
  ];
  test.each(cases)('%s', (_name, next, old, newer) => {
    expect(isNewer(next, old)).toBe(newer);
  });

  test('keys are the same whatever the order of their dimensions', () => {
    expect(keyId({ b: '2', a: '1' })).toBe(keyId({ a: '1', b: '2' }));
    expect(keyId({ a: '1' })).not.toBe(keyId({ a: '1', b: '2' }));
  });

  test('a late revision mends the course and leaves the headline', () => {
    const before = connected([value({ end: T0, value: 70, final: true }), value({ value: 90 })]);
    const state = played([[1, delta(10, [value({ end: T0, value: 75, final: true, revision: 1 })])]], before);
    expect(shown(state)).toBe(90);
    expect(state.kpis.get('csat')?.points.map(({ v }) => v)).toEqual([75, 90]);
  });

  test('a retracted window goes, from the headline and from the course', () => {
    const state = played([[1, delta(10, [value({ retracted: true })])]], connected([value()]));
    expect(shown(state)).toBeUndefined();
    expect(state.kpis.get('csat')?.points).toEqual([]);
  });

  test('history fills the past and never overwrites a live revision', () => {
    const live = connected([value({ end: T0, value: 77, revision: 2, final: true })]);
    const values = [value({ end: T0 - 5000, value: 60, final: true }), value({ end: T0, value: 61, final: true })];
    const state = nextBoard(live, { type: 'history', at: SCREEN0, kpi: 'csat', values });
    expect(state.kpis.get('csat')?.points.map(({ v }) => v)).toEqual([60, 77]);
    expect(shown(state)).toBe(77);
  });
});

test('keys and points are bounded: the oldest go, the headline stays', () => {
  let state = connected([value({ end: T0 })]);
  for (let i = 0; i < 8; i += 1) {
    const flood = Array.from({ length: 500 }, (_, j) =>
      value({ key: { store: `${i}-${j}` }, end: T0 + (i + 1) * 1000 }),
    );
    const course = Array.from({ length: 200 }, (_, j) => value({ end: T0 - (i * 200 + j) * 1000 }));
    state = played([[i, delta(10 + i, [...flood, ...course])]], state);
  }
  const { latest, points } = state.kpis.get('csat') ?? { latest: new Map(), points: [] };
  expect(latest.size).toBeLessThanOrEqual(MAX_KEYS * 1.25);
  expect(latest.has(keyId({ store: '0-0' }))).toBe(false);
  expect(latest.has(keyId({ store: '7-499' }))).toBe(true);
  expect(shown(state)).toBe(88);
  expect(points).toHaveLength(MAX_POINTS);
  expect(points.at(-1)?.t).toBe(T0);
});

describe('alerts', () => {
  test('one that begins to fire before our eyes says when; one that fired before does not', () => {
    const state = played([[500, delta(10, [], [alert({ alert: 'new' })])]], connected([], [alert({ alert: 'old' })]));
    expect(state.alerts.get('new')?.firedAt).toBe(SCREEN0 + 500);
    expect(state.alerts.get('old')?.firedAt).toBeNull();
  });

  test('an acknowledgement does not make it new again', () => {
    const fired = played([[500, delta(10, [], [alert()])]], connected());
    const acked = played([[900, delta(11, [], [alert({ acked: { by: 'li', at: '' } })])]], fired);
    expect(acked.alerts.get('a-1')).toMatchObject({ firedAt: SCREEN0 + 500, message: { acked: { by: 'li' } } });
  });

  test('an older change of state is ignored', () => {
    const before = connected([], [alert({ state: 'resolved' })]);
    const late = alert({ state: 'firing', at: '2026-03-02T01:00:00.000Z' });
    expect(played([[1, delta(10, [], [late])]], before).alerts.get('a-1')?.message.state).toBe('resolved');
  });

  test('resolved ones are bounded, open ones stay', () => {
    const many = Array.from({ length: 60 }, (_, i) => alert({ alert: `r${i}`, state: 'resolved' }));
    const state = connected([], [alert({ alert: 'open', at: '2026-03-01T00:00:00.000Z' }), ...many]);
    expect(state.alerts.size).toBe(21);
    expect(state.alerts.has('open')).toBe(true);
  });
});

describe('clocks', () => {
  test('the server’s clock is the screen’s plus the offset of the last tick', () => {
    const state = played(
      [
        [4000, tick(T0 + 4050)],
        [6000, 'clock'],
      ],
      connected(),
    );
    expect(serverNow(state)).toBe(T0 + 6050);
  });

  test('the screen’s clock never goes back', () => {
    expect(nextBoard(emptyBoard({}, SCREEN0), { type: 'clock', at: SCREEN0 - 5000 }).now).toBe(SCREEN0);
  });

  test('the watermark never goes back, but after a snapshot', () => {
    const state = played([[1, tick(T0 + 1, 12, T0 + 500)]], connected());
    expect(played([[2, tick(T0 + 2, 12, T0)]], state).watermark).toBe(T0 + 500);
    expect(played([[2, snapshot(20)]], state).watermark).toBe(T0 - 1000);
  });
});

describe('laws', () => {
  const message = fc
    .record({
      slot: fc.integer({ min: 0, max: 20 }),
      revision: fc.integer({ min: 0, max: 3 }),
      final: fc.boolean(),
      value: fc.oneof(fc.constant(null), fc.double({ min: 0, max: 100, noNaN: true })),
      channel: fc.constantFrom(null, 'app', 'web'),
    })
    .map(({ slot, channel, ...rest }) =>
      value({ end: T0 + slot * 5000, key: channel === null ? {} : { channel }, ...rest }),
    );

  test('whatever the order of arrival, the headline is the newest window’s newest revision', () => {
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 5 }),
        (messages, size) => {
          let state = connected();
          for (let from = 0; from < messages.length; from += size) {
            state = played([[from, delta(state.seq ?? 0, messages.slice(from, from + size))]], state);
          }
          for (const key of [{}, { channel: 'app' }, { channel: 'web' }]) {
            const own = messages.filter((other) => keyId(other.key) === keyId(key));
            const got = state.kpis.get('csat')?.latest.get(keyId(key));
            if (own.length === 0) expect(got).toBeUndefined();
            else expect(own.some((other) => isNewer(other, got!) && !isNewer(got!, other))).toBe(false);
          }
          const times = state.kpis.get('csat')?.points.map(({ t }) => t) ?? [];
          expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
        },
      ),
    );
  });

  test('any loss of deltas is noticed: never a position that was not reached in order', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 30 }), (kept) => {
        let state = connected([value()]);
        kept.forEach((keep, index) => {
          if (keep) state = played([[index, delta(10 + index, [value({ value: index })])]], state);
        });
        const lost = kept.indexOf(false);
        const seen = lost < 0 ? kept.length : lost;
        expect(state.seq).toBe(10 + seen);
        expect(state.needsResync).toBe(lost >= 0 && kept.lastIndexOf(true) > lost);
      }),
    );
  });
});
