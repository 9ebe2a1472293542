/** Facts that come after their events: `miss: wait`. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { at } from '../../engine/core/must.ts';
import type { Millis, Prepared } from '../../engine/core/types.ts';
import type { CxEvent } from '../shared/messages.ts';
import { FactTable } from './fact-table.ts';
import type { FactConfig } from './facts-config.ts';
import { factsStage, noFactCounts } from './facts-stage.ts';
import { NOT_SCORED } from '../shared/not-scored.ts';

const CUSTOMER: FactConfig = {
  ...{ id: 'customer', bucket: 'CX_CUSTOMERS', key: 'data.customer.id', take: ['tier', 'store'], derive: {} },
  ...{ miss: 'wait', waitMs: 100, maxBytes: 1e6 },
};
const SHOP: FactConfig = { ...CUSTOMER, id: 'shop', key: 'data.customer.store', take: ['region'], waitMs: 50 };

interface Arrival {
  readonly stored: Millis;
  readonly customer: string;
}
interface Stored {
  readonly fact: string;
  readonly key: string;
  readonly since: Millis;
  readonly fields: { readonly [name: string]: string } | null;
}

function eventOf({ stored, customer }: Arrival, seq: number): Prepared<CxEvent> {
  const value: CxEvent = {
    ...{ source: '/s', eventId: `e${seq}`, type: 'cx.page.viewed', family: 'page', channel: 'app', subjectKey: '-' },
    ...{ attributes: {}, data: { customer: { id: customer } }, time: stored, received: stored },
    enrichment: NOT_SCORED,
  };
  return { seq, stored, items: [{ event: { id: `/s|e${seq}`, key: '-', ts: stored, value } }] };
}

/** A broker whose clock goes on only while somebody waits for it, `step` at a time: what it stored by then is known here. */
class Broker {
  readonly #stored: readonly Stored[];
  readonly #step: Millis;
  readonly #tables = new Map<string, FactTable>();
  #known = 0;
  now: Millis;

  constructor(stored: readonly Stored[], now: Millis, step: Millis) {
    this.#stored = [...stored].sort((a, b) => a.since - b.since);
    this.#step = step;
    this.now = now;
    for (const fact of ['customer', 'shop']) this.#tables.set(fact, new FactTable({ history: 16, maxBytes: 1e6 }));
    this.#catchUp();
  }
  #catchUp(): void {
    for (; this.#known < this.#stored.length && at(this.#stored, this.#known).since <= this.now; this.#known += 1) {
      const { fact, key, since, fields } = at(this.#stored, this.#known);
      this.#tables.get(fact)?.put(key, since, fields);
    }
  }
  stage(facts: readonly FactConfig[], counts = noFactCounts()) {
    return factsStage({
      ...{ facts, compile: compileExpression, counts: () => counts },
      values: {
        settled: () => Promise.resolve(),
        fieldsAt: (fact, key, instant) => this.#tables.get(fact)?.fieldsAt(key, instant) ?? null,
        firstFieldsIn: (fact, key, after, until) => this.#tables.get(fact)?.firstFieldsIn(key, after, until) ?? null,
        known: async (_fact, until) => {
          await Promise.resolve();
          if (this.now > until) return true;
          this.now += this.#step;
          this.#catchUp();
          return false;
        },
      },
    });
  }
}

async function joined(broker: Broker, facts: readonly FactConfig[], events: readonly Prepared<CxEvent>[]) {
  const counts = noFactCounts();
  const out = await broker.stage(facts, counts).apply(events, new AbortController().signal);
  const data = out.flatMap(({ items }) => items.map((item) => ('event' in item ? item.event.value.data : null)));
  return { data, counts };
}

