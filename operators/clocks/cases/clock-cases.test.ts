/**
 * Worked cases of clocks without calendars, by their number in the catalogue of cases: each through the operator, straight and in every
 * mode of `verifyOperator`. Those of calendars are in calendar-cases.test.ts, those of several partitions, of crashes and of a live
 * engine in the tests of those. `m` is `miss`.
 */
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../../engine/adapters/expressions/cel.ts';
import { Chain, pipe } from '../../../engine/core/chain.ts';
import { END_OF_TIME } from '../../../engine/core/types.ts';
import { observe, verifyOperator, type Step } from '../../../engine/testing/verify-operator.ts';
import type { CxEvent } from '../../shared/messages.ts';
import { clocksOperator } from '../clocks.ts';
import { clockTime, configOf, onceOnly, shortOf, stepsOf } from '../testing/case-script.ts';

const F = `
  - id: first_response
    key: data.case
    start: {on: cx.case.opened}
    stop: {on: cx.case.replied, where: data.author == "agent"}
    pause: {on: cx.case.pending}
    resume: {on: [cx.case.replied, cx.interaction.message]}
    restart: {on: cx.case.reopened}
    cancel: {on: cx.case.closed}
    target: [{when: data.customer.tier == "vip", within: 10m}, {when: data.priority == "urgent", within: 30m}, {within: 2h}]
    warn: [50, 75, 90]
    keep: [channel, priority, agent]
    expire: 90d
    update: {on: cx.case.assigned}
`;
const R = `
  - id: resolution
    key: data.case
    start: {on: cx.case.opened}
    stop: {on: cx.case.resolved}
    pause: {on: cx.case.pending}
    resume: {on: cx.interaction.message}
    restart: {on: cx.case.reopened}
    cancel: {on: cx.case.closed}
    target: [{within: 8h}]
`;
const N = `
  - id: next_response
    key: data.conversation
    start: {on: cx.interaction.message, where: data.author == "customer"}
    stop: {on: cx.interaction.message, where: data.author == "agent"}
    target: [{within: 15m}]
`;

function chainOf(clocks: string): ReturnType<typeof pipe<CxEvent, CxEvent, CxEvent>> {
  const config = configOf(`clocks:${clocks}`);
  return pipe(
    onceOnly,
    clocksOperator(config.clocks, compileExpression, () => {
      throw new Error('no calendar here');
    }),
  );
}

/** Everything that is said, in its order, and the same in every mode. */
function said(
  clocks: string,
  script: string,
  more: readonly Step<CxEvent>[] = [],
  isPrefixed = false,
): readonly string[] {
  const steps = [...stepsOf(script), ...more];
  const def = chainOf(clocks);
  const output = observe(def, [...steps, { watermark: END_OF_TIME }]);
  verifyOperator({
    def,
    script: steps,
    expected: output.filter((one) => !('urgent' in one)),
    ignore: ['urgent'],
    twin: { none: 'cases name their keys' },
  });
  return shortOf(output, isPrefixed);
}
function counted(clocks: string, script: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  const ignore = (): void => undefined;
  const outlet = {
    ...{ emit: ignore, send: ignore, forward: ignore, show: ignore, urgent: ignore },
    count: (name: string, by = 1) => void (counts[name] = (counts[name] ?? 0) + by),
  };
  const chain = new Chain(chainOf(clocks), { partition: 0 }, outlet);
  for (const step of stepsOf(script)) {
    if ('event' in step) chain.event(step.event);
    else if ('watermark' in step) chain.advance(step.watermark);
  }
  chain.advance(END_OF_TIME);
  return Object.fromEntries(Object.entries(counts).filter(([name]) => name.startsWith('clock')));
}
const endings = (all: readonly string[]): readonly string[] => all.filter((text) => !text.includes('warning'));

