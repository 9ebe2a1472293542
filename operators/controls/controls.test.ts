import { describe, expect, it } from 'vitest';
import { END_OF_TIME, type JsonObject } from '../../engine/core/types.ts';
import { at, observe, verifyOperator, type Step } from '../../engine/testing/verify-operator.ts';
import type { CxEvent } from '../shared/messages.ts';
import { controlsOperator } from './controls.ts';
import { NOT_SCORED } from '../shared/not-scored.ts';

const AT = Date.parse('2026-03-02T01:00:00Z');

function decided(type: string, data: JsonObject): Step<CxEvent> {
  const value: CxEvent = {
    source: '/gateway',
    eventId: 'e-1',
    type,
    family: 'control',
    channel: 'internal',
    subjectKey: '-',
    attributes: {},
    data,
    time: AT,
    received: AT,
    enrichment: NOT_SCORED,
  };
  return at(AT, value);
}

/** The control; what is for the audit alone is one as well. */
function taken(type: string, data: JsonObject): readonly unknown[] {
  return observe(controlsOperator(), [decided(type, data)]).map((seen) => {
    if ('emit' in seen) return seen.emit.value;
    return seen;
  });
}

describe('decisions of people', () => {
  it('an acknowledgement', () => {
    expect(taken('earshot.alert.acked', { alert: 'a1', by: 'li', note: 'on it' })).toEqual([
      { control: 'ack', alert: 'a1', by: 'li', at: AT, note: 'on it' },
    ]);
  });

  it.each([
    [
      { silence: 's1', match: { rule: 'r' } },
      { rule: 'r', kpi: null, severity: null, key: null },
    ],
    [
      { silence: 's1', match: { kpi: 'csat', severity: 'minor' } },
      { rule: null, kpi: 'csat', severity: 'minor', key: null },
    ],
    [
      { id: 's1', key: { region: 'east' } },
      { rule: null, kpi: null, severity: null, key: { region: 'east' } },
    ],
  ])('a silence: %j', (what, match) => {
    const until = '2026-03-02T02:00:00Z';
    const [control] = taken('earshot.silence.created', { ...what, until, by: 'li', reason: 'works' });
    expect(control).toEqual({
      control: 'silence',
      id: 's1',
      match,
      until: Date.parse(until),
      by: 'li',
      at: AT,
      why: 'works',
    });
  });

  it('a silence taken back', () => {
    const [control] = taken('earshot.silence.deleted', { silence: 's1', by: 'li' });
    expect(control).toEqual({ control: 'unsilence', id: 's1', by: 'li', at: AT });
  });

  const until = '2026-03-02T02:00:00Z';
  it.each([
    ['earshot.alert.acked', { by: 'li' }, 'it names no alert'],
    ['earshot.alert.acked', { alert: 'a1' }, 'it does not say by whom'],
    ['earshot.silence.created', { by: 'li', rule: 'r', until }, 'it names no silence'],
    ['earshot.silence.created', { by: 'li', silence: 's', rule: 'r' }, 'it does not say until when (RFC 3339)'],
    ['earshot.silence.created', { by: 'li', silence: 's', rule: 'r', until: 'noon' }, 'it does not say until when'],
    ['earshot.silence.created', { by: 'li', silence: 's', until }, 'it does not say which alerts'],
    ['earshot.silence.created', { by: 'li', silence: 's', until, key: {} }, 'it does not say which alerts'],
    ['earshot.silence.created', { by: 'li', silence: 's', until, key: { region: 1 } }, 'it does not say which alerts'],
    ['earshot.silence.created', { by: 'li', silence: 's', until, match: ['r'] }, 'it does not say which alerts'],
    ['earshot.silence.deleted', { by: 'li' }, 'it names no silence'],
    [
      'earshot.silence.created',
      { by: 'li', silence: 's', rule: 'r', until: '9999-01-01T00:00:00Z' },
      'longer than 31 days',
    ],
  ])('%s %j is refused, and audited', (type, data, because) => {
    const all = taken(type, data);
    expect(all).toHaveLength(1);
    const { control, entry } = all[0] as { control: string; entry: JsonObject };
    expect(control).toBe('noted');
    expect(entry['outcome']).toBe('refused');
    expect(entry['because']).toContain(because);
  });

  const acked = (id: string, ms: number): Step<CxEvent> => {
    const step = decided('earshot.alert.acked', { alert: 'a1', by: 'li' });
    if (!('event' in step)) throw new Error('no event');
    return { event: { ...step.event, id, ts: AT + ms } };
  };
  const outcomes = (script: readonly Step<CxEvent>[]): readonly unknown[] =>
    observe(controlsOperator(), script).flatMap((one) => ('emit' in one ? [one.emit.id] : []));

  it('published again counts once, for as long as it is taken at all', () => {
    const script = [acked('x', 0), acked('y', 1), acked('x', 0), acked('z', 599_000), acked('x', 0)];
    expect(outcomes(script)).toEqual(['x', 'y', 'z']);
    verifyOperator<CxEvent>({
      def: controlsOperator(),
      script,
      expected: [...observe(controlsOperator(), script), { watermark: END_OF_TIME }],
      counts: { controls_repeated: 2 },
      twin: { none: 'the same id is the same control' },
    });
  });

  it('forged are noted ten a minute, and how many more there were', () => {
    const forged = (n: number, ms: number): Step<CxEvent> => {
      const step = decided('earshot.control.refused', { because: 'unsigned_control', stream_seq: n });
      if (!('event' in step)) throw new Error('no event');
      return { event: { ...step.event, id: `f${n}`, ts: AT + ms } };
    };
    const script = [...Array.from({ length: 25 }, (_, n) => forged(n, n)), forged(25, 60_000)];
    const noted = observe(controlsOperator(), script).map((one) => ('emit' in one ? one.emit.value : one));
    expect(noted).toHaveLength(11);
    expect(noted[10]).toMatchObject({
      control: 'noted',
      entry: {
        action: 'control.refused',
        outcome: 'refused',
        by: 'unknown',
        because: 'unsigned_control',
        more_before: 15,
      },
    });
    verifyOperator<CxEvent>({
      def: controlsOperator(),
      script,
      expected: [...observe(controlsOperator(), script), { watermark: END_OF_TIME }],
      counts: { controls_forged: 26 },
      twin: { none: 'they belong to nobody' },
    });
  });

  it('other events pass it by', () => {
    const step = decided('cx.feedback.posted', { text: 'x' });
    if (!('event' in step)) throw new Error('no event');
    const posted = { event: { ...step.event, value: { ...step.event.value, family: 'feedback' } } };
    verifyOperator<CxEvent>({
      def: controlsOperator(),
      script: [posted],
      expected: [{ watermark: END_OF_TIME }],
      counts: {},
      twin: { none: 'keeps nothing' },
    });
  });
});
