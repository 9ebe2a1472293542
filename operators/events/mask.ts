/** Masking of an event's data: personal data in every text, in the names of fields, and whole where the field says what it is. */
import type { Json, JsonObject } from '../../engine/core/types.ts';
import { maskText } from './mask-text.ts';
import { sipHash, sipKey } from './siphash.ts';

export interface Masker {
  /** The same object where nothing had to be masked. `masked` counts what had to. Masking twice changes nothing more. */
  data(data: JsonObject): { readonly data: JsonObject; readonly masked: number };
  text(text: string): string;
  /** What tells things apart: itself, or a token that still does where it holds personal data. */
  identifier(text: string): string;
}

/**
 * @param options.key Keeps apart, and makes untraceable, the tokens that stand for identifiers which are themselves a
 * phone number, an e-mail address or the like. Without one the tokens can be undone by trying all phone numbers.
 */
export function createMasker(options: { readonly key: string }): Masker {
  const key = sipKey(options.key);
  return {
    data(data) {
      const walk: Walk = { key, masked: 0 };
      const masked = maskObject(data, '', walk);
      return { data: masked, masked: walk.masked };
    },
    text: (text) => maskText(text).text,
    identifier: (text) => maskIdentifier(text, key),
  };
}

interface Walk {
  readonly key: Uint8Array;
  masked: number;
}

/** What the name of a field says about its value. */
type Field =
  /** Text like any other. */
  | 'text'
  | 'name'
  | 'phone'
  | 'email'
  /** A number of a paper, a card or an account: no more than its last characters stay. */
  | 'document'
  /** Nothing of it stays. */
  | 'secret'
  /** Tells things apart: stays as it is unless it is itself personal, and then becomes a token, not stars. */
  | 'identifier'
  /** A measure: a number here is no phone number. */
  | 'measure'
  /** `name`: of a person only inside an object that is one. */
  | 'maybe_name';

function maskObject(object: JsonObject, parent: string, walk: Walk): JsonObject {
  let copy: Record<string, Json> | null = null;
  let next: Map<string, number> | null = null;
  for (const name in object) {
    const value = object[name] as Json;
    const masked = maskValue(value, name, parent, walk);
    const maskedName = name.length < 7 ? name : maskName(name, walk);
    if (copy === null && masked === value && maskedName === name) continue;
    if (copy === null) {
      copy = {};
      for (const before in object) {
        if (before === name) break;
        copy[before] = object[before] as Json;
      }
    }
    const free = Object.hasOwn(copy, maskedName)
      ? freeName(copy, maskedName, (next ??= new Map<string, number>()))
      : maskedName;
    copy[free] = masked;
  }
  return copy ?? object;
}

function maskName(name: string, walk: Walk): string {
  const { text, count } = maskText(name);
  walk.masked += count;
  return text;
}

/**
 * For a name that is taken: thousands may become the same when masked.
 * @param next by name, the number to try first: those before are taken too
 */
function freeName(copy: Readonly<Record<string, Json>>, name: string, next: Map<string, number>): string {
  let i = next.get(name) ?? 2;
  while (Object.hasOwn(copy, `${name}~${i}`)) i += 1;
  next.set(name, i + 1);
  return `${name}~${i}`;
}

function maskValue(value: Json, name: string, parent: string, walk: Walk): Json {
  if (typeof value === 'string') return value === '' ? value : maskString(value, fieldOf(name, parent), walk);
  if (typeof value === 'number') return maskNumber(value, name, parent, walk);
  if (typeof value !== 'object' || value === null) return value;
  if (!isList(value)) return maskObject(value, name, walk);
  let copy: Json[] | null = null;
  for (let i = 0; i < value.length; i += 1) {
    const item = value[i] as Json;
    const masked = maskValue(item, name, parent, walk);
    if (masked === item) continue;
    copy ??= [...value];
    copy[i] = masked;
  }
  return copy ?? value;
}

function isList(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value);
}

function maskString(text: string, field: Field, walk: Walk): string {
  const masked = masking(text, field, walk);
  if (masked === text) return text;
  return masked;
}

function masking(text: string, field: Field, walk: Walk): string {
  if (field === 'text' || field === 'measure' || field === 'maybe_name') {
    const { text: masked, count } = maskText(text);
    walk.masked += count;
    return masked;
  }
  if (field === 'identifier') {
    const token = maskIdentifier(text, walk.key);
    if (token !== text) walk.masked += 1;
    return token;
  }
  const masked = wholly(text, field);
  if (masked !== text) walk.masked += 1;
  return masked;
}

/** UUIDs and hexadecimal ids: made by machines, and here and there their digits look like a phone number. */
const MACHINE_MADE =
  /(?<![0-9a-z])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=[0-9]{0,63}[a-f])[0-9a-f]{24,64})(?![0-9a-z])/gi;

function maskIdentifier(text: string, key: Uint8Array): string {
  if (TOKEN.test(text) || maskText(text).count === 0) return text;
  const written = text.replace(MACHINE_MADE, '');
  return written !== text && maskText(written).count === 0 ? text : tokenOf(text, key);
}

