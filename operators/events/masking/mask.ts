/** Masking of an event's data: personal data in every text, in the names of fields, and whole where the field says what it is. */
import type { Steps } from '../../../engine/core/steps/steps.ts';
import type { Json, JsonObject } from '../../../engine/core/types.ts';
import { RecentTexts } from '../../shared/recent-texts.ts';
import { MAX_LABEL, USUAL_LABELS } from './label-names.ts';
import { FieldNames, type Field } from './mask-fields.ts';
import { isSurelyPersonal, maskInSteps, maskText, type MaskedText } from './mask-text.ts';
import { sipHash, sipKey } from './siphash.ts';
import { isWhole, maskPersonName, most, whole } from './whole-values.ts';

export interface MaskedData {
  readonly data: JsonObject;
  /** How many things were masked. */
  readonly masked: number;
}

export interface Masker {
  /** The same object where nothing had to be masked. Masking twice changes nothing more. */
  data(data: JsonObject): MaskedData;
  /** The same, for large data. */
  inSteps(data: JsonObject): Steps<MaskedData>;
  text(text: string): string;
  /** A text in a field of this name. */
  field(name: string, text: string): string;
  /**
   * What tells things apart: itself, or a token that still does where it holds personal data.
   * @param field the name of the field it stands in: labels are judged by what is personal for certain
   */
  identifier(text: string, field?: string): string;
}

export interface MaskerOptions {
  /**
   * Keeps apart, and makes untraceable, the tokens that stand for identifiers which are themselves a phone number, an e-mail
   * address or the like. Without one the tokens can be undone by trying all phone numbers.
   */
  readonly key: string;
  /** Names of fields that are labels (label-names.ts); the usual ones by default. */
  readonly labels?: readonly string[];
}

export function createMasker({ key: secret, labels = USUAL_LABELS }: MaskerOptions): Masker {
  const key = sipKey(secret);
  const fields = new FieldNames(labels);
  const clean = new RecentTexts(MOST_CLEAN);
  return {
    data(data) {
      const walk: Walk = { key, fields, clean, masked: 0, unitsLeft: 0, names: ownNames(data, fields) };
      const masked = maskObject(data, '', walk);
      return { data: masked, masked: walk.masked };
    },
    *inSteps(data) {
      const walk: Walk = { key, fields, clean, masked: 0, unitsLeft: UNITS_A_STEP, names: ownNames(data, fields) };
      const masked = yield* objectInSteps(data, '', walk);
      return { data: walk.masked === 0 ? data : masked, masked: walk.masked };
    },
    text: (text) => maskText(text).text,
    field: (name, text) =>
      maskString(text, fields.fieldOf(name, ''), { key, fields, clean, masked: 0, unitsLeft: 0, names: NO_NAMES }),
    identifier: (text, field) =>
      field !== undefined && fields.fieldOf(field, '') === 'label'
        ? maskLabel(text, key)
        : maskIdentifier(text, { key, clean }),
  };
}

interface Walk {
  /** Of the people whom the event's fields name: looked for in its texts. */
  readonly names: readonly string[];
  readonly key: Uint8Array;
  readonly fields: FieldNames;
  /** Short texts in which nothing personal stands: names of fields, ids, values of lists come again with each event. */
  readonly clean: RecentTexts;
  masked: number;
  /** Code units to go until the loop may be handed over. */
  unitsLeft: number;
}
/** A longer text is masked in steps of its own. */
const UNITS_A_STEP = 1500;
/** What a value costs however short it is, in code units. */
const UNITS_A_VALUE = 20;
const MOST_CLEAN = 4096;
/** A longer text seldom comes again. */
const LONGEST_CLEAN = 48;

/** The same as `maskText`. */
function maskShared(text: string, { clean }: Pick<Walk, 'clean'>): MaskedText {
  if (text.length > LONGEST_CLEAN) return maskText(text);
  if (clean.has(text)) return { text, count: 0 };
  const masked = maskText(text);
  if (masked.count === 0 && masked.text === text) clean.add(text);
  return masked;
}

