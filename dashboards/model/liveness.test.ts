import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyBoard } from './board.ts';
import { BEHIND_MS, GRACE_MS, HALTED_MS, livenessOf, SLACK_MS } from './liveness.ts';
import {
  alert,
  connected,
  delta,
  hello,
  PING_MS,
  played,
  SCREEN0,
  snapshot,
  T0,
  tick,
  value,
  type Step,
} from '../testing/live-script.ts';

const LIMIT = PING_MS + SLACK_MS;
const lost = { kind: 'lost', code: 1006, reason: '' } as const;
const opened = { kind: 'opened' } as const;
const kindAfter = (...steps: readonly Step[]): string => livenessOf(played(steps, connected([value()]))).kind;

describe('the heartbeat decides', () => {
  test.each<[string, string, readonly Step[]]>([
    ['a frame just came', 'live', [[1000, tick(T0 + 1000)]]],
    ['silence within ping and slack', 'live', [[LIMIT, 'clock']]],
    ['silence beyond ping and slack', 'stale', [[LIMIT + 1, 'clock']]],
    ['the connection just went', 'reconnecting', [[100, lost]]],
    [
      'it stayed away beyond the grace',
      'stale',
      [
        [100, lost],
        [101 + GRACE_MS, 'clock'],
      ],
    ],
    [
      'failed attempts do not renew the grace',
      'stale',
      [
        [100, lost],
        [2500, lost],
        [101 + GRACE_MS, 'clock'],
      ],
    ],
    [
      'a new connection without its snapshot is not live',
      'reconnecting',
      [
        [100, lost],
        [500, opened],
        [510, hello()],
      ],
    ],
    [
      'nor are ticks on it',
      'stale',
      [
        [100, lost],
        [500, opened],
        [LIMIT + 1, tick(T0 + LIMIT + 1)],
      ],
    ],
    [
      'with the snapshot it is',
      'live',
      [
        [100, lost],
        [500, opened],
        [510, hello()],
        [520, snapshot(12)],
      ],
    ],
    [
      'or when resumed',
      'live',
      [
        [100, lost],
        [500, opened],
        [510, { op: 'resumed', id: 2, from: 10, to: 10 }],
      ],
    ],
    ['a gap is not live', 'reconnecting', [[100, delta(12)]]],
    [
      'a gap nobody heals goes stale',
      'stale',
      [
        [100, delta(12)],
        [LIMIT + 200, tick(T0 + LIMIT + 200)],
      ],
    ],
  ])('%s: %s', (_name, kind, steps) => {
    expect(kindAfter(...steps)).toBe(kind);
  });

  test('stale says since when, by the server’s clock', () => {
    const state = played(
      [
        [3000, tick(T0 + 3040)],
        [60_000, 'clock'],
      ],
      connected([value()]),
    );
    expect(livenessOf(state)).toEqual({ kind: 'stale', since: T0 + 3040 });
  });

  test('nothing yet is connecting, not stale', () => {
    expect(livenessOf(played([[60_000, 'clock']], emptyBoard({}, SCREEN0))).kind).toBe('connecting');
  });

  test('a refusal says why and stays', () => {
    const refused = { kind: 'refused', code: '4501 unauthorized', reason: 'ticket used' } as const;
    const state = played(
      [
        [100, refused],
        [200, 'clock'],
      ],
      connected(),
    );
    expect(livenessOf(state)).toMatchObject({ kind: 'refused', code: '4501 unauthorized', reason: 'ticket used' });
  });
});

describe('the engine behind a live connection', () => {
  test('one that says that it is not ready is taken at its word, until it says otherwise', () => {
    const health = (ok: boolean, ...reasons: string[]): object => ({ health: { ready: { ok, reasons } } });
    const away: Step = [100, { ...delta(10), ...health(false, 'not connected to NATS') }];
    expect(livenessOf(played([away], connected()))).toEqual({ kind: 'notReady', reasons: ['not connected to NATS'] });
    // Behind as well: the reason says more.
    expect(livenessOf(played([away, [200, tick(T0 + 200, BEHIND_MS + 1)]], connected())).kind).toBe('notReady');
    // A value or an alert does not take it back.
    expect(livenessOf(played([away, [300, delta(11, [value()], [alert()])]], connected())).kind).toBe('notReady');
    const ready: Step = [300, { ...delta(11), ...health(true) }];
    expect(livenessOf(played([away, ready], connected())).kind).toBe('live');
    // Of a connection that is gone it says nothing.
    expect(livenessOf(played([away, [200, lost], [201 + GRACE_MS, 'clock']], connected())).kind).toBe('stale');
  });

  test('far behind shows as its own state', () => {
    const at = 5000;
    expect(livenessOf(played([[at, tick(T0 + at, BEHIND_MS)]], connected())).kind).toBe('live');
    const state = played([[at, tick(T0 + at, BEHIND_MS + 1, T0)]], connected());
    expect(livenessOf(state)).toEqual({ kind: 'behind', lagMs: BEHIND_MS + 1, asOf: T0, halted: false });
  });

  test('an engine that does not report is halted, though the gateway ticks and time seems to move', () => {
    const at = (ageMs: number): Step => [5000, { ...tick(T0 + 5000), age_ms: ageMs } as Step[1]];
    expect(livenessOf(played([at(BEHIND_MS)], connected())).kind).toBe('live');
    expect(livenessOf(played([at(BEHIND_MS + 1)], connected()))).toMatchObject({ kind: 'behind', halted: true });
  });

  test('a watermark that rests while ticks come is a halted engine', () => {
    const ticks = Array.from({ length: 40 }, (_, i): Step => [i * 1000, tick(T0 + i * 1000, 12, T0)]);
    const state = played(ticks, connected());
    expect(livenessOf(state)).toMatchObject({ kind: 'behind', halted: true, asOf: T0 });
    expect(livenessOf(played(ticks.slice(0, HALTED_MS / 1000), connected())).kind).toBe('live');
  });
});

test('values are never live longer than ping and slack after the last frame', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 2 * LIMIT }), { maxLength: 20 }),
      fc.nat(3 * LIMIT),
      (gaps, wait) => {
        let at = 0;
        const steps = gaps.map((gap): Step => [(at += gap), tick(T0 + at)]);
        const state = played([...steps, [at + wait, 'clock']], connected([value()]));
        expect(livenessOf(state).kind === 'live').toBe(wait <= LIMIT);
      },
    ),
  );
});
