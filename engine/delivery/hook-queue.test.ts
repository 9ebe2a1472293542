/** The cases of the delivery catalogue that one hook's queue decides, by their numbers and names. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ACCEPTS,
  DeliveryRehearsal,
  MINUTE,
  REFUSES,
  SECOND,
  UNKNOWN,
  type Receiver,
} from './testing/delivery-rehearsal.ts';

const until = (seconds: number, first: Receiver, then: Receiver = ACCEPTS): Receiver => {
  return (notice, now) => (now < seconds * SECOND ? first : then)(notice, now);
};

describe('what is told when', () => {
  it('1: the first at once', () => {
    expect(new DeliveryRehearsal().fires(0, 'A1').run(60).told).toEqual(['first A1 @0']);
  });

  it('2: followers of people wait for each other; programs are told each at once', () => {
    const script = (to: DeliveryRehearsal) => to.fires(0, 'A1').fires(1, 'A2').fires(2, 'A3').run(60).told;
    expect(script(new DeliveryRehearsal())).toEqual(['first A1 @0', 'more A2+A3 @6']);
    expect(script(new DeliveryRehearsal({ readers: 'programs' }))).toEqual([
      'first A1 @0',
      'first A2 @1',
      'first A3 @2',
    ]);
  });

  it('2: a critical follower waits 3 s at most and takes the others along', () => {
    const critical = { severity: 'critical' };
    const script = new DeliveryRehearsal().fires(0, 'A1').fires(1, 'A2').fires(2, 'A3', critical).fires(7, 'A4');
    expect(script.run(60).told).toEqual(['first A1 @0', 'more A3+A2 @5', 'more A4 @12']);
    const hasty = new DeliveryRehearsal({ groupWait: 1000 }).fires(0, 'A1').fires(2, 'A2', critical);
    expect(hasty.run(60).told).toEqual(['first A1 @0', 'more A2 @3']);
  });

  it('3: resolved at once, in the thread of the first', () => {
    const run = new DeliveryRehearsal().fires(0, 'A1').resolves(60, 'A1').run(600);
    expect(run.told).toEqual(['first A1 @0', 'resolved A1 @60']);
    expect(run.attempts[1]?.notice.thread).toBe(run.attempts[0]?.notice.id);
  });

  it('4: a part resolves, and how many still stand is said; nothing is told resolved twice', () => {
    const run = new DeliveryRehearsal().fires(0, 'A1').fires(0, 'A2').resolves(60, 'A1').resolves(90, 'A2').run(300);
    expect(run.told).toEqual(['first A1 @0', 'more A2 @5', 'resolved A1 @60', 'resolved A2 @90']);
    expect(run.attempts.map(({ notice }) => notice.standing)).toEqual([0, 0, 1, 0]);
  });

  it('5: resolved before the first left: not told, or told as brief', () => {
    for (const [brief, told] of [
      ['skip', []],
      ['tell', ['brief A1 @30']],
    ] as const) {
      const run = new DeliveryRehearsal({ brief }).fires(0, 'A1').resolves(3, 'A1');
      run.receiver = until(29, REFUSES);
      const accepted = run.run(90).told.map((line) => line.replace(/@3\d.*/, '@30'));
      expect(accepted).toEqual(told);
    }
  });

  it('6: the first may have arrived: the end is told under its key, though brief ones are skipped', () => {
    const run = new DeliveryRehearsal({ readers: 'programs' }).fires(0, 'A1').resolves(3, 'A1');
    run.receiver = until(1, UNKNOWN);
    const told = run.run(60).told;
    expect(told.at(-1)).toMatch(/^resolved A1/);
    expect(told.filter((line) => line.startsWith('resolved'))).toHaveLength(1);
  });

  it('7: repeats by their own clock', () => {
    const run = new DeliveryRehearsal({ repeat: 30 * MINUTE })
      .fires(0, 'A1')
      .resolves(61 * 60, 'A1')
      .run(92 * 60);
    expect(run.told).toEqual(['first A1 @0', 'repeat A1 @1800', 'repeat A1 @3600', 'resolved A1 @3660']);
  });

  it('8: a restart brings no repeat forward', () => {
    const run = new DeliveryRehearsal({ repeat: 30 * MINUTE })
      .fires(0, 'A1')
      .restarts(20 * 60)
      .run(35 * 60);
    expect(run.told).toEqual(['first A1 @0', 'repeat A1 @1800']);
  });

  it('9: an acknowledgement stops repeats and is told once; the end is told', () => {
    const run = new DeliveryRehearsal({ repeat: 30 * MINUTE }).fires(0, 'A1').resolves(40 * 60, 'A1');
    run.changes(10 * 60, 'A1', { acked: { by: 'Li', at: '2026-03-02T08:10:00Z' } });
    expect(run.run(60 * 60).told).toEqual(['first A1 @0', 'acknowledged A1 @600', 'resolved A1 @2400']);
  });

  it('an acknowledgement that is taken back is told, and so is the next', () => {
    const acked = (by: string) => ({ acked: { by, at: '2026-03-02T08:10:00Z' } });
    const run = new DeliveryRehearsal()
      .fires(0, 'A1')
      .changes(600, 'A1', acked('Li'))
      .changes(660, 'A1', { acked: null });
    run.changes(720, 'A1', acked('Wang'));
    const kinds = run.run(900).told;
    expect(kinds).toEqual(['first A1 @0', 'acknowledged A1 @600', 'unacknowledged A1 @660', 'acknowledged A1 @720']);
  });

  it('an acknowledgement that is taken back lets the escalation go on, over a restart', () => {
    const escalate = [{ after: 10 * MINUTE, to: 'managers' }];
    const run = new DeliveryRehearsal({ escalate }).fires(0, 'A1').restarts(800);
    run.changes(300, 'A1', { acked: { by: 'Li', at: '2026-03-02T08:05:00Z' } });
    run.changes(900, 'A1', { acked: null });
    run.run(1200);
    expect(run.escalated).toMatchObject([{ to: 'managers', alert: 'A1' }]);
    expect(Math.floor((run.escalated[0]?.at ?? 0) / SECOND)).toBe(900);
  });

  it('9: the program that says who acknowledged is not told it; the people of the same chat are', () => {
    const acked = { by: 'Li', at: '2026-03-02T08:10:00Z', via: 'oncall' };
    const told = (readers: 'people' | 'programs') =>
      new DeliveryRehearsal({ readers }).fires(0, 'A1').changes(600, 'A1', { acked }).run(900).told;
    expect(told('programs')).toEqual(['first A1 @0']);
    expect(told('people')).toEqual(['first A1 @0', 'acknowledged A1 @600']);
  });

  it('10: an acknowledgement ends with its episode', () => {
    const escalate = [{ after: 10 * MINUTE, to: 'managers' }];
    const run = new DeliveryRehearsal({ escalate }).fires(0, 'E1').resolves(2400, 'E1').fires(3000, 'E2');
    run.changes(300, 'E1', { acked: { by: 'Li', at: '2026-03-02T08:05:00Z' } });
    expect(run.run(4000).told).toEqual(['first E1 @0', 'acknowledged E1 @300', 'resolved E1 @2400', 'first E2 @3000']);
    expect(run.escalated).toEqual([{ at: 3_600_000, to: 'managers', alert: 'E2' }]);
  });

  it('11: no escalation after an acknowledgement, over a restart', () => {
    const escalate = [{ after: 10 * MINUTE, to: 'managers' }];
    const acked = { by: 'Li', at: '2026-03-02T08:09:59Z' };
    const run = new DeliveryRehearsal({ escalate })
      .fires(0, 'A1')
      .changes(599, 'A1', { acked })
      .restarts(599.5)
      .run(3600);
    expect(run.escalated).toEqual([]);
    const other = new DeliveryRehearsal({ escalate }).fires(0, 'A1').restarts(300).restarts(700).run(3600);
    expect(other.escalated).toEqual([{ at: 600_000, to: 'managers', alert: 'A1' }]);
  });

  it('13: a silence in the middle stops repeats; those who were told are told the end', () => {
    const run = new DeliveryRehearsal({ repeat: 30 * MINUTE }).fires(0, 'A1').changes(600, 'A1', { silenced: true });
    expect(run.resolves(2400, 'A1').run(4000).told).toEqual(['first A1 @0', 'resolved A1 @2400']);
  });

  it('14: a silence ends and the alert stands: told at once, and that it was muted', () => {
    const run = new DeliveryRehearsal()
      .fires(0, 'A1', { silenced: true })
      .changes(600, 'A1', { silenced: false })
      .run(900);
    expect(run.told).toEqual(['first A1 @600']);
    expect(run.attempts[0]?.notice.wasMuted).toBe(true);
  });

  it('15: silenced all through: nothing, the end included', () => {
    for (const brief of ['skip', 'tell'] as const) {
      const run = new DeliveryRehearsal({ brief }).fires(0, 'A1', { silenced: true }).resolves(1800, 'A1').run(4000);
      expect(run.told).toEqual([]);
    }
  });

  it('48: flapping is told once, then how it stands', () => {
    const run = new DeliveryRehearsal();
    for (let i = 0; i < 30; i++) {
      run.fires(20 * i, `E${i}`, { key: { channel: 'app' }, severity: 'critical' }).resolves(20 * i + 10, `E${i}`);
    }
    const told = run.run(900).told;
    expect(told[0]).toBe('first E0 @0');
    expect(told.filter((line) => line.startsWith('flapping'))).toHaveLength(1);
    expect(told.length).toBeLessThanOrEqual(8);
    expect(told.at(-1)).toMatch(/^resolved/);
  });

  it('48: a program that counts has in the end what stands, however often it came and went', () => {
    for (const ends of [30, 29]) {
      const run = new DeliveryRehearsal({ readers: 'programs' });
      for (let i = 0; i < 30; i++) {
        run.fires(20 * i, `E${i}`, { key: { channel: 'app' }, severity: 'critical' });
        if (i < ends) run.resolves(20 * i + 10, `E${i}`);
      }
      const told = run.run(1200).told;
      expect(told.filter((line) => line.startsWith('flapping'))).toEqual([]);
      const open = new Set<string>();
      for (const line of told) {
        const [kind, alert = ''] = line.split(' ');
        if (kind === 'resolved') open.delete(alert);
        else open.add(alert);
      }
      expect([...open]).toEqual(ends === 30 ? [] : ['E29']);
    }
  });

  it('48: a restart forgets neither that it flaps nor how often it began', () => {
    const script = (restarts: readonly number[]): readonly string[] => {
      const run = new DeliveryRehearsal();
      for (let i = 0; i < 12; i++)
        run.fires(20 * i, `E${i}`, { key: { channel: 'app' } }).resolves(20 * i + 10, `E${i}`);
      for (const at of restarts) run.restarts(at);
      return run.run(900).told;
    };
    const calm = script([]);
    expect(calm.filter((line) => line.startsWith('flapping'))).toHaveLength(1);
    expect(script([45, 65.5, 105])).toEqual(calm);
  });
});

