import { describe, expect, it } from 'vitest';
import type { ShowCall } from './mirror-message.ts';
import type { LiveItem, Outgoing } from '../types.ts';
import { partsOf } from './mirror-parts.ts';

const MOST = 64 * 1024;
const bytes = (part: readonly ShowCall[]): number => Buffer.byteLength(JSON.stringify(part));
const item = (i: number, size: number): LiveItem => ({
  topic: 'kpi/top',
  key: String(i),
  value: '词'.repeat(size / 3),
});
const keysIn = (parts: readonly (readonly ShowCall[])[]): readonly string[] =>
  parts.flat().flatMap((call) => (call.call === 'show' ? call.items.map(({ key }) => key) : []));

describe('what is shown, in messages that the broker takes', () => {
  it('a call whose items do not fit into one message becomes several, in order', () => {
    const items = Array.from({ length: 200 }, (_, i) => item(i, 9_000));
    const parts = partsOf([{ call: 'show', items }], MOST);
    expect(Math.max(...parts.map(bytes))).toBeLessThan(1.1 * MOST);
    expect(keysIn(parts)).toEqual(items.map(({ key }) => key));
  });

  it('so do messages of a commit; a storm of alerts with their samples is larger than what a broker takes', () => {
    const alert = (i: number): Outgoing => ({
      ...{
        id: String(i),
        subject: 'cx.alerts.critical.low',
        type: 't',
        time: 1,
        data: { samples: ['慢'.repeat(2_000)] },
      },
    });
    const parts = partsOf([{ call: 'committed', messages: Array.from({ length: 200 }, (_, i) => alert(i)) }], MOST);
    expect(Math.max(...parts.map(bytes))).toBeLessThan(1.1 * MOST);
    const ids = parts.flat().flatMap((call) => (call.call === 'committed' ? call.messages.map(({ id }) => id) : []));
    expect(ids).toEqual(Array.from({ length: 200 }, (_, i) => String(i)));
  });

  it('small calls share a message; nothing to say is one message; what alone is larger goes alone', () => {
    const small = Array.from({ length: 10 }, (_, i): ShowCall => ({ call: 'show', items: [item(i, 30)] }));
    expect(partsOf(small, MOST)).toEqual([small]);
    expect(partsOf([], MOST)).toEqual([[]]);
    const parts = partsOf([{ call: 'show', items: [item(1, 30), item(2, 3 * MOST), item(3, 30)] }], MOST);
    expect(keysIn(parts)).toEqual(['1', '2', '3']);
    expect(parts).toHaveLength(3);
  });
});