describe('cases of clocks', () => {
  it.each<readonly [string, string, string, readonly string[]]>([
    ['1 start, stop', F, 'O10:00 A10:07:30', ['stopped 10:00:00→10:07:30 e450 w450 p0 t7200 met r0']],
    ['2 a bot is no answer', F, 'O10:00 B10:00:05 A10:12', ['stopped 10:00:00→10:12:00 e720 w720 p0 t7200 met r0']],
    ['4 pause', F, 'O10:00 P10:10 M10:40 A10:50', ['stopped 10:00:00→10:50:00 e3000 w1200 p1800 t7200 met r0']],
    [
      '5 twice, stray',
      F,
      'O10:00 M10:05 P10:10 P10:20 M10:40 A10:50',
      ['stopped 10:00:00→10:50:00 e3000 w1200 p1800 t7200 met r0'],
    ],
    ['6 stop in a pause', F, 'O10:00 P10:10 A10:30', ['stopped 10:00:00→10:30:00 e1800 w600 p1200 t7200 met r0']],
    [
      '7 restart, running',
      F,
      'O09:00 V09:05 R03-06T14:00 A03-06T14:10',
      [
        'warning 50 10:00:00',
        'warning 75 10:30:00',
        'warning 90 10:48:00',
        'breached 11:00:00 e7200 w7200 p0 t7200 miss r0',
        'stopped 03-06 14:00:00→03-06 14:10:00 e600 w600 p0 t7200 met r1',
      ],
    ],
    [
      '7 with cancel by resolved',
      F.replace('cancel: {on: cx.case.closed}', 'cancel: {on: [cx.case.closed, cx.case.resolved]}'),
      'O09:00 V09:05 R03-06T14:00 A03-06T14:10',
      [
        'cancelled 09:00:00→09:05:00 e300 w300 p0 t7200 – r0',
        'stopped 03-06 14:00:00→03-06 14:10:00 e600 w600 p0 t7200 met r1',
      ],
    ],
    [
      '8 restart, weeks after',
      F,
      'O10:00 A10:05 R03-23T15:00 A03-23T15:20',
      [
        'stopped 10:00:00→10:05:00 e300 w300 p0 t7200 met r0',
        'stopped 03-23 15:00:00→03-23 15:20:00 e1200 w1200 p0 t7200 met r1',
      ],
    ],
    ['9 cancel', F, 'O10:00 X10:30 A10:40', ['cancelled 10:00:00→10:30:00 e1800 w1800 p0 t7200 – r0']],
    [
      '10 merge',
      F,
      'O(c1)10:00 O(c2)10:01 X(c1)10:02 A(c2)10:06',
      ['cancelled 10:00:00→10:02:00 e120 w120 p0 t7200 – r0', 'stopped 10:01:00→10:06:00 e300 w300 p0 t7200 met r0'],
    ],
    ['13 zero length', F, 'A10:00:00.000 O10:00:00.000', ['stopped 10:00:00→10:00:00 e0 w0 p0 t7200 met r0']],
    ['14 stop before start', F, 'A09:59:30 O10:00 A10:20', ['stopped 10:00:00→10:20:00 e1200 w1200 p0 t7200 met r0']],
    [
      '15 arrives before its start',
      F,
      'A10:00:30 O10:00:00 Z10:01:00',
      ['stopped 10:00:00→10:00:30 e30 w30 p0 t7200 met r0'],
    ],
    ['16 start too late', F, 'A10:07:30 O10:00:00', []],
    [
      '17 duplicates',
      F,
      'O(id=e1)10:00 O(id=e1)10:00 O(id=e2)10:01 A10:04',
      ['stopped 10:00:00→10:04:00 e240 w240 p0 t7200 met r0'],
    ],
    [
      '18 breach, then stop',
      F,
      'O(tier=vip)10:00 Z10:03 Z10:08 Z10:12 A10:25',
      [
        'warning 50 10:05:00',
        'warning 75 10:07:30',
        'warning 90 10:09:00',
        'breached 10:10:00 e600 w600 p0 t600 miss r0',
        'stopped 10:00:00→10:25:00 e1500 w1500 p0 t600 miss r0',
      ],
    ],
    [
      '25 priority up',
      F,
      'O10:00 U(priority=urgent)10:20 A10:35',
      [
        'warning 50 10:20:00',
        'warning 75 10:22:30',
        'warning 90 10:27:00',
        'breached 10:30:00 e1800 w1800 p0 t1800 miss r0',
        'stopped 10:00:00→10:35:00 e2100 w2100 p0 t1800 miss r0',
      ],
    ],
    ['26 up into the past', F, 'O10:00 U(priority=urgent)10:50', ['breached 10:50:00 e3000 w3000 p0 t1800 miss r0']],
    [
      '27 up, with a pause',
      F,
      'O10:00 P10:05 M10:45 U(priority=urgent)10:50 A10:58',
      ['stopped 10:00:00→10:58:00 e3480 w1080 p2400 t1800 met r0'],
    ],
    [
      '28 loosened after a breach',
      F,
      'O(priority=urgent)10:00 U(priority=low)10:40 A11:00',
      ['breached 10:30:00 e1800 w1800 p0 t1800 miss r0', 'stopped 10:00:00→11:00:00 e3600 w3600 p0 t7200 miss r0'],
    ],
    [
      '45 two clocks, one key',
      F + R,
      'O10:00 A10:05 P10:10 M11:10 V12:00',
      [
        'stopped 10:00:00→10:05:00 e300 w300 p0 t7200 met r0',
        'stopped 10:00:00→12:00:00 e7200 w3600 p3600 t28800 met r0',
      ],
    ],
    [
      '46 next reply',
      N,
      'M10:00 M10:02 N10:05 N10:06 M10:20 N10:30',
      ['stopped 10:00:00→10:05:00 e300 w300 p0 t900 met r0', 'stopped 10:20:00→10:30:00 e600 w600 p0 t900 met r0'],
    ],
  ])('%s', (name, clocks, script, expected) => {
    const all = said(clocks, script);
    // Where the case says nothing of warnings, they are not its point.
    const isOfWarnings = expected.some((text) => text.includes('warning')) || /^(1|18|25|26)\b/.test(name);
    expect(isOfWarnings ? all : endings(all)).toEqual(expected);
  });
});

