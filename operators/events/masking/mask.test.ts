import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allAtOnce } from '../../../engine/core/steps/steps.ts';
import { at } from '../../../engine/core/must.ts';
import type { Json, JsonObject } from '../../../engine/core/types.ts';
import { createMasker } from './mask.ts';
import { NOT_PERSONAL, PERSONAL } from './testing/mask-corpus.ts';
import { sipHash } from './siphash.ts';

const masker = createMasker({ key: 'secret' });

describe('fields', () => {
  it.each<[string, JsonObject, JsonObject]>([
    ['a name', { customer: { name: '张三' } }, { customer: { name: '张*' } }],
    ['a longer name', { customer: { name: '欧阳修远' } }, { customer: { name: '欧**' } }],
    ['a Latin name', { customer: { name: 'John Smith' } }, { customer: { name: 'J**' } }],
    ['a character of two units', { customer: { name: '𠮷野家' } }, { customer: { name: '𠮷**' } }],
    ['a phone', { customer: { phone: '+86 138 1234 5678' } }, { customer: { phone: '+86 138****5678' } }],
    ['a phone beside stars', { tel: '*** 13812345678' }, { tel: '*** 138****5678' }],
    ['a phone of no known form', { customer: { phone: '5551234' } }, { customer: { phone: '555****' } }],
    ['a phone as a number', { customer: { phone: 13812345678 } }, { customer: { phone: '138****5678' } }],
    ['an e-mail address', { customer: { email: 'zhang@example.com' } }, { customer: { email: 'z***@example.com' } }],
    ['an odd e-mail address', { customer: { email: 'zhang at home' } }, { customer: { email: 'z***' } }],
    ['unknown fields', { extra: { note: '打13812345678' } }, { extra: { note: '打138****5678' } }],
    ['lists', { tags: ['a', '13812345678'] }, { tags: ['a', '138****5678'] }],
    ['a number in an unknown field', { ref: 13812345678 }, { ref: '138****5678' }],
    ['papers', { id_card: 'X99', 'bank-card': '1234567890' }, { id_card: 'X***', 'bank-card': '1***7890' }],
    ['addresses and birthdays', { address: '解放路5号', birthday: '1990-03-07' }, { address: '***', birthday: '***' }],
    ['names elsewhere', { receiver_name: '李四', 联系人: '王五六' }, { receiver_name: '李*', 联系人: '王**' }],
    [
      'parts of an address',
      { address: { line1: '5 Elm Way', geo: { note: '后门' }, city: '上海' } },
      { address: { line1: '***', geo: { note: '***' }, city: '上海' } },
    ],
    ['a prefix', { cust_name: '张三', contactMobile2: '5551234' }, { cust_name: '张*', contactMobile2: '555****' }],
    [
      "the customer's own name in the text",
      { text: '林小满说没收到', customer: { name: '林小满' } },
      { text: '林**说没收到', customer: { name: '林**' } },
    ],
    ['a rider', { rider: { name: '李四' } }, { rider: { name: '李*' } }],
    ...[
      'end_user requester submitter visitor reporter author participants contacts customers leads from cc shipTo billing',
      'support_agent assigned_agents cardHolder created_by reviewer 坐席 投诉用户',
    ]
      .join(' ')
      .split(' ')
      .map((person): [string, JsonObject, JsonObject] => [
        `of whom other systems call ${person}`,
        { [person]: [{ name: '王小明', names: ['王小明'] }] },
        { [person]: [{ name: '王**', names: ['王**'] }] },
      ]),
    ['whose address it is', { shipping_address: { name: '王小明' } }, { shipping_address: { name: '***' } }],
    ['whose, deeper', { address: { receiver: { name: '王小明' } } }, { address: { receiver: { name: '王**' } } }],
    ['a street in parts', { street: { name: 'Baker Street' } }, { street: { name: '***' } }],
    ['whose mail it is', { email: { name: '王小明' } }, { email: { name: '王**' } }],
    ['a reviewer', { reviewer: '王小明', visitor_name: '李四' }, { reviewer: '王**', visitor_name: '李*' }],
    ['several', { phones: ['555-1234'], addresses: ['南京路'] }, { phones: ['555****'], addresses: ['***'] }],
    ['a name in parts', { name: { first: 'John', last: 'Smith' } }, { name: { first: 'J**', last: 'S**' } }],
    [
      'secrets',
      { api_key: 'abc', dbPassword: 'x', refresh_token: 't', pin: 1234 },
      { api_key: '***', dbPassword: '***', refresh_token: '***', pin: '***' },
    ],
    ['a card as a number', { ref: 4111111111111111 }, { ref: '4111********1111' }],
    ['names of fields', { '13812345678': 'x' }, { '138****5678': 'x' }],
    [
      'names of fields that become the same',
      { '13812345678': 'x', '13899995678': 'y' },
      { '138****5678': 'x', '138****5678~2': 'y' },
    ],
  ])('%s', (_name, data, masked) => {
    const result = masker.data(data);
    expect(result.data).toEqual(masked);
    expect(result.masked).toBeGreaterThan(0);
    expect(masker.data(result.data)).toEqual({ data: masked, masked: 0 });
    expect(allAtOnce(masker.inSteps(data))).toEqual(result);
  });

  it.each<[JsonObject]>([
    [{ channel: 'app', text: '太慢了', rating: { value: 1, min: 1, max: 5 } }],
    [{ customer: { id: 'c-77', tier: 'vip' }, case: 'T2024030212', order: '202403021234567890' }],
    [{ amount: 13812345678, duration_ms: 13812345678, time: 13812345678 }],
    [{ product: { name: '张裕干红' }, agent: '李雷', owner: 'care-team', team: '一组' }],
    [
      {
        author: 'customer',
        user_agent: { name: '李雷浏览器' },
        placeholder: { name: '张裕' },
        store: { names: ['张裕干红'] },
      },
    ],
    [{ product_name: '张裕干红', file_name: 'a.png', phone_model: 'X1', ip_address: 'office', tokens: 'a b' }],
    [{ ref: 1712345678901234, count: 13812345678, mail: { subject: '太慢了' } }],
    [{ case: '550e8400-e29b-41d4-a716-446655440000' }],
  ])('leaves %j as it is, the very object', (data) => {
    const result = masker.data(data);
    expect(result.data).toBe(data);
    expect(result.masked).toBe(0);
  });

  it('does not touch what it was given', () => {
    const data = { a: 1, text: '13812345678', list: [{ email: 'a@b.cn' }], z: 2 };
    const before = structuredClone(data);
    expect(masker.data(data).data).toEqual({ a: 1, text: '138****5678', list: [{ email: 'a***@b.cn' }], z: 2 });
    expect(data).toEqual(before);
  });
});

