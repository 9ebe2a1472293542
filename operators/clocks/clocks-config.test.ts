/** What a configuration of clocks may not say, and what is said of it. */
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { parseConfig } from '../../engine/app/config/config.ts';

const GOOD = `
clocks:
  - id: frt
    key: data.case
    start: {on: cx.case.opened}
    stop: {on: cx.case.replied}
    pause: {on: cx.case.pending}
    resume: {on: cx.interaction.message}
    target: [{when: data.priority == "urgent", within: 30m}, {within: 2h}]
    warn: [50, 90]
    keep: [channel, team]
kpis:
  - {id: k, from: clock.frt, measure: {kind: count}, window: {kind: tumbling, size: 1h}}
`;

function faults(change: (text: string) => string): readonly string[] {
  const parsed = parseConfig(parse(change(GOOD)), compileExpression);
  return 'faults' in parsed ? parsed.faults.map(({ at, message }) => `${at.join('.')}: ${message}`) : [];
}

describe('clocks of a configuration', () => {
  it('is taken as it should be written', () => {
    expect(faults((text) => text)).toEqual([]);
  });

  it.each<readonly [string, readonly [string, string], string]>([
    [
      'an unknown type',
      ['cx.case.opened', 'cx.case.open'],
      'clocks.0.start.on: there is no event type "cx.case.open"; did you mean cx.case.opened?',
    ],
    [
      'a clock that waits for a clock',
      ['on: cx.case.replied', 'on: clock.frt'],
      'clocks.0.stop.on: "clock.frt" is said by a clock: a clock reads channel events only, so that none waits for itself',
    ],
    [
      'a condition that never holds',
      ['data.priority == "urgent"', 'data.n % 2 == 0'],
      'clocks.0.target.0.when: the expression "data.n % 2 == 0" can never give a result',
    ],
    [
      'a target that reads what is not kept',
      ['data.priority == "urgent"', 'source == "x"'],
      'clocks.0.target.0.when: a run keeps what this reads: data.…, enrichment.… or channel, not "source"',
    ],
    [
      'a target that reads everything',
      ['data.priority == "urgent"', 'size(data) > 3'],
      'clocks.0.target.0.when: it reads "data" as a whole',
    ],
    [
      'a target that is never looked at',
      ['[{when: data.priority == "urgent", within: 30m}, {within: 2h}]', '[{within: 2h}, {within: 3h}]'],
      'clocks.0.target.1: the target before it has no "when", so this one is never looked at',
    ],
    [
      'a target of nothing',
      ['within: 30m', 'within: 0s'],
      'clocks.0.target.0.within: a target of 0 can only be missed',
    ],
    [
      'a target after the end',
      ['within: 2h}', 'within: 2h}, {when: data.x == 1.0, within: 100d}'],
      'clocks.0.target.2.within: the run expires after 90d, before this target is reached',
    ],
    ['warnings that fall', ['[50, 90]', '[90, 50]'], 'clocks.0.warn.1: warnings rise'],
    [
      'warnings without a target',
      ['target: [{when: data.priority == "urgent", within: 30m}, {within: 2h}]', 'once: true'],
      'clocks.0.warn: warnings are percent of the target, and there is none',
    ],
    [
      'a resume without a pause',
      ['pause: {on: cx.case.pending}', 'once: true'],
      'clocks.0.resume: nothing pauses this clock',
    ],
    [
      'a field of every outcome',
      ['[channel, team]', '[channel, outcome]'],
      'clocks.0.keep.1: "outcome" is a field of every outcome',
    ],
    [
      'an expiry within the lateness',
      ['keep:', 'expire: 30s\n    keep:'],
      'clocks.0.expire: it must be longer than the lateness of 1m',
    ],
    [
      'a calendar that is not there',
      ['keep:', 'calendar: nights\n    keep:'],
      'clocks.0.calendar: there is no calendar "nights"',
    ],
    [
      'a KPI of a clock that is not there',
      ['from: clock.frt', 'from: clock.ftr'],
      'kpis.0.from: there is no event type "clock.ftr"; did you mean clock.frt?',
    ],
    [
      'a measure that cannot be taken back',
      ['kind: count', 'kind: max, value: data.working_s'],
      'kpis.0.measure.kind: outcomes of clocks and journeys may be withdrawn, which "max" cannot undo',
    ],
    [
      'a session of outcomes',
      ['kind: tumbling, size: 1h', 'kind: session, gap: 1h'],
      'kpis.0.window.kind: outcomes of clocks and journeys may be withdrawn, which a session cannot undo',
    ],
  ])('says where and what is wrong with %s', (_, [from, to], expected) => {
    expect(GOOD).toContain(from);
    const found = faults((text) => text.replace(from, to));
    expect(
      found.some((fault) => fault.startsWith(expected)),
      found.join('\n'),
    ).toBe(true);
  });
});