describe('an event that waits for its facts', () => {
  const gold = (since: Millis): Stored => ({ fact: 'customer', key: 'c1', since, fields: { tier: 'gold' } });

  it.each([
    ['stored before it', 900, { tier: 'gold' }, 0, 1000],
    ['stored within the time', 1060, { tier: 'gold' }, 1, 1060],
    ['stored as the time ends', 1100, { tier: 'gold' }, 1, 1100],
    ['stored too late', 1101, {}, 0, 1101],
  ])('is given those that were %s', async (_, since, fields, awaited, now) => {
    const broker = new Broker([gold(since)], 1000, 1);
    const { data, counts } = await joined(broker, [CUSTOMER], [eventOf({ stored: 1000, customer: 'c1' }, 1)]);
    expect(data).toEqual([{ customer: { id: 'c1', ...fields } }]);
    const hit = 'tier' in fields ? 1 : 0;
    expect(counts).toEqual({ hit, miss: 1 - hit, keyless: 0, dropped: 0, awaited });
    expect(broker.now).toBe(now);
  });

  it('that is read again long after is given what it was given, and waits for nothing', async () => {
    const later: Stored = { fact: 'customer', key: 'c1', since: 1080, fields: { tier: 'vip' } };
    const broker = new Broker([gold(1060), later], 5000, 1);
    const { data } = await joined(broker, [CUSTOMER], [eventOf({ stored: 1000, customer: 'c1' }, 1)]);
    expect(data).toEqual([{ customer: { id: 'c1', tier: 'gold' } }]);
    expect(broker.now).toBe(5000);
  });

  it('goes on with what a second lookup found, each waiting its own time from when the event was stored', async () => {
    const stored: readonly Stored[] = [
      { fact: 'customer', key: 'c1', since: 1060, fields: { store: 's7' } },
      { fact: 'shop', key: 's7', since: 1050, fields: { region: 'east' } },
      { fact: 'customer', key: 'c2', since: 1000, fields: { store: 's8' } },
      { fact: 'shop', key: 's8', since: 1051, fields: { region: 'west' } },
    ];
    const events = [eventOf({ stored: 1000, customer: 'c1' }, 1), eventOf({ stored: 1000, customer: 'c2' }, 2)];
    const { data } = await joined(new Broker(stored, 1000, 1), [CUSTOMER, SHOP], events);
    expect(data).toEqual([
      { customer: { id: 'c1', store: 's7' }, shop: { region: 'east' } },
      { customer: { id: 'c2', store: 's8' } },
    ]);
  });

  it('waits no longer in all than the last of its batch does: times are not added up', async () => {
    const events = Array.from({ length: 50 }, (_, i) => eventOf({ stored: 1000 + i, customer: `none-${i}` }, i));
    const broker = new Broker([], 1050, 1);
    await joined(broker, [CUSTOMER], events);
    expect(broker.now).toBe(1049 + 100 + 1);
  });

  it('that is stopped meanwhile is not handed on', async () => {
    const stopping = new AbortController();
    const stage = factsStage({
      ...{ facts: [CUSTOMER], compile: compileExpression, counts: noFactCounts },
      values: {
        settled: () => Promise.resolve(),
        fieldsAt: () => null,
        firstFieldsIn: () => null,
        known: async (_fact, _until, signal) => {
          await Promise.resolve();
          stopping.abort(new Error('stopped'));
          signal.throwIfAborted();
          return false;
        },
      },
    });
    const applied = stage.apply([eventOf({ stored: 1000, customer: 'c1' }, 1)], stopping.signal);
    await expect(applied).rejects.toThrow('stopped');
  });

  it('is given the same by any order of storing, whenever, however often and in however many partitions it is read', async () => {
    const arrival = fc.record({
      stored: fc.integer({ min: 1000, max: 1400 }),
      customer: fc.constantFrom('a', 'b', 'c'),
    });
    const fact = fc.record({
      fact: fc.constant('customer'),
      key: fc.constantFrom('a', 'b', 'c'),
      since: fc.integer({ min: 900, max: 1500 }),
      fields: fc.option(fc.record({ tier: fc.constantFrom('gold', 'vip') })),
    });
    const runs = fc.array(fc.record({ now: fc.integer({ min: 0, max: 150 }), step: fc.integer({ min: 1, max: 90 }) }), {
      ...{ minLength: 2, maxLength: 3 },
    });
    await fc.assert(
      fc.asyncProperty(
        ...[fc.array(arrival, { maxLength: 12 }), fc.array(fact, { maxLength: 12 }), runs, fc.constantFrom(1, 4)],
        async (arrivals, stored, rounds, partitions) => {
          const ordered = arrivals.toSorted((a, b) => a.stored - b.stored);
          const events = ordered.map(eventOf);
          const last = events.at(-1)?.stored ?? 0; // none
          const expected = ordered.map((one) => obvious(one, stored));
          for (const { now, step } of rounds) {
            const parts = Array.from({ length: partitions }, (_, p) =>
              events.filter((_event, i) => i % partitions === p),
            );
            // Partitions wait at once, for one broker.
            const broker = new Broker(stored, last + now, step);
            const found = await Promise.all(parts.map(async (part) => (await joined(broker, [CUSTOMER], part)).data));
            events.forEach((_event, i) => {
              expect(found[i % partitions]?.[Math.floor(i / partitions)]).toEqual({ customer: at(expected, i) });
            });
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

/** From all that was ever stored, as a batch sees it. */
function obvious({ customer, stored: received }: Arrival, stored: readonly Stored[]): object {
  const own = stored.filter(({ key }) => key === customer).sort((a, b) => a.since - b.since);
  const standing = own.filter(({ since }) => since <= received).at(-1)?.fields ?? null;
  const later =
    own.find(({ since, fields }) => fields !== null && since > received && since <= received + 100)?.fields ?? null;
  return { id: customer, ...(standing ?? later) };
}
