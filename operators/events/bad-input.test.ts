import { describe, expect, it } from 'vitest';
import { createCodec } from '../../engine/adapters/formats/codec.ts';
import { createSchemaValidator } from '../../engine/adapters/formats/schema-validator.ts';
import type { RawMessage } from '../../engine/core/types.ts';
import { BAD_KINDS, badMessages, dice } from '../../engine/testing/bad-messages.ts';
import { decodeStage } from './decode.ts';
import { dataSchemas } from './types/event-types.ts';

const NOW = Date.UTC(2026, 2, 2, 1, 15, 5);
const stage = decodeStage({
  codec: createCodec(),
  validate: createSchemaValidator(dataSchemas()),
  channels: [],
  maxEventBytes: 262_144,
  maxFutureMs: 300_000,
  maskKey: 'a key',
});
const good = (i: number): RawMessage => ({
  subject: 'cx.events.app.feedback.-',
  headers: { 'content-type': 'application/cloudevents+json' },
  data: Buffer.from(
    JSON.stringify({
      specversion: '1.0',
      id: `good-${i}`,
      source: '/good',
      type: 'cx.feedback.posted',
      time: new Date(NOW - 1000).toISOString(),
      data: { channel: 'app', text: '好' },
    }),
  ),
  seq: 0,
  stored: NOW,
});

describe('1,000 bad messages among good ones', () => {
  const bad = badMessages(20_260_302, 1000, NOW);
  const roll = dice(7);
  const messages: RawMessage[] = [];
  const kinds: (string | null)[] = [];
  for (const { kind, reason, ...message } of bad) {
    for (let i = roll(3); i > 0; i -= 1) {
      messages.push(good(messages.length));
      kinds.push(null);
    }
    messages.push({ ...message, seq: 0, stored: NOW });
    kinds.push(`${kind}: ${reason}`);
  }
  const numbered = messages.map((message, i) => ({ ...message, seq: i + 1 }));

  it('each goes to the DLQ with its reason and a sentence, each good one goes on, none is lost, in order', async () => {
    expect(BAD_KINDS).toBeGreaterThanOrEqual(50);
    const prepared = await stage.apply(numbered, new AbortController().signal);
    expect(prepared.map(({ seq }) => seq)).toEqual(numbered.map(({ seq }) => seq));
    const sentences = new Set<string>();
    prepared.forEach(({ items }, i) => {
      expect(items).toHaveLength(1);
      const item = items[0]!;
      const kind = kinds[i]!;
      if ('event' in item) {
        expect(kind).toBeNull();
        return;
      }
      const { reason, error, bytes, size } = item.rejected.data as {
        reason: string;
        error: string;
        bytes: string;
        size: number;
      };
      expect(`${kind.split(':')[0] ?? ''}: ${reason}`).toBe(kind);
      expect(item.rejected.subject).toBe(`cx.dlq.${reason}`);
      // A sentence: it says something, and something short enough to read.
      expect(error.split(' ').length, error).toBeGreaterThanOrEqual(4);
      expect(error.length).toBeLessThan(600);
      expect(Buffer.from(bytes, 'base64').equals(numbered[i]!.data)).toBe(true);
      expect(size).toBe(numbered[i]!.data.length);
      sentences.add(error);
    });
    expect(sentences.size).toBeGreaterThan(35);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('is the same again for the same seed', () => {
    expect(badMessages(20_260_302, 60, NOW)).toEqual(bad.slice(0, 60));
    expect(badMessages(1, 60, NOW)).not.toEqual(bad.slice(0, 60));
  });
});
