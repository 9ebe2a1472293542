/** Levels against a plain count over random scripts: in one partition and in several, and restarted after any event. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chainOf } from '../../engine/app/pipeline.ts';
import { Chain } from '../../engine/core/chain.ts';
import { fingerprintsOf } from '../../engine/core/composition.ts';
import { formatInstant } from '../../engine/core/cloud-events.ts';
import type { Envelope, OutputMessage, State } from '../../engine/core/types.ts';
import { PartitionTime } from '../../engine/core/watermark.ts';
import { configOf } from '../clocks/testing/case-script.ts';
import { Played, playSeveral, playSingle, standingValues } from '../clocks/testing/played.ts';
import { specimenEvent } from '../kpis/testing/specimens.ts';
import type { CxEvent } from '../shared/messages.ts';

const config = configOf(`
clocks:
  - id: answer
    key: data.customer.id
    start: {on: cx.case.opened}
    stop: {on: cx.case.replied, where: data.author == "agent"}
    update: {on: cx.case.assigned}
    target: [{when: data.customer.tier == "vip", within: 15s}, {within: 40s}]
    keep: [team]
kpis:
  - {id: waiting, measure: {kind: open, clock: answer}, window: {kind: sliding, size: 10s, slide: 10s}, by: [[], [team]]}
  - {id: too_long, measure: {kind: overdue, clock: answer}, window: {kind: sliding, size: 10s, slide: 10s}, by: [[], [team]]}
  - {id: longest, measure: {kind: oldest, clock: answer}, window: {kind: tumbling, size: 10s}, by: [[], [team]]}
  - {id: often, measure: {kind: open, clock: answer}, window: {kind: sliding, size: 5s, slide: 5s}}
`);

const START = Date.UTC(2026, 2, 2, 2);
const SLIDE = 10_000;
const LAST = START + 130_000;

interface Step {
  readonly type: 'cx.case.opened' | 'cx.case.replied' | 'cx.case.assigned';
  readonly at: number;
  readonly who: string;
  readonly team: string;
  readonly place: number;
}
const step: fc.Arbitrary<Step> = fc.record({
  type: fc.constantFrom('cx.case.opened', 'cx.case.opened', 'cx.case.replied', 'cx.case.assigned'),
  at: fc.oneof(
    fc.integer({ min: 0, max: 90_000 }),
    fc.integer({ min: 0, max: 9 }).map((slide) => slide * SLIDE),
  ),
  who: fc.constantFrom('u1', 'u2', 'vip1'),
  team: fc.constantFrom('a', 'b'),
  place: fc.nat({ max: 3 }),
});
/** One at an instant of a key: what comes first of several is another test's business. */
const script = fc.uniqueArray(step, { minLength: 1, maxLength: 14, selector: ({ who, at }) => `${who} ${String(at)}` });

function eventsOf(steps: readonly Step[]): readonly Envelope<CxEvent>[] {
  const events = [...steps]
    .sort((a, b) => a.at - b.at)
    .map(({ type, at, who, team, place }, i): Envelope<CxEvent> => {
      const data = { case: 'c', team, author: 'agent', customer: { id: who, tier: who === 'vip1' ? 'vip' : 'basic' } };
      return { ...specimenEvent(START + at, data, { type, channel: 'app' }), id: `/s|${String(place)}|${String(i)}` };
    });
  return [...events, { ...specimenEvent(LAST + 5000, {}, { type: 'cx.page.viewed' }), id: ENDS }];
}
const ENDS = '/s|ends';

