import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import type { CaseStory } from '../../engine/core/cases/case-story-form.ts';
import { must } from '../../engine/core/must.ts';
import { configOf, eventOf } from '../clocks/testing/case-script.ts';
import type { CxEvent } from '../shared/messages.ts';
import { CaseClocks } from './case-clocks.ts';
import { storyOf } from './case-story.ts';

const { clocks } = configOf(`
clocks:
  - id: first_response
    title: {zh-CN: 首次响应, en: First response}
    key: data.case
    start: {on: cx.case.opened}
    stop: {on: cx.case.replied, where: data.author == "agent"}
    restart: {on: cx.case.reopened}
    target: [{within: 30m}]
    warn: [50]
  - id: resolution
    key: data.case
    start: {on: cx.case.opened}
    stop: {on: cx.case.resolved}
    pause: {on: cx.case.pending}
    resume: {on: cx.interaction.message}
    restart: {on: cx.case.reopened}
    target: [{within: 2h}]
  - {id: of_customer, key: data.customer.id, start: {on: cx.case.opened}}
`);
const working = new CaseClocks(clocks, compileExpression, () => {
  throw new Error('no calendar here');
});

const eventsOf = (script: string): readonly CxEvent[] => script.split(/\s+/).map((word, i) => eventOf(word, i).value);
function storyFrom(events: readonly CxEvent[], now = '12:00'): CaseStory {
  return must(
    storyOf({
      ...{ id: 'c1', events, actions: [], isComplete: true, now: Date.parse(`2026-03-02T${now}:00+08:00`) },
      clocksOf: (sorted, at) => working.of('c1', sorted, at),
    }),
  );
}
const hour = (instant: string): string => new Date(Date.parse(instant) + 8 * 3_600_000).toISOString().slice(11, 16);
const steps = (story: CaseStory): readonly string[] =>
  story.steps.map(({ at, from, to, illegal }) => `${hour(at)} ${String(from)}→${to}${illegal ? ' illegal' : ''}`);

const WHOLE =
  'O(c1,priority=high,class=refund,team=a)10:00 A(c1,agent=a1)10:10 P10:15 M(c1,text=hello)10:40 U(c1,owner=li,team=b)10:45 V11:00 R11:30';

describe('the story of a case', () => {
  it('says how it stands, since when, whose it is, and each step with who made it', () => {
    const story = storyFrom(eventsOf(WHOLE));
    expect(story).toMatchObject({
      ...{ case: 'c1', state: 'open', reopened: 1, owner: 'li', class: 'refund', priority: 'high', complete: true },
      ...{ since: '2026-03-02T03:30:00.000Z', opened: '2026-03-02T02:00:00.000Z', illegal: {} },
      key: { channel: 'web_chat', team: 'b' },
    });
    expect(steps(story)).toEqual([
      ...['10:00 null→open', '10:15 open→pending', '10:40 pending→open', '11:00 open→resolved', '11:30 resolved→open'],
    ]);
    expect(story.entries.map(({ at, author, agent, text }) => [hour(at), author, agent, text]).slice(1, 4)).toEqual([
      ...[['10:10', 'agent', 'a1', null] as const, ['10:15', null, null, null] as const],
      ['10:40', 'customer', null, 'hello'],
    ]);
  });

  it('has the clocks of the case: each run that ended, and the one that is open, as they stand now', () => {
    const { clocks: found } = storyFrom(eventsOf(WHOLE), '12:10');
    expect(
      found.map(({ clock, run, state, met, breached, working_s, paused_s }) => ({
        ...{ clock, run, state, met, breached, working_s, paused_s },
      })),
    ).toEqual([
      { clock: 'first_response', run: 1, state: 'stopped', met: true, breached: false, working_s: 600, paused_s: 0 },
      { clock: 'first_response', run: 2, state: 'running', met: false, breached: true, working_s: 2400, paused_s: 0 },
      { clock: 'resolution', run: 1, state: 'stopped', met: true, breached: false, working_s: 2100, paused_s: 1500 },
      { clock: 'resolution', run: 2, state: 'running', met: null, breached: false, working_s: 2400, paused_s: 0 },
    ]);
    const [, open] = found;
    expect(open).toMatchObject({
      ...{ title: { 'zh-CN': '首次响应', en: 'First response' }, due: '2026-03-02T04:00:00.000Z', warned: [50] },
      ...{ started: '2026-03-02T03:30:00.000Z', ended: null, target_s: 1800, over_s: 600 },
    });
    expect(storyFrom(eventsOf('O10:00 P10:15'), '10:30').clocks[1]).toMatchObject({
      ...{ state: 'paused', due: '2026-03-02T04:15:00.000Z', paused_s: 900, working_s: 900 },
    });
  });

  it('is the same in whatever order its events come, and however often', () => {
    const events = eventsOf(WHOLE);
    const expected = storyFrom(events);
    fc.assert(
      fc.property(fc.shuffledSubarray([...events, ...events], { minLength: 14, maxLength: 14 }), (shuffled) => {
        expect(storyFrom(shuffled)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('counts illegal steps by kind, and stands as the event says', () => {
    const story = storyFrom(eventsOf('O10:00 V10:10 P10:20 O10:30 X10:40 V10:50 R11:00 R11:10'));
    expect(story.illegal).toEqual({
      ...{ 'resolved → pending': 1, 'pending → opened': 1, 'closed → resolved': 1, 'open → reopened': 1 },
    });
    expect(story).toMatchObject({ state: 'open', reopened: 1, opened: '2026-03-02T02:00:00.000Z' });
    expect(steps(story).filter((step) => step.endsWith('illegal'))).toEqual([
      ...['10:20 resolved→pending illegal', '10:30 pending→open illegal', '10:50 closed→resolved illegal'],
      '11:10 open→open illegal',
    ]);
  });

  it('begins with what is kept: a case whose opening is older, a snapshot, and no case at all', () => {
    expect(storyFrom(eventsOf('P10:00'))).toMatchObject({ state: 'pending', opened: null, illegal: {} });
    expect(storyFrom(eventsOf('S(c1,opened=2026-03-01T10:00:00+08:00,state=pending)10:00'))).toMatchObject({
      ...{ state: 'pending', opened: '2026-03-01T02:00:00.000Z' },
    });
    const given = { id: 'c1', actions: [], isComplete: true, now: 0, clocksOf: () => [] };
    expect(storyOf({ ...given, events: [] })).toBeNull();
    expect(storyOf({ ...given, events: eventsOf('M10:00') })).toBeNull();
  });

  it('what happened after event time is in the story, and its clocks stand there', () => {
    const story = storyFrom(eventsOf('O10:00 A10:10'), '10:05');
    expect(story.as_of).toBe('2026-03-02T02:10:00.001Z');
    expect(story.clocks[0]).toMatchObject({ state: 'stopped', met: true });
  });
});
