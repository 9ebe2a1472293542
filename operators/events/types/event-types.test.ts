import { readdirSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { createSchemaValidator } from '../../../engine/adapters/formats/schema-validator.ts';
import { BUILT_IN_CHANNELS } from '../channels.ts';
import { rangeFaults } from '../checks/ranges.ts';
import { USUAL_SCALES } from '../answer-bounds.ts';
import type { EventType } from './event-type.ts';
import { CONTROL_TYPES, dataSchemas, EVENT_TYPES, familyOf, wordsOf } from './event-types.ts';

const listed: readonly EventType[] = EVENT_TYPES;
const validate = createSchemaValidator(dataSchemas());
/** `case/case-opened.ts` of `cx.case.opened`. */
const fileOf = (family: string, type: string): string => `${family}/${type.split('.').slice(1).join('-')}.ts`;

describe('the list of event types', () => {
  it('names every file of a family that is one, and each file is named after its type', () => {
    const folder = new URL('.', import.meta.url);
    const files = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap(({ name }) => readdirSync(new URL(`${name}/`, folder)).map((file) => `${name}/${file}`))
      .filter((file) => !/-(?:data|fields)\.ts$/.test(file));
    const wanted = [...EVENT_TYPES, ...CONTROL_TYPES].map(({ type }) => fileOf(familyOf(type) ?? '', type));
    expect(
      files.filter((file) => !wanted.includes(file)),
      'each needs its line in EVENT_TYPES of event-types.ts, and the name of its type (feedback/feedback-posted.ts)',
    ).toEqual([]);
    expect(files.sort()).toEqual(wanted.sort());
  });

  it('names each once', () => {
    const names = Object.keys(dataSchemas());
    expect(names).toHaveLength(EVENT_TYPES.length + CONTROL_TYPES.length);
  });

  // A start does not look: it compiles without.
  it.each(Object.entries(dataSchemas()))('has a JSON Schema of the data of %s', (_, schema) => {
    const ajv = new Ajv2020();
    expect(ajv.validateSchema(schema), JSON.stringify(ajv.errors)).toBe(true);
  });

  it('gives the family that stands in the name, and control for what Earshot says to itself', () => {
    expect(familyOf('cx.survey.answered')).toBe('survey');
    expect(familyOf('cx.interaction.handoff')).toBe('interaction');
    expect(familyOf('earshot.silence.deleted')).toBe('control');
    expect(familyOf('cx.survey.unheard')).toBeUndefined();
  });
});

describe.each(listed.map((known) => [known.type, known] as const))('%s', (type, { example, about, data }) => {
  it('has an example that it takes in, on a built-in channel, of fields that it knows', () => {
    expect(validate(type, example) ?? rangeFaults(type, example, USUAL_SCALES)).toBeNull();
    expect(BUILT_IN_CHANNELS).toContain(example['channel']);
    expect(Object.keys(data['properties'] as object)).toEqual(expect.arrayContaining(Object.keys(example)));
  });

  it('is explained in both languages', () => {
    expect(about.en, 'in English, no full stop at its end').toMatch(/^[A-Z].{9,}[^.]$/);
    expect(about['zh-CN'], 'in Chinese, no full stop at its end').toMatch(/^\p{Script=Han}.{2,}[^。]$/u);
  });

  it('requires only fields that it knows', () => {
    expect(Object.keys(data['properties'] as object)).toEqual(expect.arrayContaining(data['required'] as string[]));
  });
});

describe('the words of the customer', () => {
  it('stand in text, in the transcript of a call, and not in what an agent or a bot wrote', () => {
    expect(wordsOf('cx.survey.answered', { text: 'slow' })).toBe('slow');
    expect(wordsOf('cx.interaction.call', { text: 'a note', transcript: 'hello' })).toBe('hello');
    expect(wordsOf('cx.interaction.message', { author: 'customer', text: 'hello' })).toBe('hello');
    expect(wordsOf('cx.interaction.message', { author: 'bot', text: 'hello' })).toBeNull();
    expect(wordsOf('cx.survey.answered', { text: ' ' })).toBeNull();
    expect(wordsOf('cx.page.viewed', {})).toBeNull();
  });
});

describe('answers without a scale of their own', () => {
  it('are held to the usual one where the type says that its score is an answer', () => {
    expect(rangeFaults('cx.survey.answered', { metric: 'csat', score: 9 }, USUAL_SCALES)).toHaveLength(1);
    expect(rangeFaults('cx.survey.sent', { metric: 'csat', score: 9 }, USUAL_SCALES)).toBeNull();
  });
});
