import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MirrorMessage, MirrorSource } from '../core/partition/mirror-message.ts';
import { mirrorMessageIn } from '../core/partition/mirror-message.ts';
import type { LiveItem } from '../core/types.ts';
import { Hub } from './hub.ts';
import { callsOf, Mirror, RecordedLive, SILENT_MS } from './mirror.ts';

const COMBINING = 65_536;
const iso = (ms: number): string => new Date(1_772_000_000_000 + ms).toISOString();

const hub = (): Hub => {
  const made = new Hub({ epoch: 'e', version: '1', now: () => 0, wake: () => undefined });
  made.board.markIncomplete();
  return made;
};
const value = (kpi: string, key: string, revision: number): LiveItem => ({
  topic: `kpi/${kpi}`,
  key,
  value: {
    ...{
      kpi,
      key: { k: key },
      window: { start: iso(0), end: iso(1000) },
      value: revision,
      n: revision,
      interval: null,
    },
    ...{ revision, final: false, watermark: iso(revision) },
  },
});
const alert = (id: string, state: string, at: number): LiveItem => ({
  ...{ topic: 'alerts', key: id },
  value: { alert: id, rule: 'r', kpi: 'a', key: {}, state, at: iso(at) },
});
const shown = ({ board }: Hub): unknown => ({
  cells: [...board.cells()].map(({ message }) => JSON.stringify(message)).sort(),
  alerts: [...board.alerts.values()].map((one) => JSON.stringify(one)).sort(),
  isComplete: board.alerts.isComplete,
});

/** One that combines, and one that mirrors it over a way that may lose messages. */
class Pair {
  readonly from = hub();
  readonly to = hub();
  readonly recorded = new RecordedLive(this.from);
  now = 0;
  n = 0;
  asked = 0;
  source: MirrorSource = { generation: 1, id: 'one' };
  readonly mirror = new Mirror({ hub: this.to, partition: COMBINING, ask: () => this.asked++ });

  next(): MirrorMessage {
    return { source: this.source, n: ++this.n, calls: this.recorded.take() };
  }
  pass(): void {
    this.mirror.take(this.next(), this.now);
  }
  answer(): void {
    this.pass();
    this.mirror.snapshot({ source: this.source, n: this.n, calls: callsOf(this.from.board, COMBINING) }, this.now);
  }
}

