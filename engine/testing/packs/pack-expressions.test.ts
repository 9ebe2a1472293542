/**
 * The pack's conditions on events that say no more than their type requires: each has a result. One without would be called misspelt by
 * `/readyz` and the board for as long as nobody sends what it asks for, though nothing is wrong.
 */
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import type { Config } from '../../app/config/config.ts';
import { chainOf } from '../../app/pipeline.ts';
import { Chain, fingerprintsOf } from '../../core/chain.ts';
import type { JsonObject, State } from '../../core/types.ts';
import { must } from '../../core/must.ts';
import { EVENT_TYPES } from '../../../operators/events/types/event-types.ts';
import type { EventType } from '../../../operators/events/types/event-type.ts';
import { Played } from '../../../operators/clocks/testing/played.ts';
import { specimenEvent } from '../../../operators/kpis/testing/specimens.ts';
import { packWith } from './measured.ts';

interface Condition {
  readonly place: string;
  readonly on: readonly string[];
  readonly where: string | null;
}
const pack = packWith();
const CONDITIONS: readonly Condition[] = [
  ...pack.clocks.flatMap(({ id, verbs }) =>
    Object.entries(verbs).map(([verb, read]) => ({ ...read, place: `clocks[${id}].${verb}.where` })),
  ),
  ...pack.journeys.flatMap(({ id, steps }) =>
    steps.map((step) => ({ ...step, place: `journeys[${id}].steps[${step.id}].where` })),
  ),
  ...pack.actions.flatMap(({ id, on, where, unless, done }) => [
    { on, where, place: `actions[${id}].where` },
    ...(unless === null ? [] : [{ ...unless, place: `actions[${id}].unless.where` }]),
    ...(done === null ? [] : [{ ...done, place: `actions[${id}].done.where` }]),
  ]),
  ...pack.eventRules.flatMap(({ id, raise, resolve }) => [
    { ...raise, place: `event_rules[${id}].raise.where` },
    ...(resolve === null ? [] : [{ ...resolve, place: `event_rules[${id}].resolve.where` }]),
  ]),
];
const types: readonly EventType[] = EVENT_TYPES;

/** What the type requires, as its example says it; of a piece of feedback its text. */
function least(type: string): JsonObject {
  const { data, example } = must(types.find((one) => one.type === type));
  const required = [...(data['required'] as readonly string[]), ...(type === 'cx.feedback.posted' ? ['text'] : [])];
  const fields: JsonObject = { ...example, opened: '2026-02-27T16:05:00+08:00' };
  return Object.fromEntries(required.map((name) => [name, must(fields[name])]));
}

const CASES = CONDITIONS.flatMap(({ place, on, where }) =>
  where === null ? [] : on.filter((type) => type.startsWith('cx.')).map((type) => [place, type, where] as const),
);

it.each(CASES)('%s has a result for a %s that says the least it may', (_, type, where) => {
  const { value } = specimenEvent(0, least(type), { type });
  expect(compileExpression(where)(value as unknown as Readonly<Record<string, unknown>>)).toBeTypeOf('boolean');
});

describe('a start with what was saved before the conditions asked whether a field is there', () => {
  const unguarded = (where: string): string => where.replaceAll(/has\([\w.]+\) && /g, '');
  // What KPIs add up has no part in it.
  const after: Config = { ...pack, kpis: [], rules: [] };
  const before: Config = {
    ...after,
    clocks: pack.clocks.map((clock) => ({
      ...clock,
      verbs: Object.fromEntries(
        Object.entries(clock.verbs).map(([verb, read]) => [
          verb,
          { ...read, where: read.where === null ? null : unguarded(read.where) },
        ]),
      ),
    })),
    eventRules: pack.eventRules.map((rule) => ({
      ...rule,
      raise: { ...rule.raise, where: rule.raise.where === null ? null : unguarded(rule.raise.where) },
    })),
  };
  const at = (hours: number): number => Date.UTC(2026, 2, 2, hours);
  const vip = { id: 'u1', tier: 'vip' };

  it('goes on with the runs that are open, and with the alerts', () => {
    expect(JSON.stringify(before.clocks)).not.toBe(JSON.stringify(pack.clocks));
    const old = chainOf(before);
    const first = new Played();
    const chain = new Chain(old, { partition: 0 }, first);
    chain.event(specimenEvent(at(1), { case: 'c1', complaint: true, customer: vip }, { type: 'cx.case.opened' }));
    chain.event(specimenEvent(at(2), { case: 'c1', satisfied: false, customer: vip }, { type: 'cx.case.evaluated' }));
    chain.event(specimenEvent(at(2), { survey: 's', metric: 'csat', score: 1, customer: vip }));
    chain.advance(at(3));
    const parts: Record<string, State[]> = {};
    for (const [name, part] of chain.snapshot()) (parts[name] ??= []).push(part);

    const then = new Played();
    const now = new Chain(chainOf(after), { partition: 0 }, then, {
      ...{ parts, fingerprints: fingerprintsOf(old), watermark: at(3) },
    });
    now.event(specimenEvent(at(4), { case: 'c1', satisfied: true, customer: vip }, { type: 'cx.case.evaluated' }));
    now.event(specimenEvent(at(5), { case: 'c1', customer: vip }, { type: 'cx.case.resolved' }));
    now.event(specimenEvent(at(5), { case: 'c1', customer: vip }, { type: 'cx.case.replied' }));
    now.advance(at(6));
    const said = then.sent.flatMap(({ subject, data }) => {
      const { outcome, state, run } = data as Readonly<Record<string, unknown>>;
      return /^cx\.(?:clocks\.(?:turning_satisfied|mending)|alerts)/.test(subject)
        ? [[subject, outcome ?? state, run]]
        : [];
    });
    expect(said).toEqual([
      ['cx.alerts.minor.low_score', 'resolved', undefined],
      ['cx.clocks.turning_satisfied', 'stopped', 1],
      ['cx.clocks.mending', 'stopped', 1],
    ]);
  });
});
