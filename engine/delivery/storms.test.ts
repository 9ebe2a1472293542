/** What happens in the middle of a storm: a silence ends, the clock is set back. */
import { describe, expect, it } from 'vitest';
import { alertsOf } from './records.ts';
import { DeliveryRehearsal, MINUTE, REFUSES, SECOND } from './testing/delivery-rehearsal.ts';

describe('a silence that ends while alerts storm in', () => {
  const RATES = [{ notices: 20, per: MINUTE }];
  /** 300 alerts in 60 s, every other one silenced until 30 s. */
  const storm = (readers: 'people' | 'programs', ends: boolean): DeliveryRehearsal => {
    const run = new DeliveryRehearsal({
      readers,
      rates: readers === 'people' ? RATES : [],
      groupBy: ['rule', 'channel'],
    });
    for (let i = 0; i < 300; i++) {
      const isSilenced = i % 2 === 0 && i < 150;
      run.fires(i / 5, `A${i}`, { rule: `r${i % 7}`, silenced: isSilenced });
      if (isSilenced && ends) run.changes(30, `A${i}`, { silenced: false });
    }
    return run.run(400);
  };

  it.each(['people', 'programs'] as const)(
    '%s are told each alert once, within the rate, the silenced ones after their silence',
    (readers) => {
      const told = storm(readers, true).attempts;
      const names = told.flatMap(({ notice }) => alertsOf(notice));
      expect(names).toHaveLength(300);
      expect(new Set(names).size).toBe(300);
      for (const { at, notice } of told) {
        for (const alert of alertsOf(notice)) {
          const i = Number(alert.slice(1));
          if (i % 2 === 0 && i < 150) expect(at).toBeGreaterThanOrEqual(30 * SECOND);
        }
        if (readers === 'people')
          expect(told.filter((other) => other.at > at - MINUTE && other.at <= at).length).toBeLessThanOrEqual(20);
        const hasMuted = alertsOf(notice).some(
          (alert) => Number(alert.slice(1)) % 2 === 0 && Number(alert.slice(1)) < 150,
        );
        expect(notice.wasMuted, 'says that a silence ended, and only then').toBe(hasMuted);
      }
    },
  );

  it('one that does not end tells the others alone', () => {
    const names = storm('people', false).attempts.flatMap(({ notice }) => alertsOf(notice));
    expect(new Set(names).size).toBe(225);
  });
});

describe('a clock that is set back an hour', () => {
  const HOUR = 60 * MINUTE;

  it('makes nothing wait that was to be tried again, nor followers, nor what the rate held back', () => {
    const begin = 2 * HOUR;
    const at = (second: number): number => begin / SECOND + second;
    const run = new DeliveryRehearsal({ rates: [{ notices: 4, per: MINUTE }] }).fires(at(0), 'A').fires(at(50), 'B');
    run.now = begin;
    for (let i = 0; i < 4; i++) run.fires(at(10 + i), `C${i}`, { rule: `c${i}` });
    let isBack = false;
    run.receiver = (notice, now) => (isBack ? { kind: 'delivered' } : REFUSES(notice, now));
    run.run(at(52));
    expect(run.attempts.filter(({ outcome }) => outcome === 'delivered')).toEqual([]);
    run.now -= HOUR;
    isBack = true;
    run.run(at(52 - 3600 + 70));
    const told = run.attempts.filter(({ outcome }) => outcome === 'delivered');
    expect(told.flatMap(({ notice }) => alertsOf(notice)).sort()).toEqual(['A', 'B', 'C0', 'C1', 'C2', 'C3']);
    expect(run.queue.waiting).toBe(0);
  });
});
