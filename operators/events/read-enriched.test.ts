import { describe, expect, it } from 'vitest';
import { formatInstant } from '../../engine/core/cloud-events.ts';
import { specimenEvent } from '../kpis/testing/specimens.ts';
import type { CxEvent } from '../shared/messages.ts';
import { enrichedMessage } from './enriched.ts';
import { readEnriched, readEnrichedAll } from './read-enriched.ts';

const value: CxEvent = {
  ...specimenEvent(Date.UTC(2026, 2, 2, 1, 15, 4, 120), {}).value,
  ...{ source: '/s', eventId: 'e-1', type: 'cx.interaction.message', family: 'interaction', channel: 'app' },
  ...{ subjectKey: 'k-1', attributes: { traceparent: '00-1' }, time: Date.UTC(2026, 2, 2, 1, 15, 4, 120) },
  data: { channel: 'app', case: 'k-1', text: '太慢了', extra: { kept: true } },
  ...{ received: Date.UTC(2026, 2, 2, 1, 15, 5), emitted: Date.UTC(2026, 2, 2, 1, 15, 6) },
  enrichment: {
    ...{ status: 'ok', lang: 'zh', issues: [{ label: 'wait_time', confidence: 0.7 }], owner: 'care', urgency: 'high' },
    sentiment: { label: 'negative', score: -0.8, intensity: 'negative', confidence: 0.9 },
    ...{ quality: { masked: 1 }, model: { name: 'sentiment', version: '1' } },
  },
};

function stored(event: CxEvent): { subject: string; headers: Record<string, string>; data: Uint8Array } {
  const { subject, time, data } = enrichedMessage({ id: 'x', key: '', ts: event.time, value: event });
  return { subject, headers: { 'ce-time': formatInstant(time) }, data: new TextEncoder().encode(JSON.stringify(data)) };
}

describe('an enriched message', () => {
  it('gives back the event that it was made of', () => {
    expect(readEnriched(stored(value))).toEqual(value);
    const bare = {
      ...value,
      enrichment: { ...value.enrichment, sentiment: null, issues: [], urgency: null, model: null },
    };
    expect(readEnriched(stored(bare as CxEvent))).toEqual(bare);
  });

  it('of several events gives back each, as if it had come alone, and leaves out what is none of ours', () => {
    const other = { ...value, eventId: 'e-2', time: value.time + 1_000 };
    const events = [value, other].map((event) => {
      const { time, data } = enrichedMessage({ id: 'x', key: '', ts: event.time, value: event });
      return { specversion: '1.0', id: event.eventId, time: formatInstant(time), data };
    });
    const batch = [events[0], null, { time: 7, data: {} }, events[1]];
    const headers = { 'content-type': 'application/cloudevents-batch+json' };
    const message = {
      ...{ subject: 'cx.enriched.batch.0', headers },
      data: new TextEncoder().encode(JSON.stringify(batch)),
    };
    expect(readEnrichedAll(message)).toEqual([value, other].map((event) => ({ ...event, subjectKey: '' })));
    expect(readEnriched(message)).toBeUndefined();
    expect(readEnrichedAll(stored(value))).toEqual([value]);
    expect(readEnrichedAll({ ...message, data: new TextEncoder().encode('{') })).toEqual([]);
  });

  it('that is not ours is none', () => {
    const { subject, headers, data } = stored(value);
    const text = new TextDecoder().decode(data);
    const of = (written: string, named: Record<string, string> = headers): unknown =>
      readEnriched({ subject, headers: named, data: new TextEncoder().encode(written) });
    expect(of(text)).toBeDefined();
    expect([of('{'), of('[]'), of('{"enrichment":{}}'), of(text, {}), of(text.replace('"app"', '3'))]).toEqual([
      ...[undefined, undefined, undefined, undefined, undefined],
    ]);
    expect(of(text.replace('cx.interaction.message', 'cx.other.thing'))).toBeUndefined();
  });
});