describe('a board that mirrors another', () => {
  it('asks for all that is shown, and goes on from there', () => {
    const pair = new Pair();
    pair.recorded.show([value('a', 'x', 1), alert('one', 'firing', 1)]);
    pair.recorded.restored(COMBINING);
    pair.recorded.take();
    pair.recorded.show([value('a', 'y', 2)]);
    pair.pass();
    expect([pair.asked, shown(pair.to)]).toEqual([1, shown(hub())]);
    pair.answer();
    expect(shown(pair.to)).toEqual(shown(pair.from));
    pair.recorded.show([alert('one', 'resolved', 2), value('a', 'x', 3)]);
    pair.pass();
    expect(shown(pair.to)).toEqual(shown(pair.from));
    expect(pair.asked).toBe(1);
  });

  it('shows an alert no more that ended while it missed what was sent', () => {
    const pair = new Pair();
    pair.recorded.show([alert('gone', 'firing', 1)]);
    pair.recorded.restored(COMBINING);
    pair.answer();
    expect(pair.to.board.alerts.get('gone')).toBeDefined();
    // Another combines from here on, to whom it is not open.
    pair.source = { generation: 2, id: 'two' };
    pair.n = 0;
    pair.mirror.take({ source: pair.source, n: ++pair.n, calls: [] }, pair.now);
    expect(pair.to.board.alerts.isComplete).toBe(false);
    pair.mirror.snapshot({ source: pair.source, n: 1, calls: [{ call: 'restored', partition: COMBINING }] }, pair.now);
    expect(pair.to.board.alerts.get('gone')).toBeUndefined();
    expect(pair.to.board.alerts.isComplete).toBe(true);
  });

  it('does not listen to who combined before', () => {
    const pair = new Pair();
    pair.source = { generation: 5, id: 'new' };
    pair.recorded.restored(COMBINING);
    pair.answer();
    const old = { source: { generation: 4, id: 'old' }, n: 1 };
    pair.mirror.take({ ...old, calls: [{ call: 'show', items: [value('a', 'x', 9)] }] }, pair.now);
    expect(shown(pair.to)).toEqual(shown(pair.from));
    // Unless nothing is heard of the new one any more.
    pair.now += SILENT_MS + 1;
    pair.mirror.take({ ...old, n: 2, calls: [] }, pair.now);
    expect(pair.asked).toBe(2);
  });

  it('stands as it was last known once nothing is heard', () => {
    const pair = new Pair();
    pair.recorded.show([value('a', 'x', 1)]);
    pair.recorded.restored(COMBINING);
    pair.answer();
    pair.now += SILENT_MS;
    pair.mirror.tick(pair.now);
    expect(pair.to.board.alerts.isComplete).toBe(true);
    pair.now += 1;
    pair.mirror.tick(pair.now);
    expect([pair.to.board.alerts.isComplete, [...pair.to.board.cells()].length]).toEqual([false, 1]);
  });

  it('is complete again after a silence in which nothing was lost', () => {
    const pair = new Pair();
    pair.recorded.show([alert('one', 'firing', 1)]);
    pair.recorded.restored(COMBINING);
    pair.answer();
    // It stood still itself, or the broker did: all that was sent comes then, in order.
    pair.now += SILENT_MS + 1;
    pair.mirror.tick(pair.now);
    expect(pair.to.board.alerts.isComplete).toBe(false);
    pair.pass();
    expect(pair.asked).toBeGreaterThan(0);
    pair.answer();
    expect(shown(pair.to)).toEqual(shown(pair.from));
    expect(pair.to.board.alerts.isComplete).toBe(true);
  });

  it('does not ask again while the answer to its question is on its way', () => {
    const pair = new Pair();
    pair.recorded.restored(COMBINING);
    pair.pass();
    for (let part = 0; part < 10; part++) {
      pair.now += 900;
      pair.mirror.answering(pair.now);
      pair.pass();
    }
    expect(pair.asked).toBe(1);
    pair.now += 1_000;
    pair.pass();
    expect(pair.asked).toBe(2);
  });

  it('shows the same in the end, whatever was lost on the way', () => {
    const step = fc.oneof(
      fc.tuple(fc.constant('kpi'), fc.constantFrom('x', 'y', 'z'), fc.nat({ max: 50 })),
      fc.tuple(fc.constant('alert'), fc.constantFrom('p', 'q', 'r'), fc.nat({ max: 50 })),
      fc.tuple(fc.constantFrom('send', 'lose', 'answer', 'wait'), fc.constant(''), fc.constant(0)),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const pair = new Pair();
        pair.recorded.restored(COMBINING);
        let revision = 0;
        for (const [what, key, number] of steps) {
          if (what === 'kpi') pair.recorded.show([value('a', key, ++revision)]);
          else if (what === 'alert')
            pair.recorded.show([alert(key, number % 3 === 0 ? 'resolved' : 'firing', ++revision)]);
          else if (what === 'send') pair.pass();
          else if (what === 'lose') pair.next();
          else if (what === 'answer') pair.answer();
          else {
            pair.now += 1_500;
            pair.mirror.tick(pair.now);
          }
        }
        pair.now += 1_500;
        const asked = pair.asked;
        pair.pass();
        pair.mirror.tick(pair.now);
        if (pair.asked > asked) pair.answer();
        expect(shown(pair.to)).toEqual(shown(pair.from));
      }),
      { numRuns: 300 },
    );
  });

  it('is fed with what concerns boards, as plain data', () => {
    const recorded = new RecordedLive(hub());
    recorded.show(Array.from({ length: 450 }, (_, i) => value('a', String(i), 1)));
    recorded.committed([{ id: '1', subject: 'cx.enriched.web', type: 't', time: 1, data: {} }]);
    recorded.time(COMBINING, 5, 6);
    const calls = recorded.take();
    expect(calls.map((one) => (one.call === 'show' ? one.items.length : one.call))).toEqual([200, 200, 50, 'time']);
    const message = { source: { generation: 1, id: 'a' }, n: 3, calls };
    expect(mirrorMessageIn(JSON.parse(JSON.stringify(message)))).toEqual(message);
  });

  const full = {
    ...{ alert: 'a', rule: 'r', kpi: 'k', key: {}, state: 'firing', severity: 'critical', threshold: 'value < 1' },
    ...{ at: iso(0), since: iso(0), causes: [], samples: [], acked: null },
  };
  const good = value('a', 'x', 1).value as Record<string, unknown>;
  const committed = { id: '1', subject: 'cx.alerts.critical.r', type: 't', time: 1, data: full };
  it('hears alerts, values, actions and silences as they are', () => {
    const items = [
      { topic: 'alerts', key: 'a', value: full },
      value('a', 'x', 1),
      { topic: 'actions', key: '1', value: { id: '1', kind: 'k', data: { id: '1' } } },
      ...[null, { until: iso(0) }].map((one) => ({ topic: 'silences', key: 's', value: one })),
    ];
    const calls = [
      { call: 'show', items },
      { call: 'committed', messages: [committed] },
    ];
    const message = { source: { generation: 1, id: 'a' }, n: 3, calls };
    expect(mirrorMessageIn(message)).toEqual(message);
  });
  it.each([
    ...[
      null,
      'x',
      { ...good, window: { start: 'x', end: 'y' } },
      { ...good, n: 'many' },
      { ...good, key: { k: 1 } },
    ].map((one) => ({ call: 'show', items: [{ topic: 'kpi/a', key: 'x', value: one }] })),
    ...[
      { ...full, causes: null },
      { ...full, samples: [1] },
      { ...full, at: 'now' },
      { ...full, state: 'x' },
      {},
    ].flatMap((one) => [
      { call: 'show', items: [{ topic: 'alerts', key: 'x', value: one }] },
      { call: 'committed', messages: [{ ...committed, data: one }] },
    ]),
    { call: 'show', items: [{ topic: 'actions', key: 'x', value: { id: '1' } }] },
    { call: 'show', items: [{ topic: 7, key: 'x', value: 1 }] },
    { call: 'committed', messages: [{ ...committed, time: 1e300 }] },
    { call: 'time', partition: 1, watermark: 9e15, lagMs: 1 },
  ])('hears nothing that a board cannot show: %j', (call) => {
    expect(mirrorMessageIn({ source: { generation: 1, id: 'a' }, n: 1, calls: [call] })).toBeNull();
  });
  it.each([1e300, Infinity, 1.5, -0.5])('hears nothing after which nothing would be newer: %d', (number) => {
    expect(mirrorMessageIn({ source: { generation: number, id: 'a' }, n: 1, calls: [] })).toBeNull();
    expect(mirrorMessageIn({ source: { generation: 1, id: 'a' }, n: number, calls: [] })).toBeNull();
  });

  it.each([null, 1, {}, { source: {}, n: 1, calls: [] }, { source: { generation: 1, id: 'a' }, n: 1, calls: [{}] }])(
    'hears nothing from strangers: %j',
    (one) => expect(mirrorMessageIn(one)).toBeNull(),
  );
});
