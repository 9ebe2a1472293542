/** Labels (label-names.ts): names of places, goods and groups stay readable and apart, whoever they are called after. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../engine/core/types.ts';
import { LabelNames, USUAL_LABELS } from './label-names.ts';
import { createMasker, type Masker } from './mask.ts';
import { VALUES } from './testing/scan-places.ts';

const NAMES = readFileSync(new URL('testing/labels.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('# '));
const masker = createMasker({ key: 'k' });
const inField = (name: string, value: string, by: Masker = masker): Json | undefined =>
  by.data({ [name]: value }).data[name];
const TOKEN = /^~[a-p]{16}$/;

describe('names of places, shops, goods and teams', () => {
  it.each(['region', 'product', 'store', 'team', 'neighborhood'])('stay as they are in %s, all 500', (name) => {
    expect(NAMES.length).toBeGreaterThan(500);
    expect(NAMES.filter((value) => inField(name, value) !== value)).toEqual([]);
  });

  it('would not all stay in a text, where many of them are names of people', () => {
    expect(NAMES.filter((value) => masker.text(value) !== value).length).toBeGreaterThan(20);
  });

  it.each<JsonObject>([
    { region: { name: 'Cole Valley', id: 'r-1' } },
    { data: { store: { title: 'John Lewis', zh: '老王便利店' } } },
    { regions: ['Cole Valley', 'Clinton Hill'] },
    { sales_region: 'Cole Valley', homeCity: 'Beverly Hills', 门店名称: '张亮麻辣烫（王府井店）' },
  ])('stay as they are in %j', (data) => {
    expect(masker.data(data)).toEqual({ data, masked: 0 });
  });
});

describe('what is personal for certain', () => {
  it.each(['region', 'store_name', 'cities', '门店'])('becomes a token in %s, and others another one', (name) => {
    const tokens = VALUES.map((value) => inField(name, value));
    const isToken = (value: Json | undefined): boolean => typeof value === 'string' && TOKEN.test(value);
    expect(VALUES.filter((_, i) => !isToken(tokens[i]))).toEqual([]);
    expect(new Set(tokens).size).toBe(VALUES.length);
  });

  it.each([
    '12 Long Lane',
    'Flat 4, 221 Baker Street',
    '杭州市西湖区文三路138号5幢301室',
    '微信号：xiaoming_1992',
    'Cole Valley 415-555-0132',
    '东区 13812345678',
  ])('is found beside and among words: %s', (value) => {
    expect(inField('region', value)).toMatch(TOKEN);
  });
});

describe('which fields are labels', () => {
  const labels = new LabelNames(USUAL_LABELS);
  it.each(['region', 'storeName', 'product_title', 'sales-region', 'Cities', 'data.city', '商品名称', 'team_id'])(
    '%s is one',
    (name) => {
      expect(labels.has(name)).toBe(true);
    },
  );
  it.each(['store_manager', 'restore', 'steam', 'regional_head', 'name', 'customer_name', 'agent', 'note'])(
    '%s is none',
    (name) => {
      expect(labels.has(name)).toBe(false);
    },
  );

  it('is said by the configuration, where it says anything', () => {
    const own = createMasker({ key: 'k', labels: ['wing', 'sales area'] });
    expect(inField('wing', 'John Smith', own)).toBe('John Smith');
    expect(inField('sales_area', 'John Smith', own)).toBe('John Smith');
    expect(inField('region', 'John Smith', own)).toMatch(TOKEN);
    expect(inField('wing', 'John Smith')).toBe(masker.text('John Smith'));
  });

  it('changes nothing about fields that are personal themselves, nor about long texts', () => {
    const own = createMasker({ key: 'k', labels: ['phone', 'customer_name', 'region'] });
    expect(inField('phone', '5551234', own)).toBe('555****');
    expect(inField('customer_name', '张三', own)).toBe('张*');
    const long = `${'太慢了，'.repeat(40)}联系人：张小明`;
    expect(inField('region', long, own)).toBe(own.text(long));
    expect(own.data({ address: { region: 'Cole Valley', city: { line: '5 Elm Way' } } }).data).toEqual({
      address: { region: 'Cole Valley', city: { line: '***' } },
    });
  });
});
