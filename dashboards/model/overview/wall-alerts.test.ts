import { describe as group, expect, test } from 'vitest';
import type { AlertMessage } from '../../../engine/core/wire.ts';
import { alert, connected, describe, iso, played, snapshot, hello, T0, value } from '../../testing/live-script.ts';
import { calmWords } from './calm-words.ts';
import { wallAlerts, type WallAlerts } from './wall-alerts.ts';

const kpis = [describe()];
const of = (alerts: readonly AlertMessage[], linked: string | null = null): WallAlerts =>
  wallAlerts(connected([value()], alerts), kpis, linked);

group('what takes the wall', () => {
  test('the gravest that nobody has; of one rule the worst; the other rules have a line each', () => {
    const { lead, siblings, lines, hiddenRules, open } = of([
      alert({ alert: 'minor', rule: 'm', severity: 'minor' }),
      alert({ alert: 'taken', rule: 't', acked: { by: 'li', at: '' } }),
      alert({ alert: 'better', key: { channel: 'web' }, value: 75 }),
      alert({ alert: 'worst', key: { channel: 'app' }, value: 60 }),
      ...['r1', 'r2', 'r3'].map((rule) => alert({ alert: rule, rule, severity: 'minor', n: 1 })),
    ]);
    expect(lead?.message.alert).toBe('worst');
    expect(siblings.map(({ message }) => message.alert)).toEqual(['better']);
    expect(lines.map(({ alert: { message }, more }) => [message.alert, more])).toEqual([
      ['taken', 0],
      ['minor', 0],
      ['r1', 0],
    ]);
    expect([hiddenRules, open]).toEqual([2, 7]);
  });

  test('a minor one takes a line, not the wall; one that is watched or silenced neither', () => {
    const { lead, lines, open, watched, silenced } = of([
      alert({ alert: 'minor', severity: 'minor' }),
      alert({ alert: 'watched', rule: 'w', state: 'pending' }),
      alert({ alert: 'silent', rule: 's', silenced: true }),
    ]);
    expect([lead, lines.length, open, watched, silenced]).toEqual([null, 1, 1, 1, 1]);
  });

  test('one that recovers keeps the wall until it is over', () => {
    expect(of([alert({ state: 'recovering' })]).lead?.message.state).toBe('recovering');
    expect(of([alert({ state: 'resolved', previous: 'recovering' })]).lead).toBeNull();
  });

  test('the alert that a link has led to leads, and all of its rule are counted', () => {
    const many = Array.from({ length: 40 }, (_, i) => alert({ alert: `a${i}`, key: { store: `s${i}` }, value: i }));
    const linked = of([...many, alert({ alert: 'x', rule: 'other', severity: 'minor' })], 'x');
    expect([linked.lead?.message.alert, linked.lines[0]?.more]).toEqual(['x', 39]);
    expect(of(many, 'a39')).toMatchObject({ lead: { message: { alert: 'a39' } }, open: 40 });
  });
});

group('while nothing is open', () => {
  const view = { lang: 'en', zone: 'Asia/Shanghai', kpis, linked: null } as const;
  const words = (alerts: readonly AlertMessage[]) => {
    const state = connected([], alerts);
    return calmWords(wallAlerts(state, kpis, null), state, view);
  };
  test('it is said, with what the last one was and who had it; what never fired is none', () => {
    const last = alert({
      state: 'resolved',
      previous: 'recovering',
      since: iso(T0 - 720_000),
      acked: { by: 'Lin', at: '' },
    });
    const never = alert({ alert: 'b', state: 'resolved', previous: 'pending', at: iso(T0 + 1000) });
    expect(words([last, never, alert({ alert: 'c', state: 'pending' })])).toEqual({
      ...{ isKnown: true, word: 'No open alerts' },
      facts: ['Last: Whole company CSAT, from 09:03, lasted 12 min, Lin had it', '1 watched'],
    });
    expect(words([alert()])).toBeNull();
  });

  test('an engine that recovers may have more than is known, and before the first snapshot nothing is said', () => {
    const recovering = played([
      [0, { kind: 'opened' }],
      [0, hello()],
      [0, { ...snapshot(10), recovering: true } as ReturnType<typeof snapshot>],
    ]);
    expect(calmWords(wallAlerts(recovering, kpis, null), recovering, view)).toMatchObject({ isKnown: false });
    const before = played([[0, { kind: 'opened' }]]);
    expect(calmWords(wallAlerts(before, kpis, null), before, view)).toBeNull();
  });
});