const at = (text: string): number => Date.parse(`2026-${text}+08:00`);

/** `c1 run 2 stopped due 10:30:00`, of each outcome. */
function runsOf(clocks: string, script: string): readonly string[] {
  const output = observe(chainOf(clocks), [...stepsOf(script), { watermark: END_OF_TIME }]);
  return output.flatMap((one) => {
    if (!('send' in one) || !one.send.subject.startsWith('cx.clocks.')) return [];
    const { clock, key, run, outcome, due } = one.send.data as Readonly<Record<string, unknown>>;
    return [
      `${String(clock)} ${String(key)} run ${String(run)} ${String(outcome)} due ${clockTime(Date.parse(String(due)))}`,
    ];
  });
}

describe('cases of clocks: whose run, its number, and when it was due', () => {
  it.each<readonly [string, string, string, readonly string[]]>([
    ['4', F, 'O10:00 P10:10 M10:40 A10:50', ['first_response c1 run 1 stopped due 12:30:00']],
    ['5', F, 'O10:00 M10:05 P10:10 P10:20 M10:40 A10:50', ['first_response c1 run 1 stopped due 12:30:00']],
    [
      '7',
      F,
      'O09:00 V09:05 R03-06T14:00 A03-06T14:10',
      ['first_response c1 run 1 breached due 11:00:00', 'first_response c1 run 2 stopped due 03-06 16:00:00'],
    ],
    [
      '8',
      F,
      'O10:00 A10:05 R03-23T15:00 A03-23T15:20',
      ['first_response c1 run 1 stopped due 12:00:00', 'first_response c1 run 2 stopped due 03-23 17:00:00'],
    ],
    [
      '10',
      F,
      'O(c1)10:00 O(c2)10:01 X(c1)10:02 A(c2)10:06',
      ['first_response c1 run 1 cancelled due 12:00:00', 'first_response c2 run 1 stopped due 12:01:00'],
    ],
    ['17', F, 'O(id=e1)10:00 O(id=e1)10:00 O(id=e2)10:01 A10:04', ['first_response c1 run 1 stopped due 12:00:00']],
    ['26', F, 'O10:00 U(priority=urgent)10:50', ['first_response c1 run 1 breached due 10:30:00']],
    ['27', F, 'O10:00 P10:05 M10:45 U(priority=urgent)10:50 A10:58', ['first_response c1 run 1 stopped due 11:10:00']],
    [
      '28',
      F,
      'O(priority=urgent)10:00 U(priority=low)10:40 A11:00',
      ['first_response c1 run 1 breached due 10:30:00', 'first_response c1 run 1 stopped due 12:00:00'],
    ],
    [
      '45',
      F + R,
      'O10:00 A10:05 P10:10 M11:10 V12:00',
      ['first_response c1 run 1 stopped due 12:00:00', 'resolution c1 run 1 stopped due 19:00:00'],
    ],
    [
      '46',
      N,
      'M10:00 M10:02 N10:05 N10:06 M10:20 N10:30',
      ['next_response v1 run 1 stopped due 10:15:00', 'next_response v1 run 2 stopped due 10:35:00'],
    ],
  ])('%s', (_, clocks, script, expected) => {
    expect(runsOf(clocks, script)).toEqual(expected);
  });
});

