/** Quiet hours, and actions: the same delivery. */
import { describe, expect, it } from 'vitest';
import type { ActionMessage } from './records.ts';
import { DeliveryRehearsal, MINUTE, REFUSES, SECOND } from './testing/delivery-rehearsal.ts';

/** From the first minute to the tenth. */
const quiet = { except: ['critical'], until: (at: number) => (at >= MINUTE && at < 10 * MINUTE ? 10 * MINUTE : null) };

function action(id: string): ActionMessage {
  const title = { 'zh-CN': '超时', en: 'Overdue' };
  return { id, kind: 'sla_breached', title, case: 'c1', owner: 'care', due: null, reason: null };
}

describe('quiet hours', () => {
  it('hold back what is not critical until they end', () => {
    const run = new DeliveryRehearsal({ quiet }).fires(120, 'A').fires(130, 'C', { severity: 'critical', rule: 'c' });
    expect(run.run(900).told).toEqual(['first C @130', 'first A @600']);
  });

  it('are looked at again at their end: what resolved meanwhile is not told, what was muted is not', () => {
    const run = new DeliveryRehearsal({ quiet }).fires(120, 'A').resolves(300, 'A').fires(120, 'B');
    run.changes(599, 'B', { silenced: true });
    expect(run.run(900).told).toEqual([]);
  });

  it('hold back the end of what was told before, and a notice that failed', () => {
    const run = new DeliveryRehearsal({ quiet }).fires(30, 'A').resolves(90, 'A').fires(55, 'B', { rule: 'b' });
    run.receiver = (notice, now) =>
      notice.alerts[0]?.alert === 'B' && now < 65 * SECOND ? REFUSES(notice, now) : { kind: 'delivered' };
    const told = run.run(900).told;
    expect(told[0]).toBe('first A @30');
    expect(told.slice(1).sort()).toEqual(['first B @600', 'resolved A @600']);
  });

  it('hold back actions', () => {
    expect(new DeliveryRehearsal({ quiet }).acts(120, action('x')).run(900).told).toEqual(['action x @600']);
  });
});

describe('actions', () => {
  it('50: are told at once and once, though they are published again after a restart', () => {
    const run = new DeliveryRehearsal().acts(1, action('x')).restarts(5).acts(10, action('x')).acts(11, action('y'));
    expect(run.run(60).told).toEqual(['action x @1', 'action y @11']);
    expect(run.attempts[0]?.notice.action).toMatchObject({ case: 'c1', kind: 'sla_breached' });
  });

  it('are tried again under the same id, and listed where they are given up', () => {
    const run = new DeliveryRehearsal().acts(1, action('x'));
    run.receiver = (_, now) =>
      now < 5 * SECOND
        ? { kind: 'refused', after: null, reason: 'server_error', hint: '' }
        : { kind: 'dead', reason: 'gone', hint: '' };
    run.run(60);
    expect(new Set(run.attempts.map(({ notice }) => notice.id)).size).toBe(1);
    expect(run.queue.failed).toHaveLength(1);
    run.receiver = () => ({ kind: 'delivered' });
    expect(run.queue.replay(run.now)).toBe(1);
    expect(run.run(70).told).toEqual([expect.stringMatching(/^action x/)]);
    expect(run.queue.failed).toHaveLength(0);
  });
});