describe('receivers that fail', () => {
  it('19: waits as long as it is told, and no other attempt comes between', () => {
    const run = new DeliveryRehearsal({ readers: 'programs' }).fires(0, 'A1').fires(3, 'A2');
    run.receiver = until(1, () => ({ kind: 'refused', after: 7000, reason: 'rate_limited', hint: '' }));
    const times = run.run(30).attempts.map(({ at }) => at / SECOND);
    expect(times[0]).toBe(0);
    expect(times[1]).toBeGreaterThanOrEqual(7);
    expect(times[1]).toBeLessThanOrEqual(8.5);
  });

  it('25: a retry says the same under the same id, and that it may be a repeat', () => {
    const run = new DeliveryRehearsal().fires(0, 'A1');
    run.receiver = until(0.5, UNKNOWN);
    const [first, second, ...more] = run.run(60).attempts;
    expect(more).toEqual([]);
    expect(second?.notice.id).toBe(first?.notice.id);
    expect(second?.notice.alerts).toEqual(first?.notice.alerts);
    expect(second?.notice.isUnknown).toBe(true);
  });

  it('27: no beginning after its end, and another alert is not held back by it', () => {
    const run = new DeliveryRehearsal({ readers: 'programs', brief: 'tell' })
      .fires(0, 'A1')
      .resolves(5, 'A1')
      .fires(6, 'A2');
    run.receiver = until(20, (notice, now) => (notice.alerts[0]?.alert === 'A1' ? REFUSES : ACCEPTS)(notice, now));
    const told = run.run(120).told;
    expect(told).toContain('first A2 @6');
    expect(told.filter((line) => line.includes('A1'))).toEqual([expect.stringMatching(/^brief A1/)]);
  });

  it('28 and 29: a digest within the rate, and critical or resolved ones at once', () => {
    const run = new DeliveryRehearsal({ rates: [{ notices: 20, per: MINUTE }], groupBy: ['rule', 'channel'] });
    for (let i = 0; i < 60; i++) run.fires(i / 30, `W${i}`, { rule: `r${i % 3}` });
    run.fires(5, 'C', { severity: 'critical', rule: 'c' }).resolves(6, 'W0').run(120);
    const told = run.attempts.filter(({ outcome }) => outcome === 'delivered');
    for (const { at } of told) {
      expect(told.filter((other) => other.at > at - MINUTE && other.at <= at).length).toBeLessThanOrEqual(20);
    }
    const named = new Set(told.flatMap(({ notice }) => notice.alerts.map(({ alert }) => alert)));
    expect(named.size).toBe(61);
    expect(run.told.find((line) => line.includes(' C @'))).toBe('first C @5');
    expect(told.find(({ notice }) => notice.kind === 'resolved')?.at).toBeLessThanOrEqual(7000);
  });

  it('37: dead and back: only tries, then all that stand, and the ended ones in one brief digest', () => {
    const run = new DeliveryRehearsal({ brief: 'tell', groupBy: ['rule'], rates: [{ notices: 20, per: MINUTE }] });
    for (let i = 0; i < 50; i++) run.fires(i, `A${i}`);
    for (let i = 0; i < 30; i++) run.resolves(600 + i, `A${i}`);
    run.receiver = until(7200, REFUSES);
    run.run(7000);
    expect(run.attempts.length).toBeLessThan(7000 / 20);
    expect(run.queue.trouble).toMatchObject({ reason: 'server_error' });
    const told = run.run(7400).told;
    const named = (kind: RegExp) =>
      told.filter((line) => kind.test(line)).flatMap((line) => line.split(' ')[1]?.split('+'));
    expect(new Set(named(/^(first|more)/)).size).toBe(20);
    expect(new Set(named(/^brief/)).size).toBe(30);
    expect(told.filter((line) => line.startsWith('brief'))).toHaveLength(1);
    expect(run.queue.trouble).toBeNull();
  });

  it('what may have arrived and is then refused for good is given up once, and its end is told', () => {
    const run = new DeliveryRehearsal({ readers: 'programs' }).fires(0, 'A1').resolves(600, 'A1');
    run.receiver = (notice, now) =>
      now < SECOND
        ? UNKNOWN(notice, now)
        : now < MINUTE
          ? { kind: 'dead', reason: 'rejected', hint: '' }
          : { kind: 'delivered' };
    expect(run.run(900).told).toEqual(['resolved A1 @600']);
    expect(run.attempts.map(({ outcome }) => outcome)).toEqual(['unknown', 'dead', 'delivered']);
  });

  it('26: killed between sending and recording: sent once more, under the same id', () => {
    const run = new DeliveryRehearsal().fires(0, 'A1').restarts(1);
    const ids: string[] = [];
    run.receiver = ({ id }) => {
      ids.push(id);
      throw new Error('killed');
    };
    expect(() => run.run(0)).toThrow('killed');
    run.receiver = ACCEPTS;
    expect(run.run(60).told).toEqual(['first A1 @1']);
    expect(run.attempts.map(({ notice }) => notice.id)).toEqual(ids);
    expect(run.attempts[0]?.notice.isUnknown).toBe(true);
  });
});

