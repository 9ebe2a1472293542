/** Any script of verbs, in any order within the lateness, gives what the oracle says of the same script in the right order. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClockTable } from './clock-table.ts';
import { oracleFacts, type OracleClock, type OracleEvent, type OracleFact } from './testing/oracle.ts';
import { byPlace, Heard, planOf, restoredFrom, slowCalendar } from './testing/rehearsal.ts';

const LATENESS = 25;
const RUNS = Number(process.env['EARSHOT_CLOCK_RUNS'] ?? 10_000);

interface Step {
  readonly event: OracleEvent;
  /** How far time is ahead of the event when it comes; negative: behind it. */
  readonly delay: number;
}

const verb = fc.constantFrom<OracleEvent['verb'][]>(
  'start',
  'start',
  'stop',
  'pause',
  'resume',
  'restart',
  'cancel',
  'update',
  'stock',
  'again',
);
const tier = fc.constantFrom('a', 'b', 'c', undefined);
const step = fc.record({
  verb,
  key: fc.constantFrom('k1', 'k2'),
  at: fc.integer({ min: 0, max: 110 }),
  tier,
  team: fc.constantFrom('x', 'y', undefined),
  delay: fc.integer({ min: -8, max: LATENESS }),
  since: fc.integer({ min: 0, max: 130 }),
  paused: fc.constantFrom(0, 0, 5, 40, 200),
  isPaused: fc.boolean(),
});
const script = fc.array(step, { minLength: 1, maxLength: 14 }).map((steps) =>
  steps.map(({ verb: name, key, at, tier: known, team, delay, since, paused: pausedMs, isPaused }, i): Step => {
    const stock = name === 'stock' ? { stock: { opened: at - since, pausedMs, isPaused } } : null;
    return { event: { key, verb: name, at, id: `e${String(i)}`, values: [known, team], ...stock }, delay };
  }),
);

const clock = fc.record({
  targets: fc.record({
    a: fc.option(fc.integer({ min: 1, max: 40 })),
    b: fc.option(fc.integer({ min: 1, max: 40 })),
    other: fc.option(fc.integer({ min: 1, max: 60 })),
  }),
  warnings: fc.constantFrom([], [50], [25, 50, 90]),
  expire: fc.integer({ min: 20, max: 120 }),
  once: fc.boolean(),
  hours: fc.constantFrom('all', 'half', 'nights'),
});
type Tried = typeof clock extends fc.Arbitrary<infer T> ? T : never;

const HOURS = {
  all: (): boolean => true,
  half: (instant: number): boolean => instant % 20 < 10,
  nights: (instant: number): boolean => instant % 13 >= 9,
};

function oracleClock({ targets, warnings, expire, once, hours }: Tried): OracleClock {
  return {
    target: ([known]) => (known === 'a' ? targets.a : known === 'b' ? targets.b : targets.other),
    ...{ warnings, expire, once, isOpen: HOURS[hours] },
  };
}

interface Playing {
  /** 1: time goes from instant to instant; else it leaps to the next event. */
  readonly everyPass?: number;
  /** It is lost before these events, and restored from what was saved then. */
  readonly crashes?: readonly number[];
}

function play(
  tried: Tried,
  steps: readonly Step[],
  until: number,
  { everyPass = 1, crashes = [] }: Playing = {}, // calm
): Heard {
  const of = oracleClock(tried);
  const plan = planOf(of, LATENESS, tried.hours === 'all' ? null : slowCalendar(of.isOpen));
  let table = new ClockTable([plan]);
  const heard = new Heard();
  const sorted = [...steps].sort((a, b) => a.event.at + a.delay - (b.event.at + b.delay));
  let now = -100;
  for (const [i, { event, delay }] of sorted.entries()) {
    if (crashes.includes(i)) table = restoredFrom(table, plan, now);
    const reached = event.at + delay;
    for (let due = table.dueAt(); due !== undefined && due <= reached; due = table.dueAt())
      table.pass(everyPass > 1 ? reached : due, heard);
    now = reached;
    table.take({ clock: 0, ...event }, now, heard);
  }
  if (crashes.includes(sorted.length)) table = restoredFrom(table, plan, now);
  for (let due = table.dueAt(); due !== undefined && due <= until; due = table.dueAt()) table.pass(due, heard);
  if (heard.lateOnes.length > 0) expect(heard.lateOnes).toEqual([]);
  return heard;
}

/** As texts, which takes a tenth of the time; what differs is shown by itself. */
function expectSame(is: readonly OracleFact[], wanted: readonly OracleFact[]): void {
  if (JSON.stringify(is) !== JSON.stringify(wanted)) expect(is).toEqual(wanted);
}

describe('clocks against the oracle', () => {
  it('any order within the lateness, crashed at any moment, gives what the right order gives', () => {
    fc.assert(
      fc.property(
        clock,
        script,
        fc.integer({ min: 60, max: 300 }),
        fc.constantFrom(1, 2),
        fc.array(fc.integer({ min: 0, max: 14 }), { maxLength: 3 }),
        (tried, steps, until, everyPass, crashes) => {
          const last = Math.max(until, ...steps.map(({ event, delay }) => event.at + delay + 1));
          const heard = play(tried, steps, last, { everyPass, crashes });
          const expected = oracleFacts(
            oracleClock(tried),
            steps.map(({ event }) => event),
            last,
          );
          expectSame([...heard.standing()].sort(byPlace), [...expected].sort(byPlace));
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('in the right order everything is said once, in the order of its instants', () => {
    fc.assert(
      fc.property(clock, script, (tried, steps) => {
        const ordered = steps.map(({ event }) => ({ event, delay: 0 }));
        const heard = play(tried, ordered, 400);
        expect(heard.messages.every(({ said }) => said.revision === 0 && !said.isWithdrawn)).toBe(true);
        const instants = heard.messages.map(({ said }) => said.fact.at);
        expect(instants).toEqual([...instants].sort((a, b) => a - b));
      }),
      { numRuns: Math.ceil(RUNS / 10) },
    );
  });
});
