import { expect, it } from 'vitest';
import { must } from '../../../core/must.ts';
import { alertMessage } from '../../../delivery/testing/delivery-rehearsal.ts';
import { readToken } from './answer-token.ts';
import { withLinks } from './notice-links.ts';
import { answersHook } from './testing/answers.fixture.ts';

const KEYS = ['a key of thirty-two bytes, or a few more'];
const links = { publicUrl: 'https://cx.example/board', keys: KEYS };
const acked = { by: 'Li', at: '2026-03-02T08:10:00Z' };
const ALERTS = [
  alertMessage('A1'),
  alertMessage('A2', { acked }),
  alertMessage('A3', { state: 'resolved' }),
  alertMessage('A4'),
];
const pending = (alerts = ALERTS, kind: 'more' | 'test' = 'more') => ({ id: 'n1', kind, made: 1000, alerts });
const tokenOf = (link: string | null | undefined) =>
  readToken(must(link).slice('https://cx.example/board/a/'.length), KEYS);

it('several alerts: one link for those that are open and not acknowledged, besides the link of each', () => {
  const { alerts, answering } = withLinks(pending(), answersHook({ id: 'chat' }), links);
  expect(answering?.count).toBe(2);
  expect(tokenOf(answering?.link)).toEqual({ alerts: ['A1', 'A4'], hook: 'chat', notice: 'n1', expires: 86_401_000 });
  expect(alerts.map(({ ackLink }) => ackLink !== null)).toEqual([true, false, false, true]);
  expect(tokenOf(alerts[0]?.ackLink)?.alerts).toEqual(['A1']);
});

it('one alert has its own; a test, a hook without links, nothing open and an unknown address of the board have none', () => {
  const hook = answersHook({ id: 'chat' });
  expect(withLinks(pending([alertMessage('A1')]), hook, links).answering).toBeNull();
  expect(withLinks(pending(ALERTS, 'test'), hook, links).answering).toBeNull();
  expect(withLinks(pending(), answersHook({ id: 'chat', hasLinks: false }), links).answering).toBeNull();
  expect(withLinks(pending(ALERTS.slice(1, 3)), hook, links).answering).toBeNull();
  expect(withLinks(pending(), hook, { publicUrl: null, keys: KEYS }).answering).toBeNull();
});

it('alerts of other programs whose names are too long for any tool are told without a link', () => {
  const long = alertMessage('x'.repeat(3000));
  const { alerts, answering } = withLinks(pending([long, alertMessage('A2')]), answersHook({ id: 'chat' }), links);
  expect([alerts[0]?.ackLink, answering]).toEqual([null, null]);
  expect(alerts[1]?.ackLink).not.toBeNull();
});

it('where the tool can call back a button does it, also where nobody knows the address of the board', () => {
  const callback = { secrets: ['s'], token: null };
  const hook = answersHook({ id: 'chat', kind: 'slack', callback });
  const { answering } = withLinks(pending(), hook, { publicUrl: null, keys: KEYS });
  expect(answering).toMatchObject({ count: 2, link: null });
  expect(readToken(must(answering?.token), KEYS)?.alerts).toEqual(['A1', 'A4']);
});

it('an action that is open has a link that completes it, and a button where the tool calls back; others have none', () => {
  const action = {
    ...{ id: 'm1', kind: 'follow_up', title: { 'zh-CN': '需要跟进', en: 'Follow up' }, case: 'k-1', owner: null },
    ...{ due: null, reason: null },
  };
  const open = { id: 'n1', kind: 'action' as const, made: 1000, alerts: [], action: { ...action, completes: 'low.1' } };
  const { completing } = withLinks(open, answersHook({ id: 'chat' }), links);
  expect(tokenOf(completing?.link)).toEqual({
    ...{ alerts: [], action: 'low.1', hook: 'chat', notice: 'n1', expires: 86_401_000 },
  });
  const callback = { secrets: ['s'], token: null };
  const button = withLinks(open, answersHook({ id: 'chat', kind: 'slack', callback }), { publicUrl: null, keys: KEYS });
  expect(readToken(must(button.completing?.token), KEYS)?.action).toBe('low.1');
  expect(withLinks({ ...open, action }, answersHook({ id: 'chat' }), links).completing).toBeNull();
  expect(withLinks(open, answersHook({ id: 'chat', hasLinks: false }), links).completing).toBeNull();
});
