/** Texts of slots come and go; each is read and written as it was put in, and the space of those that are gone is used again. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../kpis/saved/bytes.ts';
import { SlotTexts } from './slot-texts.ts';

const text = fc.constantFrom('', 'e-1', '/desk|e-1234567', '工单-1', '😀', 'x'.repeat(300), '长'.repeat(300));
const step = fc.record({ slot: fc.nat({ max: 60 }), text: fc.option(text), isOfBytes: fc.boolean() });

it('each slot has the text that was set last', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 200, maxLength: 300 }), (steps) => {
      const texts = new SlotTexts();
      const wanted = new Map<number, string>();
      for (const { slot, text: said, isOfBytes } of steps) {
        if (said === null) {
          texts.remove(slot);
          wanted.delete(slot);
        } else {
          const bytes = new TextEncoder().encode(`é${said}`);
          if (isOfBytes && bytes.length === said.length + 2) texts.setPlain(slot, bytes, 2, said.length);
          else texts.set(slot, said);
          wanted.set(slot, said);
        }
      }
      const writer = new ByteWriter();
      for (const slot of wanted.keys()) texts.write(slot, writer);
      const reader = new ByteReader(writer.take());
      for (const [slot, said] of wanted) expect([texts.textOf(slot), reader.string()]).toEqual([said, said]);
      expect(reader.done).toBe(true);
    }),
    { numRuns: 20 },
  );
});

it('the space of texts that are gone is used again', () => {
  const texts = new SlotTexts();
  // Those that stay are moved each time.
  for (let slot = 100; slot < 110; slot++) texts.set(slot, `stays-${String(slot)}`);
  for (let i = 0; i < 50_000; i++) {
    texts.set(i % 100, `${'k'.repeat(60)}-${String(i)}`);
    if (i % 100 === 50) texts.remove(50);
  }
  expect(texts.bytes).toBeLessThan(600_000);
  for (let slot = 100; slot < 110; slot++) expect(texts.textOf(slot)).toBe(`stays-${String(slot)}`);
  for (let i = 0; i < 100; i++) if (i !== 50) expect(texts.textOf(i)).toBe(`${'k'.repeat(60)}-${String(49_900 + i)}`);
});