it('whatever happens: the last that is told of an alert is how it stands, once the receiver is well', () => {
  const step = fc.record({
    at: fc.nat(300),
    alert: fc.constantFrom('A', 'B', 'C', 'D'),
    what: fc.constantFrom('fires', 'resolves', 'ack', 'silence', 'speak', 'restart'),
  });
  const down = fc.array(fc.tuple(fc.nat(400), fc.nat(60), fc.constantFrom(REFUSES, UNKNOWN)), { maxLength: 3 });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 25 }),
      down,
      fc.constantFrom('people' as const, 'programs' as const),
      (steps, cuts, readers) => {
        const run = new DeliveryRehearsal({ readers });
        const state = new Map<string, { isFiring: boolean; isSilenced: boolean }>();
        const ordered = [...steps].sort((a, b) => a.at - b.at);
        let episode = 0;
        const open = new Map<string, string>();
        for (const { at, alert, what } of ordered) {
          const id = open.get(alert);
          if (what === 'restart') run.restarts(at);
          else if (what === 'fires' && id === undefined) {
            const name = `${alert}${episode++}`;
            open.set(alert, name);
            state.set(name, { isFiring: true, isSilenced: false });
            run.fires(at, name);
          } else if (id !== undefined) {
            const now = { ...(state.get(id) ?? { isFiring: true, isSilenced: false }) };
            if (what === 'resolves') {
              open.delete(alert);
              now.isFiring = false;
              run.resolves(at, id);
            } else if (what === 'ack') run.changes(at, id, { acked: { by: 'Li', at: '' } });
            else if (what === 'silence' || what === 'speak') {
              now.isSilenced = what === 'silence';
              run.changes(at, id, { silenced: now.isSilenced });
            }
            state.set(id, now);
          }
        }
        run.receiver = (notice, now) => {
          const cut = cuts.find(([from, length]) => now >= from * SECOND && now < (from + length) * SECOND);
          return (cut?.[2] ?? ACCEPTS)(notice, now);
        };
        run.run(900);
        for (const [id, { isFiring, isSilenced }] of state) {
          const told = run.told
            .filter((line) => line.split(' ')[1]?.split('+').includes(id))
            .map((line) => line.split(' ')[0]);
          if (isFiring && !isSilenced) expect(told.at(-1), id).toMatch(/first|more|repeat|acknowledged/);
          if (!isFiring && told.length > 0) expect(told.at(-1), id).toBe('resolved');
          if (!isFiring) expect(told.filter((kind) => kind === 'resolved').length, id).toBeLessThanOrEqual(1);
          const mayHave = run.attempts.some(
            ({ notice, outcome }) => outcome === 'unknown' && notice.alerts.some(({ alert }) => alert === id),
          );
          if (!isFiring && mayHave) expect(told.at(-1), id).toBe('resolved');
        }
        expect(run.queue.waiting).toBe(0);
      },
    ),
    { numRuns: 300 },
  );
});