function maskObject(object: JsonObject, parent: string, walk: Walk): JsonObject {
  let copy: Record<string, Json> | null = null;
  let next: Map<string, number> | null = null;
  for (const name in object) {
    const value = object[name] as Json;
    const masked = maskValue(value, name, parent, walk);
    const maskedName = name.length < 7 ? name : counted(maskShared(name, walk), walk);
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

function* objectInSteps(object: JsonObject, parent: string, walk: Walk): Steps<JsonObject> {
  const copy: Record<string, Json> = {};
  const next = new Map<string, number>();
  for (const name in object) {
    const masked = yield* valueInSteps(object[name] as Json, name, parent, walk);
    const maskedName = name.length < 7 ? name : counted(yield* textInSteps(name, walk), walk);
    copy[Object.hasOwn(copy, maskedName) ? freeName(copy, maskedName, next) : maskedName] = masked;
    if (isStepOver(walk, name.length)) yield;
  }
  return copy;
}

function counted({ text, count }: MaskedText, walk: Walk): string {
  walk.masked += count;
  return text;
}

/** Counts what was looked at; true: the loop may be handed over. */
function isStepOver(walk: Walk, units: number): boolean {
  walk.unitsLeft -= units + UNITS_A_VALUE;
  if (walk.unitsLeft > 0) return false;
  walk.unitsLeft = UNITS_A_STEP;
  return true;
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
  if (typeof value === 'string')
    return value === '' ? value : maskString(value, walk.fields.fieldOf(name, parent), walk);
  if (typeof value === 'number') return maskNumber(value, name, parent, walk);
  if (typeof value !== 'object' || value === null) return value;
  if (!isList(value)) return maskObject(value, walk.fields.parentOf(name, parent), walk);
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

function* valueInSteps(value: Json, name: string, parent: string, walk: Walk): Steps<Json> {
  if (typeof value === 'string' && value.length > UNITS_A_STEP) {
    const field = walk.fields.fieldOf(name, parent);
    return maskString(value, field, walk, isWhole(field) ? undefined : yield* textInSteps(value, walk));
  }
  if (typeof value !== 'object' || value === null) {
    if (isStepOver(walk, typeof value === 'string' ? value.length : 0)) yield;
    return maskValue(value, name, parent, walk);
  }
  if (!isList(value)) return yield* objectInSteps(value, walk.fields.parentOf(name, parent), walk);
  const copy: Json[] = [];
  for (const item of value) copy.push(yield* valueInSteps(item, name, parent, walk));
  return copy;
}

function* textInSteps(text: string, walk: Walk): Steps<MaskedText> {
  return text.length > UNITS_A_STEP ? yield* maskInSteps(text) : maskShared(text, walk);
}

function isList(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value);
}

/** @param read the text masked as any other, if that is known already */
function maskString(text: string, field: Field, walk: Walk, read?: MaskedText): string {
  const isLabel = field === 'label' && text.length <= MAX_LABEL;
  if (field === 'text' || field === 'measure' || field === 'maybe_name' || (field === 'label' && !isLabel)) {
    return withoutNames(counted(read ?? maskShared(text, walk), walk), walk);
  }
  const masked =
    field === 'label'
      ? maskLabel(text, walk.key)
      : field === 'identifier'
        ? maskIdentifier(text, walk, read)
        : isWhole(field)
          ? whole(text, field)
          : most(text, field, (read ?? maskShared(text, walk)).text);
  if (masked !== text) walk.masked += 1;
  return masked;
}

const NO_NAMES: readonly string[] = [];

/** Names in the fields of the objects that are a person, and at the top. */
function ownNames(data: JsonObject, fields: FieldNames): readonly string[] {
  let names: string[] | null = null;
  for (const name in data) {
    const value = data[name] as Json;
    if (typeof value === 'string') {
      if (fields.fieldOf(name, '') === 'name' && isOwnName(value)) (names ??= []).push(value.trim());
    } else if (typeof value === 'object' && value !== null && !isList(value) && fields.isPerson(name)) {
      for (const part in value) {
        const own = value[part];
        if (typeof own === 'string' && fields.fieldOf(part, name) === 'name' && isOwnName(own))
          (names ??= []).push(own.trim());
      }
    }
  }
  return names ?? NO_NAMES;
}

/** Long enough not to be a word of any text; not masked before. */
function isOwnName(name: string): boolean {
  return name.length <= 64 && !name.includes('*') && (/^[\u4e00-\u9fff]{2,}/.test(name) || name.trim().length >= 4);
}

function withoutNames(text: string, walk: Walk): string {
  let masked = text;
  for (const name of walk.names) {
    masked = withoutName(masked, name, maskPersonName(name), walk);
    if (!masked.includes('%')) continue;
    const escaped = encodeURIComponent(name.toWellFormed());
    if (escaped !== name) masked = withoutName(masked, escaped, encodeURIComponent(maskPersonName(name)), walk);
  }
  return masked;
}

function withoutName(text: string, name: string, put: string, walk: Walk): string {
  if (!text.includes(name)) return text;
  const parts = text.split(name);
  walk.masked += parts.length - 1;
  return parts.join(put);
}

/** UUIDs, hexadecimal ids, a day with a number of that day: made by machines, and here and there their digits look like a phone number. */
const MACHINE_MADE =
  /(?<![0-9a-z])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=[0-9]{0,63}[a-f])[0-9a-f]{24,64}|(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[-_][0-9]{1,6})(?![0-9a-z])/gi;

function maskIdentifier(text: string, walk: Pick<Walk, 'key' | 'clean'>, read?: MaskedText): string {
  if (TOKEN.test(text) || (read ?? maskShared(text, walk)).count === 0) return text;
  const { key } = walk;
  if (text.length > UNITS_A_STEP) return tokenOf(text, key);
  const written = text.replace(MACHINE_MADE, '');
  return written !== text && maskText(written).count === 0 ? text : tokenOf(text, key);
}

function maskLabel(text: string, key: Uint8Array): string {
  if (TOKEN.test(text) || !isSurelyPersonal(text)) return text;
  const written = text.replace(MACHINE_MADE, '');
  return written !== text && !isSurelyPersonal(written) ? text : tokenOf(text, key);
}

/** 16 letters: no digits that could pass for a number. */
const TOKEN = /^~[a-p]{16}$/;
const encoder = new TextEncoder();

function tokenOf(text: string, key: Uint8Array): string {
  const hash = sipHash(key, encoder.encode(text)).toString(16).padStart(16, '0');
  return `~${hash.replace(/./g, (hex) => String.fromCharCode(0x61 + parseInt(hex, 16)))}`;
}

/** A phone or card number sent as a JSON number; where the field says that it is personal, any number. */
function maskNumber(value: number, name: string, parent: string, walk: Walk): Json {
  if (!Number.isInteger(value) || value < 0) return value;
  const field = walk.fields.fieldOf(name, parent);
  if (field === 'secret') return counted({ text: '***', count: 1 }, walk);
  if (value < 10_000 || field === 'measure' || field === 'maybe_name' || field === 'name') return value;
  const text = String(value);
  if (field === 'text' && !(value >= 13_000_000_000 && value < 20_000_000_000) && !isLongNumber(text)) return value;
  const masked = maskString(text, field, walk);
  return masked === text ? value : masked;
}

/** Long enough for a card or an identity card; instants in micro- and nanoseconds begin with 1. */
function isLongNumber(text: string): boolean {
  return text.length >= 15 && text.length <= 19 && !text.startsWith('1');
}
