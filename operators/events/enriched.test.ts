import { describe, expect, it } from 'vitest';
import type { Prepared } from '../../engine/core/types.ts';
import { at, observe } from '../../engine/testing/verify-operator.ts';
import { enriched, stampEmitted } from './enriched.ts';
import type { CxEvent } from '../shared/messages.ts';

const value: CxEvent = {
  source: '/channels/app',
  eventId: 'e-1',
  type: 'cx.feedback.posted',
  family: 'feedback',
  channel: 'app',
  subjectKey: 'c-77',
  attributes: {},
  data: { channel: 'app', text: '太慢了', extra: { kept: true } },
  time: Date.UTC(2026, 2, 2, 1, 15, 4, 120),
  received: Date.UTC(2026, 2, 2, 1, 15, 5, 7),
  enrichment: {
    status: 'ok',
    lang: 'zh',
    sentiment: { label: 'negative', score: -0.8, intensity: 'negative', confidence: 0.9 },
    issues: [{ label: 'wait_time', confidence: 0.7 }],
    owner: null,
    urgency: 'high',
    quality: { masked: 1 },
    model: { name: 'sentiment', version: '1' },
  },
};
const event = at(Date.UTC(2026, 2, 2, 1, 15, 4, 120), value);

describe('enriched', () => {
  it('forwards one message an event, with everything the event had, and passes it on', () => {
    const message = {
      subject: 'cx.enriched.app.feedback.c-77',
      type: 'cx.enriched.feedback.posted',
      time: event.event.ts,
      together: 'cx.enriched.batch.0',
      data: {
        channel: 'app',
        text: '太慢了',
        extra: { kept: true },
        enrichment: {
          status: 'ok',
          lang: 'zh',
          sentiment: { label: 'negative', score: -0.8, intensity: 'negative', confidence: 0.9 },
          issues: [{ label: 'wait_time', confidence: 0.7 }],
          owner: null,
          urgency: 'high',
          quality: { masked: 1 },
          model: { name: 'sentiment', version: '1' },
          event: { id: 'e-1', source: '/channels/app', type: 'cx.feedback.posted' },
          received: '2026-03-02T01:15:05.007Z',
          emitted: '2026-03-02T01:15:05.007Z',
        },
      },
    };
    expect(observe(enriched(), [event])).toEqual([{ forward: message }, { emit: event.event }]);
  });

  it('forwards an event of a case on its own, which its story is found by, and any other so that it may leave together', () => {
    const of = (data: CxEvent['data']): readonly unknown[] =>
      observe(enriched(), [at(0, { ...value, data })]).flatMap((seen) =>
        'forward' in seen ? [seen.forward.together] : [],
      );
    expect(of({ channel: 'app', conversation: 'v-1' })).toEqual(['cx.enriched.batch.0']);
    expect(of({ channel: 'app', case: 'k-1' })).toEqual([undefined]);
  });

  it('forwards further attributes with where the event came from', () => {
    const [seen] = observe(enriched(), [at(0, { ...value, attributes: { traceparent: '00-ab', subject: 's' } })]);
    expect(seen).toMatchObject({
      forward: { data: { enrichment: { event: { id: 'e-1', attributes: { traceparent: '00-ab', subject: 's' } } } } },
    });
  });

  it("keeps Earshot's own control events from the stream, and passes them on", () => {
    const control = at(0, { ...value, family: 'control', type: 'earshot.alert.acked', channel: 'internal' });
    expect(observe(enriched(), [control])).toEqual([{ emit: control.event }]);
  });

  it('says when the stages were done where a clock says so', async () => {
    const message: Prepared<CxEvent> = { seq: 1, stored: 0, items: [event] };
    const stamp = stampEmitted({ now: () => Date.UTC(2026, 2, 2, 1, 15, 6) });
    const [stamped] = await stamp.apply([message], new AbortController().signal);
    const item = stamped!.items[0]!;
    const [output] = 'event' in item ? observe(enriched(), [item]) : [];
    expect(output).toMatchObject({ forward: { data: { enrichment: { emitted: '2026-03-02T01:15:06.000Z' } } } });
  });
});
