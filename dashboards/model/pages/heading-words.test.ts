import { expect, test } from 'vitest';
import type { AlertMessage } from '../../../engine/core/wire.ts';
import { csatAlert } from '../../testing/scenario.ts';
import { emptyBoard, type BoardState } from '../board.ts';
import { alertsText, rateText } from './heading-words.ts';

const AT = Date.UTC(2026, 10, 29, 6, 35);
const MINUTE = 60_000;
function board(alerts: readonly AlertMessage[], change: Partial<BoardState> = {}): BoardState {
  const open = alerts.map((message) => [message.alert, { message, firedAt: null }] as const);
  return { ...emptyBoard({}, AT), seq: 1, alerts: new Map(open), ...change };
}
const firing = (alert: string) => csatAlert(AT, { alert });
const over = (minutes: number, previous: AlertMessage['previous'] = 'recovering') =>
  csatAlert(AT - minutes * MINUTE, { alert: `over-${minutes}`, state: 'resolved', previous });

test.each([
  ['one that fires', board([firing('a')]), '1 alert'],
  ['two that fire', board([firing('a'), firing('b'), over(3)]), '2 alerts'],
  ['one that is silenced', board([{ ...firing('a'), silenced: true }]), 'no open alert'],
  ['one that is over', board([over(30), over(12)]), 'last alert 12 min ago'],
  ['one that came to nothing', board([over(12, 'pending')]), 'no open alert'],
  ['none at all', board([]), 'no open alert'],
  ['what is not known yet', board([firing('a')], { isRecovering: true }), ''],
])('the heading says of %s: %#', (_what, state, words) => {
  expect(alertsText(state, 'en')).toBe(words);
});

test('events a second have a digit behind the point only where they are few', () => {
  expect([2041.4, 12, 3.26, 0, null].map((rate) => rateText(rate, 'en'))).toEqual([
    '2,041 events/s',
    '12 events/s',
    '3.3 events/s',
    '0 events/s',
    '',
  ]);
});
