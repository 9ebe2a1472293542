/** When what falls due is reported: while events flow, in silence, and when the wall clock is set. */
import { expect, it } from 'vitest';
import { Live, wall } from '../testing/live-clocks.ts';

/** Of what is reported at 10:10:00, how many seconds after it. */
function lateness(live: Live): readonly number[] {
  return live
    .said()
    .filter((text) => text.startsWith('breached 10:10:00'))
    .map((text) => Number(/ late ([0-9.]+)$/.exec(text)?.[1]));
}

/** Reported within a second of when time has passed it, which is two seconds behind the newest event (`out_of_orderness`). */
function expectOnTime(live: Live): void {
  const late = lateness(live);
  expect(late).toHaveLength(1);
  expect(late[0]).toBeGreaterThanOrEqual(2);
  expect(late[0]).toBeLessThanOrEqual(3);
}

it('a timer fires once, within a second of its instant, while events flow', async () => {
  const live = new Live('10:00:00.500');
  live.event('O(tier=vip)10:00:00');
  await live.until('10:09:55', 5000);
  for (let tenth = 0; tenth < 120; tenth++) {
    const second = 55 + Math.floor(tenth / 10);
    const text = `10:${second < 60 ? '09' : '10'}:${String(second % 60).padStart(2, '0')}.${String(tenth % 10)}00`;
    await live.until(text, 100);
    live.event(`Z(other)${text}`);
  }
  expectOnTime(live);
  await live.stop();
});

it('a timer fires within a second of its instant in silence that began a moment before', async () => {
  const live = new Live('10:00:00.500');
  live.event('O(tier=vip)10:00:00');
  await live.until('10:09:45', 5000);
  live.event('Z(other)10:09:44.900');
  await live.until('10:10:10', 250);
  expectOnTime(live);
  await live.stop();
});

it('a wall clock that is set forward in silence makes due what lies between, once, and says how late', async () => {
  const live = new Live('10:00:00.500');
  live.event('O(tier=vip)10:00:00');
  await live.until('10:01:00', 1000);
  live.clock.advanceTo(wall('11:00:00'));
  await live.until('11:00:05');
  expect(live.said().map((text) => text.replace(/ late .*/, ''))).toEqual([
    'warning 50 10:05:00',
    'warning 75 10:07:30',
    'warning 90 10:09:00',
    'breached 10:10:00',
  ]);
  const [late = 0] = lateness(live);
  expect(late).toBeGreaterThanOrEqual(3000);
  expect(late).toBeLessThanOrEqual(3006);
  await live.stop();
});

it('an engine whose wall clock is set back repeats nothing, and goes on with the events that the broker stores', async () => {
  const live = new Live('10:00:00.500');
  live.event('O(tier=vip)10:00:00');
  await live.until('10:09:30', 5000);
  live.clock.setBackTo(wall('09:40:00'));
  await live.until('09:40:20');
  expect(live.said()).toHaveLength(3);
  live.event('Z(other)10:10:03', wall('10:10:03.200'));
  await live.until('09:40:25', 250);
  expect(live.said().map((text) => text.replace(/ late .*/, ''))).toEqual([
    'warning 50 10:05:00',
    'warning 75 10:07:30',
    'warning 90 10:09:00',
    'breached 10:10:00',
  ]);
  await live.stop();
});