/** What stands at each end of a slide, by the letter of the rules. */
function expected(steps: readonly Step[]): Readonly<Record<string, number | null>> {
  const sorted = [...steps].sort((a, b) => a.at - b.at);
  const said: Record<string, number | null> = {};
  let before = new Set<string>();
  for (let end = START + SLIDE; end <= LAST; end += SLIDE) {
    const open = new Map<string, { started: number; team: string }>();
    for (const { type, at, who, team } of sorted.filter((one) => START + one.at < end)) {
      const runs = open.get(who);
      if (type === 'cx.case.replied') open.delete(who);
      else if (runs !== undefined) runs.team = team;
      else if (type === 'cx.case.opened') open.set(who, { started: START + at, team });
    }
    const now = new Set<string>();
    for (const team of ['', 'a', 'b']) {
      const of = [...open].filter(([, one]) => team === '' || one.team === team);
      const key = team === '' ? {} : { team };
      if (of.length > 0) now.add(team);
      if (of.length === 0 && !before.has(team)) continue;
      const due = ([who, { started }]: (typeof of)[number]): number => started + (who === 'vip1' ? 15_000 : 40_000);
      const name = (kpi: string): string => JSON.stringify([kpi, key, formatInstant(end)]);
      said[name('waiting')] = of.length;
      said[name('too_long')] = of.filter((one) => due(one) < end).length;
      said[name('longest')] = of.length === 0 ? null : Math.max(...of.map(([, { started }]) => (end - started) / 1000));
    }
    before = now;
  }
  return said;
}

function found(sent: readonly OutputMessage[]): Readonly<Record<string, number | null>> {
  const said: Record<string, number | null> = {};
  for (const [name, value] of Object.entries(standingValues(sent))) {
    const [kpi, key, , end] = JSON.parse(name) as [string, object, string, string];
    if (kpi !== 'often') said[JSON.stringify([kpi, key, end])] = (value as { value: number | null }).value;
  }
  return said;
}

describe('levels', () => {
  it('are what a plain count gives, at every end of a slide', () => {
    fc.assert(
      fc.property(script, (steps) => {
        expect(found(playSingle(config, eventsOf(steps)).sent)).toEqual(expected(steps));
      }),
      { numRuns: 300 },
    );
  });

  it.each([2, 4])('are the same in %i partitions', (partitions) => {
    fc.assert(
      fc.property(script, fc.integer({ min: 1, max: 5 }), (steps, commitEvery) => {
        const everywhere = Array.from({ length: partitions }, (_, i) => i);
        const at = ({ id }: Envelope<CxEvent>): readonly number[] =>
          id === ENDS ? everywhere : [Number(id.split('|')[1]) % partitions];
        const { sent } = playSeveral(config, eventsOf(steps), partitions, at, commitEvery);
        expect(found(sent)).toEqual(expected(steps));
      }),
      { numRuns: 150 },
    );
  });

  it('are the same, and said once, when the engine is restarted after any event, from deltas or a snapshot', () => {
    fc.assert(
      fc.property(script, fc.nat({ max: 14 }), fc.boolean(), (steps, restartAfter, fromSnapshot) => {
        const played = new Played();
        const time = new PartitionTime(config.time.outOfOrdernessMs);
        const saved: Record<string, State[]> = {};
        let chain = new Chain(chainOf(config), { partition: 0 }, played);
        for (const [i, event] of eventsOf(steps).entries()) {
          chain.event(event);
          chain.advance(time.observe(event.ts));
          for (const [name, delta] of Object.entries(chain.delta())) (saved[name] ??= []).push(delta);
          if (i !== restartAfter) continue;
          if (fromSnapshot) {
            for (const name of Object.keys(saved)) saved[name] = [];
            for (const [operator, part] of chain.snapshot()) (saved[operator] ??= []).push(part);
          }
          chain = new Chain(chainOf(config), { partition: 0 }, played, {
            ...{ parts: saved, fingerprints: fingerprintsOf(chainOf(config)) },
            watermark: chain.watermark,
          });
        }
        expect(found(played.sent)).toEqual(expected(steps));
        const ids = played.sent
          .filter(({ subject }) => subject.startsWith('cx.kpi.'))
          .map(({ data }) => JSON.stringify([data].map((one) => ({ ...(one as object), watermark: 0 }))));
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 300 },
    );
  });
});