describe('cases of clocks, further', () => {
  it('3 two agents: the first ends it, and stays its agent', () => {
    const script = 'O10:00 A(agent=a1)10:03 A(agent=a2)10:05';
    const output = observe(chainOf(F), [...stepsOf(script), { watermark: END_OF_TIME }]);
    const outcomes = output.flatMap((one) =>
      'send' in one && one.send.subject === 'cx.clocks.first_response' ? [one.send.data] : [],
    );
    expect(outcomes).toMatchObject([
      { outcome: 'stopped', elapsed_s: 180, agent: 'a1', channel: 'web_chat', over_s: -7020 },
    ]);
    expect(counted(F, script)).toEqual({ clock_stopped_first_response: 1, clock_ignored_first_response_stop: 1 });
  });

  it.each([
    ['5 twice, stray', 'O10:00 M10:05 P10:10 P10:20 M10:40 A10:50', { resume: 1, pause: 1 }],
    ['9 cancel', 'O10:00 X10:30 A10:40', { stop: 1 }],
    ['14 stop before start', 'A09:59:30 O10:00 A10:20', { stop: 1 }],
  ])('%s: what did nothing is counted by verb', (_, script, ignored) => {
    const found = Object.entries(counted(F, script)).filter(([name]) =>
      name.startsWith('clock_ignored_first_response_'),
    );
    expect(
      Object.fromEntries(found.map(([name, n]) => [name.slice('clock_ignored_first_response_'.length), n])),
    ).toEqual(ignored);
  });

  it('11 a run that nothing stops breaches, then expires', () => {
    const all = said(F, 'O10:00', [{ watermark: at('05-31T10:00:01') }]);
    expect(endings(all)).toEqual([
      'breached 12:00:00 e7200 w7200 p0 t7200 miss r0',
      'expired 10:00:00→05-31 10:00:00 e7776000 w7776000 p0 t7200 miss r0',
    ]);
  });
  it('12 expires in a pause, unbreached', () => {
    const all = said(F, 'O10:00 P10:10', [{ watermark: at('05-31T10:00:01') }]);
    expect(all).toEqual(['expired 10:00:00→05-31 10:00:00 e7776000 w600 p7775400 t7200 – r0']);
  });

  it('19 a stop at the target is in time, however far time is by then', () => {
    expect(endings(said(F, 'O(tier=vip)10:00 Z10:10:02.000 A10:10:00.000'))).toEqual([
      'stopped 10:00:00→10:10:00 e600 w600 p0 t600 met r0',
    ]);
  });
  it('20 a late stop revises: the breach, and its action, are withdrawn', () => {
    const script = 'O(tier=vip)10:00 Z10:10:05 A10:09:58';
    expect(endings(said(F, script))).toEqual([
      'breached 10:10:00 e600 w600 p0 t600 miss r0',
      'breached 10:10:00 e600 w600 p0 t600 miss r0 rev 1 withdrawn',
      'stopped 10:00:00→10:09:58 e598 w598 p0 t600 met r0',
    ]);
    const actions = observe(chainOf(F), stepsOf(script)).flatMap((one) =>
      'send' in one && one.send.subject === 'cx.actions.sla_breached' ? [one.send.data] : [],
    );
    expect(actions).toMatchObject([
      { state: 'due', revision: 0, owner: null, due: '2026-03-02T02:10:00.000Z' },
      { state: 'withdrawn', revision: 1 },
    ]);
  });
  it('21 one that is too late closes the run, and the breach stands', () => {
    const script = 'O(tier=vip)10:00 Z10:12:00 A10:09:58';
    expect(endings(said(F, script))).toEqual([
      'breached 10:10:00 e600 w600 p0 t600 miss r0',
      'stopped 10:00:00→10:09:58 e598 w598 p0 t600 miss r0 late',
    ]);
    const late = observe(chainOf(F), stepsOf(script)).flatMap((one) =>
      'send' in one && one.send.subject === 'cx.late.first_response' ? [one.send.data] : [],
    );
    expect(late).toMatchObject([
      { clock: 'first_response', verb: 'stop', key: 'c1', late_by_ms: 120_000, allowed_lateness_ms: 60_000 },
    ]);
  });
  it('16 a start that is too late is reported, and starts nothing', () => {
    const late = observe(chainOf(F), stepsOf('A10:07:30 O10:00:00')).flatMap((one) =>
      'send' in one ? [one.send] : [],
    );
    expect(late).toMatchObject([{ subject: 'cx.late.first_response', data: { late_by_ms: 448_000 } }]);
  });

  it('24 the first target that holds', () => {
    const script =
      'O(c1,tier=vip,priority=urgent)10:00 O(c2,priority=urgent)10:00 O(c3,priority=low)10:00 A(c1)10:01 A(c2)10:01 A(c3)10:01';
    expect(said(F, script, [], true)).toEqual([
      'c1 stopped 10:00:00→10:01:00 e60 w60 p0 t600 met r0',
      'c2 stopped 10:00:00→10:01:00 e60 w60 p0 t1800 met r0',
      'c3 stopped 10:00:00→10:01:00 e60 w60 p0 t7200 met r0',
    ]);
  });

  it('58 the end of a file makes no future: what is open stays open, and is counted', () => {
    expect(said(F, 'O(tier=vip)10:00 Z10:05:20')).toEqual(['warning 50 10:05:00']);
    expect(counted(F, 'O(tier=vip)10:00 Z10:05:20')).toEqual({ clocks_open_at_end: 1 });
  });

  it('64 an event that belongs to nobody starts nothing, and is counted', () => {
    const clock = F.replace('key: data.case', 'key: data.ticket');
    expect(said(clock, 'O10:00 A10:05')).toEqual([]);
    expect(counted(clock, 'O10:00')).toEqual({ clock_keyless_first_response: 1 });
  });
});