/** The value of a field that is personal whatever its form. */
function wholly(text: string, field: 'name' | 'phone' | 'email' | 'document' | 'secret'): string {
  if (field === 'secret') return '***';
  if (field === 'name') return /^[^]\*{1,2}$/u.test(text) ? text : maskPersonName(text);
  const masked = maskText(text).text;
  // Stars were put there now, or when it was masked before.
  if (masked.includes('***')) return masked;
  if (field === 'email') return `${first(text)}***`;
  if (field === 'document') return `${first(text)}***${text.length < 9 ? '' : text.slice(-4)}`;
  const digits = text.replace(/[^0-9０-９]/g, '');
  if (digits.length < 5) return digits === '' ? masked : '***';
  return `${digits.slice(0, 3)}****${digits.length < 9 ? '' : digits.slice(-4)}`;
}

/** 张三 → 张*, 张小明 → 张**, John Smith → J**. */
function maskPersonName(name: string): string {
  const trimmed = name.trim();
  const initial = first(trimmed);
  return `${initial}${trimmed.length - initial.length <= 1 ? '*' : '**'}`;
}

/** The first character, not half of one. */
function first(text: string): string {
  const point = text.codePointAt(0);
  return point === undefined ? '' : String.fromCodePoint(point);
}

/** 16 letters: no digits that could pass for a number. */
const TOKEN = /^~[a-p]{16}$/;
const encoder = new TextEncoder();

function tokenOf(text: string, key: Uint8Array): string {
  const hash = sipHash(key, encoder.encode(text)).toString(16).padStart(16, '0');
  return `~${hash.replace(/./g, (hex) => String.fromCharCode(0x61 + parseInt(hex, 16)))}`;
}

/** A phone or card number sent as a JSON number. */
function maskNumber(value: number, name: string, parent: string, walk: Walk): Json {
  if (value < 10_000 || !Number.isInteger(value)) return value;
  const field = fieldOf(name, parent);
  if (field === 'measure' || (field === 'text' && (value < 13_000_000_000 || value >= 20_000_000_000))) return value;
  if (field === 'maybe_name' || field === 'name') return value;
  const text = String(value);
  const masked = masking(text, field, walk);
  return masked === text ? value : masked;
}

const FIELDS: ReadonlyMap<string, Field> = new Map(
  (
    [
      [
        'name',
        'customername contactname realname fullname firstname lastname surname givenname username receivername recipientname buyername membername nickname recipient receiver consignee contactperson 姓名 名字 客户姓名 联系人 收件人 收货人 昵称',
      ],
      ['maybe_name', 'name'],
      [
        'phone',
        'phone phonenumber mobile mobilephone mobilenumber cell cellphone tel telephone contactphone customerphone callernumber caller callerid calleenumber ani msisdn fax whatsapp 电话 手机 手机号 手机号码 联系电话 联系方式',
      ],
      ['email', 'email mail emailaddress customeremail contactemail 邮箱 电子邮箱 邮件'],
      [
        'document',
        'idcard idcardno idnumber idno identity identityno nationalid ssn passport passportno passportnumber bankcard bankcardno cardno cardnumber bankaccount accountnumber iban licenseplate plate plateno wechat wechatid weixin wx qq qqnumber 身份证 身份证号 银行卡 银行卡号 卡号 微信 微信号 车牌 车牌号 护照 护照号',
      ],
      [
        'secret',
        'address addr homeaddress shippingaddress deliveryaddress billingaddress street birthday birthdate dateofbirth password passwd pin cvv token accesstoken 地址 住址 收货地址 家庭住址 生日 出生日期 密码',
      ],
      [
        'identifier',
        'id case conversation call order customerid userid memberid buyerid accountid openid unionid survey journey',
      ],
      [
        'measure',
        'amount price total score value min max rating count quantity durationms dwellms waits talks holds wraps timestamp ts time createdat updatedat points balance revenue',
      ],
    ] as const
  ).flatMap(([field, names]) => names.split(' ').map((name): [string, Field] => [name, field])),
);

/** Objects that are a person. */
const PERSONS: ReadonlySet<string> = new Set(
  'customer contact user client buyer member person recipient receiver sender consignee caller passenger guest patient profile 客户 用户 顾客 会员 联系人 收件人'.split(
    ' ',
  ),
);

/** Names repeat from event to event: each is looked up once. What senders may name is bounded: in number, and here in length. */
const known = new Map<string, Field>();
const MAX_KNOWN = 5000;
const MAX_KNOWN_NAME = 64;

function fieldOf(name: string, parent: string): Field {
  let field = known.get(name);
  if (field === undefined) {
    const plain = name.toLowerCase().replace(/[\s_.-]/g, '');
    field = FIELDS.get(plain) ?? (/(?:ms|_s|_at|time|timestamp|count|amount|price)$/i.test(name) ? 'measure' : 'text');
    if (known.size < MAX_KNOWN && name.length <= MAX_KNOWN_NAME) known.set(name, field);
  }
  return field === 'maybe_name' ? (PERSONS.has(parent.toLowerCase()) ? 'name' : 'text') : field;
}
