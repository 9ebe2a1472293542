import { describe as group, expect, test } from 'vitest';
import type { AlertMessage } from '../../engine/core/wire.ts';
import { alertBoard, PULSE_MS, type AlertBoard } from './alert-model.ts';
import type { BoardState } from './board.ts';
import { alert, connected, delta, describe, iso, played, T0, tick, value } from '../testing/live-script.ts';

const board = (state: BoardState, lang: 'zh-CN' | 'en' = 'zh-CN', linked: string | null = null): AlertBoard =>
  alertBoard(state, { lang, zone: 'Asia/Shanghai', kpis: [describe()], linked });
const of = (...alerts: AlertMessage[]): AlertBoard => board(connected([], alerts));

group('order', () => {
  test('firing before recovering before pending, grave before light, new before old; resolved apart, newest first', () => {
    const { open, resolved } = of(
      alert({ alert: 'pending', state: 'pending' }),
      alert({ alert: 'old', since: iso(T0 - 90_000) }),
      alert({ alert: 'minor', severity: 'minor' }),
      alert({ alert: 'gone', state: 'resolved', at: iso(T0 - 5000) }),
      alert({ alert: 'recovering', state: 'recovering' }),
      alert({ alert: 'new' }),
      alert({ alert: 'just gone', state: 'resolved' }),
    );
    expect(open.map(({ id }) => id)).toEqual(['new', 'old', 'minor', 'recovering', 'pending']);
    expect(resolved.map(({ id }) => id)).toEqual(['just gone', 'gone']);
  });
});

test('the alert that a link has led to comes before all others, and is marked', () => {
  const many = Array.from({ length: 40 }, (_, i) => alert({ alert: `a${i}`, since: iso(T0 - i * 1000) }));
  const gone = ['r1', 'r2'].map((id, i) => alert({ alert: id, state: 'resolved', at: iso(T0 - i * 1000) }));
  const { open } = board(connected([], [...many, ...gone]), 'en', 'a39');
  const { openCount, unlisted } = board(connected([], [...many, ...gone]));
  expect([openCount, unlisted]).toEqual(['40', 10]); // all of them, whatever is listed
  expect([open.length, open[0]?.id, open.filter(({ linked }) => linked).length]).toEqual([30, 'a39', 1]);
  expect(board(connected([], [...many, ...gone]), 'en', 'r2').resolved[0]).toMatchObject({ id: 'r2', linked: true });
});

group('a card', () => {
  test('says what, where, how bad, since when, why', () => {
    const message = alert({
      key: { channel: 'app', region: 'east' },
      value: 43.14,
      causes: [
        { key: { channel: 'app', region: 'east', product: 'delivery' }, value: 21, n: 9, share: 0.6, contribution: -3 },
      ],
      samples: ['太慢了', 'second'],
    });
    expect(of(message).open[0]).toMatchObject({
      tone: 'breach',
      badge: '严重',
      title: '满意度',
      key: '华东 / App',
      value: '43.1%',
      threshold: '触发 < 80%',
      duration: '已持续 1 分',
      cause: '主因 delivery 21.0%',
      quote: '太慢了',
      note: '',
      canAck: true,
    });
  });

  test('in English', () => {
    expect(board(connected([], [alert({ state: 'recovering' })]), 'en').open[0]).toMatchObject({
      tone: 'warn',
      badge: 'Recovering',
      key: 'Whole company',
      threshold: 'fires: < 80%',
      duration: 'for 1 min',
    });
  });

  test('of a rule over events, which judges no KPI: how many events raised it in place of a value, and what it looks for', () => {
    const raised = { kpi: '', value: null, threshold: 'cx.feedback.posted: sentiment.label == "negative"', n: 3 };
    const message = alert({ ...raised, title: { 'zh-CN': '客户不满', en: 'Unhappy' } });
    expect(of(message).open[0]).toMatchObject({
      title: '客户不满',
      value: '3 个事件',
      threshold: '触发 cx.feedback.posted: sentiment.label == "negative"',
    });
    expect(board(connected([], [{ ...message, n: 1 }]), 'en').open[0]?.value).toBe('1 event');
  });

  test('the rule’s own title and reason, where it has them', () => {
    const named = alert({ title: { 'zh-CN': '满意度过低', en: 'CSAT low' }, reason_zh: '低于 80' });
    expect(of(named).open[0]).toMatchObject({ title: '满意度过低', reason: '低于 80' });
    expect(board(connected([], [named]), 'en').open[0]).toMatchObject({
      title: 'CSAT low',
      reason: 'below 80 for 30 s',
    });
  });

  test.each([
    ['value < 80', '触发 < 80%'],
    ['value >= 2.5', '触发 ≥ 2.5%'],
    ['low > 27', '触发 95% 下限 > 27%'],
    ['high < 70 && value < 80', '触发 < 80%'],
    ['value < 80 && n > 5', '触发 value < 80 && n > 5'],
    ['value < 80 || low < 3', '触发 value < 80 || low < 3'],
  ])('the rule %s reads %s', (threshold, text) => {
    expect(of(alert({ threshold })).open[0]?.threshold).toBe(text);
  });

  test('the number is the present one while it is open, the last one when it is resolved', () => {
    const state = connected([value({ value: 55 })], [alert(), alert({ alert: 'b', state: 'resolved' })]);
    expect([board(state).open[0]?.value, board(state).resolved[0]?.value]).toEqual(['55.0%', '71.0%']);
  });

  test('a resolved one says when and how long', () => {
    const state = played(
      [[1000, tick(T0 + 1000)]],
      connected([], [alert({ state: 'resolved', previous: 'recovering' })]),
    );
    expect(board(state).resolved[0]).toMatchObject({
      duration: '09:15:00 恢复 / 持续 1 分',
      canAck: false,
      tone: 'ok',
    });
  });

  test('one that was only watched says that it never fired, not how long it lasted', () => {
    const watched = connected([], [alert({ state: 'resolved', previous: 'pending' })]);
    expect(board(watched).resolved[0]?.duration).toBe('09:15:00 恢复 / 未触发');
    expect(board(watched, 'en').resolved[0]?.duration).toMatch(/ \/ never fired$/);
  });

  test('who acknowledged it, or that it is silenced', () => {
    const acked = alert({ acked: { by: 'li', at: iso(T0) } });
    expect(of(acked).open[0]).toMatchObject({ note: 'li 已确认', canAck: false });
    expect(of(alert({ silenced: true })).open[0]?.note).toBe('已静默');
  });

  test('a long quote is cut between characters, not within one', () => {
    const [card] = of(alert({ samples: ['👨‍👩‍👧'.repeat(100)] })).open;
    expect(card?.quote).toBe('👨‍👩‍👧'.repeat(79) + '…');
  });

  test('pulses for five seconds after it began before our eyes, then is steady', () => {
    const fired = played([[0, delta(10, [], [alert()])]], connected());
    const fresh = (ms: number): boolean | undefined => board(played([[ms, 'clock']], fired)).open[0]?.fresh;
    expect([fresh(0), fresh(PULSE_MS - 1), fresh(PULSE_MS)]).toEqual([true, true, false]);
    expect(of(alert()).open[0]?.fresh).toBe(false);
    expect(PULSE_MS).toBeLessThanOrEqual(5000);
  });
});
