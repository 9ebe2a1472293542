/**
 * Requests to a city as cases, in the shape in which cities publish them: noise at night that is closed within the hour, roads that take weeks,
 * inspectors who answer at the door, requests about one address that are merged, some that come back. Made by chance from a seed.
 */
import { DAY, HOUR, MINUTE } from '../batch/spans.ts';
import { diceOf, type Dice } from '../dice.ts';
import { apart, type LogEvent } from './case-log.ts';

const KINDS = [
  { class: 'noise', team: 'police', hours: [20, 21, 22, 23, 0, 1], takes: HOUR },
  { class: 'waste', team: 'sanitation', hours: [7, 8, 9, 10, 15], takes: 3 * DAY },
  { class: 'road', team: 'works', hours: [8, 9, 12, 14, 17], takes: 12 * DAY },
  { class: 'heating', team: 'housing', hours: [6, 7, 18, 19], takes: 2 * DAY },
] as const;
const START = Date.parse('2026-03-02T00:00:00+08:00');

export function madeRequests(seed: number, count: number): readonly LogEvent[] {
  const chance = diceOf(seed);
  return apart(Array.from({ length: count }, (_, i) => lifeOf(`r-${String(i)}`, chance)).flat(), chance);
}

function lifeOf(name: string, chance: Dice): readonly LogEvent[] {
  const kind = chance.of(KINDS);
  // Who asks is where it is: the next request about one address and one thing is a repetition.
  const data = { channel: 'web', case: name, class: kind.class, customer: { id: `a-${String(chance.below(90))}` } };
  let { team }: { team: string } = kind;
  let at = START + chance.below(21) * DAY + chance.of(kind.hours) * HOUR + chance.below(HOUR);
  const events: LogEvent[] = [];
  const add = (type: string, more: LogEvent['data'] = {}): void =>
    void events.push({ at, type: `cx.case.${type}`, case: name, data: { ...data, team, ...more } });
  // A few take many times as long as most.
  const later = (): number => (at += MINUTE + chance.below(kind.takes) * (chance.percent(6) ? 8 : 1));
  add('opened');
  if (chance.percent(9)) {
    at += MINUTE + chance.below(HOUR);
    add('closed');
    return events;
  }
  if (chance.percent(30)) {
    team = chance.of(KINDS).team;
    at += MINUTE + chance.below(2 * HOUR);
    add('assigned');
  }
  for (let round = 0; round === 0 || (round < 3 && chance.percent(12)); round += 1) {
    if (round > 0) {
      at += HOUR + chance.below(9 * DAY);
      add('reopened');
    }
    if (chance.percent(60)) {
      later();
      add('replied', { author: 'agent' });
    }
    if (chance.percent(12)) {
      later();
      add('pending');
      later();
      add('replied', { author: 'customer' });
    }
    if (!chance.percent(93)) return events;
    later();
    add('resolved');
  }
  return events;
}