describe('identifiers that are themselves personal', () => {
  const TOKEN = /^~[a-p]{16}$/;
  const idOf = (id: string, key = 'secret'): string =>
    (createMasker({ key }).data({ customer: { id } }).data as { customer: { id: string } }).customer.id;

  it('become a token that is always the same, differs from others, and depends on the key', () => {
    const token = idOf('13812345678');
    expect(token).toMatch(/^~[a-p]{16}$/);
    expect(idOf('13812345678')).toBe(token);
    expect(idOf('13812345679')).not.toBe(token);
    expect(idOf('13812345678', 'another')).not.toBe(token);
    expect(idOf(token)).toBe(token);
    expect(idOf('zhangsan@example.com')).toMatch(/^~/);
    expect(masker.data({ case: '13812345678' }).data['case']).toBe(token);
  });

  it.each(['region', 'product', 'store', 'team'])(
    'are never one and the same where %s looks personal: KPIs count by it',
    (name) => {
      const labels = ['13812345678', '13812395678', 'a.stone@example.com', '12 Long Lane'];
      const masked = labels.map((label) => masker.data({ [name]: label }).data[name]);
      expect(new Set(masked).size).toBe(4);
      for (const label of masked) expect(label).toMatch(TOKEN);
      expect(masker.data({ [name]: 'east' }).data[name]).toBe('east');
    },
  );

  it.each(['agent', 'owner', 'assignee', 'customer_id'])('are tokens where %s names somebody', (name) => {
    const masked = ['John Smith', 'James Stone'].map((who) => masker.data({ [name]: who }).data[name]);
    for (const token of masked) expect(token).toMatch(TOKEN);
    expect(new Set(masked).size).toBe(2);
  });

  it.each([
    '63eb89fb-0406-4479-97f0-013812345678',
    '0DA0F054-4599-402F-B004-013812345678',
    'urn:x:29b5533659517516306bcdc5',
    'b7cf38ef525e6217001283668766',
    '20260302-1071',
  ])('stay as they are where a machine made them, whatever their digits look like: %s', (made) => {
    expect(masker.text(made)).not.toBe(made);
    expect(masker.identifier(made)).toBe(made);
    expect(masker.identifier(`${made}/13812345678`)).toMatch(TOKEN);
  });

  it('hashes as SipHash-2-4 does', () => {
    // Appendix A of the paper: key 00..0f, message 00..0e.
    const bytes = (n: number): Uint8Array => Uint8Array.from({ length: n }, (_, i) => i);
    expect(sipHash(bytes(16), bytes(15))).toBe(0xa129ca6149be45e5n);
    expect(sipHash(bytes(16), bytes(0))).toBe(0x726fdb47dd0e0e31n);
    expect(sipHash(bytes(16), bytes(8))).toBe(0x93f5f5799a932462n);
    // The reference implementation's vectors: what is left of less than a word.
    expect([1, 2, 3, 4, 5, 6, 7].map((n) => sipHash(bytes(16), bytes(n)))).toEqual([
      0x74f839c593dc67fdn,
      0x0d6c8009d9a94f5an,
      0x85676696d7fb7e2dn,
      0xcf2794e0277187b7n,
      0x18765564cd99a68dn,
      0xcbc9466e58fee3cen,
      0xab0200f58b01d137n,
    ]);
  });
});

