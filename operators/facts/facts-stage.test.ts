import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import type { JsonObject, Prepared } from '../../engine/core/types.ts';
import { createMasker } from '../events/masking/mask.ts';
import type { CxEvent } from '../shared/messages.ts';
import { factKeyOf, fieldsOf } from './fact-fields.ts';
import type { FactConfig } from './facts-config.ts';
import { factsStage, noFactCounts } from './facts-stage.ts';
import { NOT_SCORED } from '../shared/not-scored.ts';

const CUSTOMER: FactConfig = {
  id: 'customer',
  bucket: 'CX_CUSTOMERS',
  key: 'data.customer.id',
  take: ['tier', 'spend', 'since', 'store'],
  miss: 'keep',
  waitMs: 2000,
  derive: {},
  maxBytes: 1e6,
};
const STORE: FactConfig = {
  ...CUSTOMER,
  id: 'shop',
  bucket: 'CX_STORES',
  key: 'data.customer.store',
  take: ['region'],
};

const KNOWN: Readonly<Record<string, Readonly<Record<string, JsonObject>>>> = {
  customer: { c1: { tier: 'gold', spend: 12_000, store: 's7' }, c3: { spend: 10 } },
  shop: { s7: { region: 'east' } },
};

function batch(...events: readonly { readonly data: JsonObject; readonly control?: true }[]): Prepared<CxEvent>[] {
  return events.map(({ data, control }, seq) => {
    const value: CxEvent = {
      ...{ source: '/s', eventId: `e${seq}`, type: 'cx.page.viewed', family: 'page', channel: 'app', subjectKey: '-' },
      ...{ attributes: {}, data, time: 5, received: 7, enrichment: NOT_SCORED },
    };
    const event = {
      id: `/s|e${seq}`,
      key: '-',
      ts: 5,
      value,
      ...(control === undefined ? {} : { isControl: control }),
    };
    return { seq, stored: 7, items: [{ event }] };
  });
}

async function joined(facts: readonly FactConfig[], input: readonly Prepared<CxEvent>[]) {
  const asked: string[] = [];
  const counts = noFactCounts();
  const stage = factsStage({
    facts,
    compile: compileExpression,
    counts: () => counts,
    values: {
      settled: () => {
        asked.push('settled');
        return Promise.resolve();
      },
      fieldsAt: (fact, key, instant) => {
        asked.push(`${fact} ${key} at ${instant}`);
        return KNOWN[fact]?.[key] ?? null;
      },
      firstFieldsIn: () => null,
      known: () => Promise.resolve(true),
    },
  });
  const out = await stage.apply(input, new AbortController().signal);
  const data = out.map(({ items }) => items.map((item) => ('event' in item ? item.event.value.data : null)));
  return { data, counts, asked, out };
}

