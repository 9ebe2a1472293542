/**
 * The log of a helpdesk, in the shape in which desks export them: every step of every case, cases that were there before, pauses,
 * reopenings, customers who come again. Made by chance from a seed; and from a file of such rows of one's own.
 */
import { DAY, HOUR, MINUTE } from '../batch/spans.ts';
import { diceOf, type Dice } from '../dice.ts';

export interface LogEvent {
  readonly at: number;
  readonly type: string;
  readonly case: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const START = Date.parse('2026-03-02T00:00:00+08:00');
const TEAMS = ['east', 'west', 'night'] as const;
const CLASSES = ['delivery', 'refund', 'quality'] as const;
const SPAN_DAYS = 24;

/** In the order in which they happened; no two at one instant. */
export function madeLog(seed: number, cases: number): readonly LogEvent[] {
  const chance = diceOf(seed);
  return apart(Array.from({ length: cases }, (_, i) => lifeOf(`k-${String(i)}`, i % 12 === 0, chance)).flat(), chance);
}

/** Seconds are coarse: each event somewhere within its own, none at the instant of another, in their order. */
export function apart(events: readonly LogEvent[], chance: Dice): readonly LogEvent[] {
  const taken = new Set<number>();
  const free = (at: number): number => {
    let instant = Math.floor(at / 1000) * 1000 + chance.below(1000);
    while (taken.has(instant)) instant += 1;
    taken.add(instant);
    return instant;
  };
  return events.map((event) => ({ ...event, at: free(event.at) })).sort((a, b) => a.at - b.at);
}

function lifeOf(name: string, isStock: boolean, chance: Dice): readonly LogEvent[] {
  const events: LogEvent[] = [];
  const who = { id: `u-${String(chance.below(60))}` };
  const fixed = { channel: 'email', case: name, class: chance.of(CLASSES), customer: who };
  let team: string = chance.of(TEAMS);
  const add = (at: number, type: string, data: Readonly<Record<string, unknown>> = {}): void =>
    void events.push({ at, type: `cx.case.${type}`, case: name, data: { ...fixed, team, ...data } });
  let at = START + chance.below(SPAN_DAYS * 24 * 60) * MINUTE;
  if (isStock) {
    at = START + chance.below(600) * 1000;
    const age = (1 + chance.below(5 * 24 * 60)) * MINUTE;
    const state = chance.of(['open', 'pending', 'pending', 'resolved']);
    const opened = new Date(at - age - 5000).toISOString();
    add(at, 'snapshot', { opened, state, paused_s: Math.floor((age / 1000) * chance.of([0, 0.25, 1])) });
  } else add(at, 'opened');
  const later = (most: number): number => (at += MINUTE + chance.below(most));
  for (let round = 0; round === 0 || (round < 4 && chance.percent(22)); round += 1) {
    if (round > 0) add(later(9 * DAY), 'reopened');
    if (chance.percent(50)) {
      team = chance.of(TEAMS);
      add(later(2 * HOUR), 'assigned');
    }
    if (chance.percent(25)) add(later(MINUTE), 'replied', { author: 'bot' });
    if (chance.percent(90)) add(later(20 * HOUR), 'replied', { author: 'agent' });
    if (chance.percent(40)) {
      add(later(5 * HOUR), 'pending');
      if (chance.percent(85)) add(later(2 * DAY), 'replied', { author: 'customer' });
    }
    if (!chance.percent(92)) return events;
    add(later(2 * DAY), 'resolved');
  }
  if (chance.percent(60)) add(later(3 * DAY), 'closed');
  return events;
}

/**
 * Rows `case,activity,YYYY-MM-DD hh:mm:ss` as logs of processes are kept, of a helpdesk whose activities are 8 (taken in charge), 9
 * (wait) and 6 (resolved): the first row opens a case, one after a resolution reopens it.
 */
export function readLog(csv: string): readonly LogEvent[] {
  const rows = csv
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
    .map(([name = '', activity = '', time = '']) => ({
      name,
      activity,
      at: Date.parse(`${time.replace(' ', 'T')}+08:00`),
    }));
  const stands = new Map<string, 'open' | 'resolved'>();
  const seen = new Map<number, number>();
  const events: LogEvent[] = [];
  for (const { name, activity, at } of [...rows].sort((a, b) => a.at - b.at)) {
    // Seconds are coarse: those of one second follow each other by a millisecond.
    const place = seen.get(at) ?? 0;
    let instant = at + place;
    const data = { channel: 'email', case: name, class: 'ticket', customer: { id: `u-${String(Number(name) % 500)}` } };
    const add = (type: string, more: Readonly<Record<string, unknown>> = {}): void =>
      void events.push({
        at: instant++,
        type: `cx.case.${type}`,
        case: name,
        data: { ...data, team: 'desk', ...more },
      });
    const state = stands.get(name);
    if (state === undefined) add('opened');
    else if (state === 'resolved' && activity !== '6') add('reopened');
    if (activity === '8') add('replied', { author: 'agent' });
    if (activity === '9') add('pending');
    if (activity === '6') add('resolved');
    stands.set(name, activity === '6' ? 'resolved' : 'open');
    seen.set(at, instant - at);
  }
  return events.sort((a, b) => a.at - b.at);
}
