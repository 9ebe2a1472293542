import { describe as group, expect, test } from 'vitest';
import type { AlertMessage } from '../../engine/core/wire.ts';
import { must } from '../../engine/core/must.ts';
import { alertCard, PULSE_MS, type AlertCard } from './alert-model.ts';
import type { BoardState } from './board.ts';
import { alert, connected, delta, describe, iso, played, T0, tick, value } from '../testing/live-script.ts';

const card = (state: BoardState, lang: 'zh-CN' | 'en' = 'zh-CN', id = 'a-1', linked: string | null = null): AlertCard =>
  alertCard(must(state.alerts.get(id)), state, { lang, zone: 'Asia/Shanghai', kpis: [describe()], linked });
const of = (message: AlertMessage): AlertCard => card(connected([], [message]));

group('a card', () => {
  test('says what, where, how bad, since when, why', () => {
    const message = alert({
      key: { channel: 'app', region: 'east' },
      value: 43.14,
    });
    expect(of(message)).toMatchObject({
      look: 'critical',
      badge: '严重',
      title: '满意度',
      key: '华东·App',
      value: '43.1%',
      duration: '已持续 1 分',
      note: '',
      canAck: true,
    });
  });

  test('in English', () => {
    expect(card(connected([], [alert({ state: 'recovering' })]), 'en')).toMatchObject({
      look: 'warn',
      badge: 'Recovering',
      key: 'Whole company',
      duration: 'for 1 min',
    });
  });

  test('of a rule over events, which judges no KPI: how many events raised it in place of a value', () => {
    const raised = { kpi: '', value: null, threshold: 'cx.feedback.posted: sentiment.label == "negative"', n: 3 };
    const message = alert({ ...raised, title: { 'zh-CN': '客户不满', en: 'Unhappy' } });
    expect(of(message)).toMatchObject({ title: '客户不满', value: '3 个事件' });
    expect(card(connected([], [{ ...message, n: 1 }]), 'en').value).toBe('1 event');
  });

  test('the rule’s own title and reason, where it has them', () => {
    const named = alert({ title: { 'zh-CN': '满意度过低', en: 'CSAT low' }, reason_zh: '低于 80' });
    expect(of(named)).toMatchObject({ title: '满意度过低', reason: '低于 80' });
    expect(card(connected([], [named]), 'en')).toMatchObject({
      title: 'CSAT low',
      reason: 'below 80 for 30 s',
    });
  });

  test('the number is the present one while it is open, the last one when it is resolved', () => {
    const state = connected([value({ value: 55 })], [alert(), alert({ alert: 'b', state: 'resolved' })]);
    expect([card(state).value, card(state, 'zh-CN', 'b').value]).toEqual(['55.0%', '71.0%']);
  });

  test('a resolved one says when and how long', () => {
    const state = played(
      [[1000, tick(T0 + 1000)]],
      connected([], [alert({ state: 'resolved', previous: 'recovering' })]),
    );
    expect(card(state)).toMatchObject({
      duration: '09:15:00 恢复 / 持续 1 分',
      canAck: false,
      look: 'ok',
    });
  });

  test('one that was only watched says that it never fired, not how long it lasted', () => {
    const watched = connected([], [alert({ state: 'resolved', previous: 'pending' })]);
    expect(card(watched).duration).toBe('09:15:00 恢复 / 未触发');
    expect(card(watched, 'en').duration).toMatch(/ \/ never fired$/);
  });

  test('who acknowledged it, or that it is silenced', () => {
    const acked = alert({ acked: { by: 'li', at: iso(T0) } });
    expect(of(acked)).toMatchObject({ note: 'li 已确认', canAck: false, look: 'major' });
    expect(of(alert({ silenced: true }))).toMatchObject({ note: '已静默', look: 'warn' });
  });

  test('pulses for five seconds after it began before our eyes, then is steady', () => {
    const fired = played([[0, delta(10, [], [alert()])]], connected());
    const fresh = (ms: number): boolean => card(played([[ms, 'clock']], fired)).fresh;
    expect([fresh(0), fresh(PULSE_MS - 1), fresh(PULSE_MS)]).toEqual([true, true, false]);
    expect(of(alert()).fresh).toBe(false);
    expect(PULSE_MS).toBeLessThanOrEqual(5000);
  });
});