describe('the stage of facts', () => {
  it('gives each event the fields of its key, as they stood when the broker stored it, beside what it says itself', async () => {
    const { data, counts, asked } = await joined(
      [CUSTOMER],
      batch({ data: { customer: { id: 'c1', tier: 'none', age: 30 } } }),
    );
    expect(data).toEqual([[{ customer: { id: 'c1', age: 30, tier: 'gold', spend: 12_000, store: 's7' } }]]);
    expect(counts).toEqual({ hit: 1, miss: 0, keyless: 0, dropped: 0, awaited: 0 });
    // Everything stored before is known before anything is looked up.
    expect(asked).toEqual(['settled', 'customer c1 at 7']);
  });

  it('looks up by what an earlier lookup gave', async () => {
    const { data } = await joined([CUSTOMER, STORE], batch({ data: { customer: { id: 'c1' } } }));
    expect(data[0]?.[0]).toMatchObject({ shop: { region: 'east' } });
  });

  it('lets an event without a key, or of an unknown one, go on as it is, and counts both', async () => {
    const input = batch(
      { data: { page: '/' } },
      { data: { customer: { id: 'c2' } } },
      { data: { customer: { id: '' } } },
    );
    const { out, counts } = await joined([CUSTOMER], input);
    expect(out).toEqual(input);
    expect(counts).toEqual({ hit: 0, miss: 1, keyless: 2, dropped: 0, awaited: 0 });
  });

  it('leaves an event of an unknown key out where that is wanted, and no other', async () => {
    const input = batch(
      { data: { page: '/' } },
      { data: { customer: { id: 'c2' } } },
      { data: { customer: { id: 'c1' } } },
    );
    const { data, counts } = await joined([{ ...CUSTOMER, miss: 'drop' }], input);
    expect(data.map((items) => items.length)).toEqual([1, 0, 1]);
    expect(counts).toEqual({ hit: 1, miss: 1, keyless: 1, dropped: 1, awaited: 0 });
  });

  it('derives fields from the event with its facts, as of its time; what has no value is left out', async () => {
    const derive = {
      segment: 'data.customer.spend >= 10000.0 ? "vip" : "plain"',
      is_new: 'time < timestamp("1970-01-02T00:00:00Z")',
      none: 'data.customer.unheard_of + 1.0',
    };
    const input = batch(
      { data: { customer: { id: 'c1' } } },
      { data: { customer: { id: 'c3' } } },
      { data: { page: '/' } },
    );
    const { data } = await joined([{ ...CUSTOMER, derive }], input);
    expect(data.flat()).toMatchObject([
      { customer: { segment: 'vip', is_new: true } },
      { customer: { segment: 'plain', is_new: true } },
      { customer: { is_new: true } },
    ]);
    expect(JSON.stringify(data)).not.toContain('none');
  });

  it('takes nothing away: an event that has a text where the fields would go keeps it', async () => {
    const { data } = await joined([{ ...CUSTOMER, key: 'data.customer' }], batch({ data: { customer: 'c1' } }));
    expect(data).toEqual([[{ customer: 'c1' }]]);
  });

  it('leaves what people tell the engine alone', async () => {
    const input = batch({ data: { customer: { id: 'c1' } }, control: true });
    const { out, counts } = await joined([CUSTOMER], input);
    expect(out).toEqual(input);
    expect(counts.hit).toBe(0);
  });
});

describe('a value of the bucket', () => {
  const masker = createMasker({ key: 'k' });
  const fields = (text: string, take: readonly string[]) => fieldsOf(text, { id: 'customer', take }, masker);

  it('gives only the fields that are taken', () => {
    expect(fields('{"tier":"vip","salary":1,"tags":["a"]}', ['tier', 'tags', 'toString'])).toEqual({
      tier: 'vip',
      tags: ['a'],
    });
  });

  it('is masked as the data of events are', () => {
    const given = fields('{"name":"王小明","phone":"13800138000","note":"打 13900139000","owner":"team-a"}', [
      'name',
      'phone',
      'note',
      'owner',
    ]);
    expect(JSON.stringify(given)).not.toMatch(/小明|13800138000|13900139000/);
    expect(given).toMatchObject({ owner: 'team-a' });
  });

  it.each([
    ['data.store', 'John Lewis'],
    ['data.customer.id', 'John Lewis'],
    ['data.store', '13812345678'],
  ])('is found by the key that events carry: %s "%s"', (key, text) => {
    const [, object = '', name = ''] = /^data\.(?:(\w+)\.)?(\w+)$/.exec(key) ?? [];
    const masked = masker.data(object === '' ? { [name]: text } : { [object]: { [name]: text } }).data;
    const carried = object === '' ? masked[name] : (masked[object] as JsonObject)[name];
    expect(factKeyOf(text, { key }, masker)).toBe(carried);
  });

  it.each(['no JSON', '[1]', 'null', '"text"', `{"a":"${'x'.repeat(70_000)}"}`])(
    'that is no object, or too long, gives none',
    (text) => {
      expect(fields(text, ['a'])).toBeNull();
    },
  );
});
