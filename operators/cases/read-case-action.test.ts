import { expect, it } from 'vitest';
import { readCaseAction } from './read-case-action.ts';

const encoder = new TextEncoder();
const message = (data: object, subject = 'cx.actions.follow_up', headers: Record<string, string> = {}) => ({
  ...{ subject, data: encoder.encode(JSON.stringify(data)) },
  headers: { 'ce-time': '2026-03-02T02:00:00.000Z', 'ce-id': 'm1', ...headers },
});
const DONE = { at: '2026-03-02T02:00:00.000Z', by: 'Li', in_time: true };

it('an action of a case is read with its state, whom it is for and how it was done', () => {
  const data = {
    ...{ action: 'follow_up', id: 'low.1', name: 'low', state: 'done', case: 'k-1', owner: 'care', done: DONE },
    ...{ title: { 'zh-CN': '跟进', en: 'Follow up' }, due: '2026-03-03T02:00:00.000Z', reason: 'why', region: 'east' },
  };
  expect(readCaseAction(message(data))).toEqual({
    case: 'k-1',
    action: {
      ...{ at: '2026-03-02T02:00:00.000Z', id: 'low.1', kind: 'follow_up', name: 'low', state: 'done', owner: 'care' },
      ...{ title: { 'zh-CN': '跟进', en: 'Follow up' }, due: '2026-03-03T02:00:00.000Z', reason: 'why', done: DONE },
      key: { region: 'east' },
    },
  });
});

it('what a clock says of a case has the id of its message, and is due until it is withdrawn', () => {
  const warning = { case: 'k-1', clock: 'resolution', state: 'due', reason: 'soon' };
  expect(readCaseAction(message(warning, 'cx.actions.sla_warning'))?.action).toMatchObject({
    ...{ id: 'm1', kind: 'sla_warning', name: null, state: 'due', owner: null },
  });
  const withdrawn = readCaseAction(message({ case: 'k-1', withdrawn: true }, 'cx.actions.sla_warning'));
  expect(withdrawn?.action.state).toBe('withdrawn');
});

it.each([
  ['of no case', message({ id: 'a', state: 'due', case: null })],
  ['no JSON', { ...message({}), data: encoder.encode('{') }],
  ['no map', message([1])],
  ['without a time', { ...message({ case: 'k-1' }), headers: {} }],
  ['on another subject', message({ case: 'k-1' }, 'cx.kpi.csat')],
])('a message that is %s belongs to no story', (_, given) => {
  expect(readCaseAction(given)).toBeUndefined();
});
