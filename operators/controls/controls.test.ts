import { describe, expect, it } from 'vitest';
import { END_OF_TIME, type JsonObject } from '../../engine/core/types.ts';
import { at, observe, verifyOperator, type Step } from '../../engine/testing/verify-operator.ts';
import type { CxEvent } from '../shared/messages.ts';
import { controlsOperator } from './controls.ts';

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
    received: AT,
    enrichment: {
      status: 'skipped',
      lang: null,
      sentiment: null,
      issues: [],
      owner: null,
      urgency: null,
      quality: {},
      model: null,
    },
  };
  return at(AT, value);
}

/** The control, or the audited entry. */
function taken(type: string, data: JsonObject): readonly unknown[] {
  return observe(controlsOperator(), [decided(type, data)]).map((seen) => {
    if ('emit' in seen) return seen.emit.value;
    return 'send' in seen ? [seen.send.subject, seen.send.type, seen.send.data] : seen;
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
  ])('%s %j is refused, and audited', (type, data, because) => {
    const all = taken(type, data);
    expect(all).toHaveLength(1);
    const [, , entry] = all[0] as [string, string, JsonObject];
    expect(entry['outcome']).toBe('refused');
    expect(entry['because']).toContain(because);
  });

  it('other events pass it by', () => {
    verifyOperator<CxEvent>({
      def: controlsOperator(),
      script: [decided('cx.feedback.posted', { text: 'x' })],
      expected: [{ watermark: END_OF_TIME }],
      counts: {},
      twin: { none: 'keeps nothing' },
    });
  });
});