describe('any data', () => {
  const text = fc.oneof(
    fc.constantFrom(...PERSONAL.map((row) => row.replace(/[{}]/g, '')), ...NOT_PERSONAL),
    fc.string({ unit: 'binary', maxLength: 12 }),
  );
  const name = fc.oneof(
    fc.constantFrom(
      'id',
      'name',
      'phone',
      'email',
      'address',
      'customer',
      'case',
      'text',
      'wechat',
      'tel',
      'amount',
      'idcard',
      'user',
    ),
    text,
  );
  const { data } = fc.letrec<{ data: JsonObject; value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.integer({ min: 0, max: 99_999_999_999 }),
      fc.constantFrom<Json>(null, true, 1.5),
      fc.array(tie('value'), { maxLength: 3 }),
      tie('data'),
    ),
    data: fc.dictionary(
      name.filter((key) => key !== '__proto__'),
      tie('value'),
      { maxKeys: 5 },
    ),
  }));

  it('is the same after masking twice', () => {
    fc.assert(
      fc.property(data, (given) => {
        const once = masker.data(given);
        const twice = masker.data(once.data);
        expect(twice.data).toEqual(once.data);
        expect(twice.masked).toBe(0);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('what a masker has seen before', () => {
  it('changes nothing: texts that come again are judged as by a masker that sees them first', () => {
    const used = createMasker({ key: 'a key' });
    const note = 'Wang Xiaoming called';
    const events: readonly JsonObject[] = [
      { note, orderNumber: 'A-17', phone_model: '华为 Mate 60', customer: { id: 'c-4281' } },
      // The same text beside the name of whom it is about, in a field that is whole, in one that is a label, as a name of a field.
      { note, customer: { name: 'Wang Xiaoming' } },
      { note, contact_name: 'Wang Xiaoming', product: note, [note]: 'A-17', secret: 'A-17' },
      { note: '13812345678', customer: { id: '13812345678' }, orderNumber: '13812345678' },
    ];
    for (let round = 0; round < 3; round++)
      for (const data of events) expect(used.data(data)).toEqual(createMasker({ key: 'a key' }).data(data));
    expect(used.data(at(events, 1)).masked).toBeGreaterThan(1);
    expect(used.identifier('13812345678')).toBe(createMasker({ key: 'a key' }).identifier('13812345678'));
  });
});
