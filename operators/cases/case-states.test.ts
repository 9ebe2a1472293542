import { describe, expect, it } from 'vitest';
import { CASE_STATES, type CaseState } from '../../engine/core/cases/case-story-form.ts';
import { EVENT_TYPE_NAMES } from '../events/types/event-types.ts';
import { actOf, CASE_ACTS, stateSaid, stepOf, type CaseAct } from './case-states.ts';

/** The whole table, written down once more: rows are acts, columns what a case was. `!` is illegal. */
const TABLE: Readonly<Record<Exclude<CaseAct, 'snapshot'>, readonly [string, string, string, string, string]>> = {
  //          unknown     open         pending      resolved     closed
  opened: ['open', '!open', '!open', '!open', '!open'],
  assigned: ['open', 'open', 'pending', '!resolved', '!closed'],
  spoken: ['open', 'open', 'open', 'resolved', 'closed'],
  replied: ['open', 'open', 'pending', 'resolved', 'closed'],
  pending: ['pending', 'pending', 'pending', '!pending', '!pending'],
  reopened: ['open', '!open', '!open', 'open', 'open'],
  resolved: ['resolved', 'resolved', 'resolved', 'resolved', '!resolved'],
  evaluated: ['open', 'open', 'pending', 'resolved', 'closed'],
  closed: ['closed', 'closed', 'closed', 'closed', 'closed'],
};
const FROM: readonly (CaseState | null)[] = [null, ...CASE_STATES];

describe('the states of a case', () => {
  it.each(Object.entries(TABLE))('%s does what the table says, from every state', (act, row) => {
    const found = FROM.map((from) => {
      const { to, isIllegal } = stepOf(from, act as CaseAct);
      return `${isIllegal ? '!' : ''}${to}`;
    });
    expect(found).toEqual(row);
  });

  it('a snapshot says itself what is so, and is never illegal', () => {
    for (const from of FROM)
      for (const said of CASE_STATES) expect(stepOf(from, 'snapshot', said)).toEqual({ to: said, isIllegal: false });
    expect(['open', 'in_progress', 'reopened', 'pending', 'resolved', 'closed'].map(stateSaid)).toEqual([
      ...['open', 'open', 'open', 'pending', 'resolved', 'closed'],
    ]);
  });

  it('every event type of cases is an act, and a customer who speaks is one', () => {
    const acts = EVENT_TYPE_NAMES.filter((type) => type.startsWith('cx.case.')).map((type) => actOf(type, null));
    expect([...acts, 'spoken'].sort()).toEqual([...CASE_ACTS].sort());
    expect(actOf('cx.interaction.message', 'customer')).toBe('spoken');
    expect(actOf('cx.case.replied', 'customer')).toBe('spoken');
    expect(['agent', 'bot', null].map((author) => actOf('cx.interaction.message', author))).toEqual([
      ...[undefined, undefined, undefined],
    ]);
    expect(actOf('cx.survey.answered', 'customer')).toBeUndefined();
  });
});
