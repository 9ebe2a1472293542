import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  binaryHeaders,
  decodeAttribute,
  decodeBinaryHeaders,
  encodeAttribute,
  formatInstant,
  instantWriter,
  parseInstant,
  schemaNameOf,
} from './cloud-events.ts';
import { END_OF_TIME, START_OF_TIME } from './types.ts';

describe('header values', () => {
  it.each([
    ['plain', 'plain'],
    ['满意度', '%E6%BB%A1%E6%84%8F%E5%BA%A6'],
    ['Euro € 😀', 'Euro%20%E2%82%AC%20%F0%9F%98%80'],
    ['100%', '100%25'],
    ['say "hi"', 'say%20%22hi%22'],
    ['a\r\nb\tc\u007f', 'a%0D%0Ab%09c%7F'],
    ["!#$&'()*+,-./:;<=>?@[\\]^_`{|}~", "!#$&'()*+,-./:;<=>?@[\\]^_`{|}~"],
  ])('%s ↔ %s', (value, header) => {
    expect(encodeAttribute(value)).toBe(header);
    expect(decodeAttribute(header)).toBe(value);
  });

  it('gives back any well-formed text, and makes only what a NATS header may hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const header = encodeAttribute(value);
        expect(header).toMatch(/^[\x21\x23-\x7e]*$/);
        expect(decodeAttribute(header)).toBe(value);
      }),
    );
  });

  it.each([
    ['a%', 'a%'],
    ['%zz%4', '%zz%4'],
    ['%e6%bb%a1', '满'],
    ['%FF', undefined],
    ['%C0%AF', undefined],
    ['%ED%A0%80', undefined],
    ['"quoted \\"x\\" %41"', 'quoted "x" A'],
    ['"', '"'],
    ['满%20意', '满 意'],
  ])('decodes what others may send: %s', (header, value) => {
    expect(decodeAttribute(header)).toBe(value);
  });
});

describe('binaryHeaders', () => {
  it('names every attribute', () => {
    const headersOf = binaryHeaders({ source: 'urn:earshot:a 1', publicUrl: null });
    const message = {
      id: '0.7.满',
      subject: 'cx.kpi.csat',
      type: 'cx.kpi.changed',
      time: 1_772_414_104_120,
      data: null,
    };
    const headers = headersOf(message);
    expect(headers).toEqual({
      'ce-specversion': '1.0',
      'ce-id': '0.7.%E6%BB%A1',
      'ce-source': 'urn:earshot:a%201',
      'ce-type': 'cx.kpi.changed',
      'ce-time': '2026-03-02T01:15:04.120Z',
      'ce-dataschema': 'urn:earshot:schema:kpi:1.0.0',
      'ce-datacontenttype': 'application/json',
      'content-type': 'application/json',
    });
    expect(decodeBinaryHeaders(headers)).toMatchObject({ id: '0.7.满', source: 'urn:earshot:a 1' });
  });

  it('names the address of the schema where people reach it', () => {
    const headersOf = binaryHeaders({ source: 'urn:earshot:a', publicUrl: 'https://cx.example.com/earshot' });
    expect(headersOf({ id: '1', subject: 's', type: 'cx.alert.changed', time: 0, data: null })['ce-dataschema']).toBe(
      'https://cx.example.com/earshot/schemas/alert/1.0.0.json',
    );
  });

  it('derives the schema from the type', () => {
    expect(schemaNameOf('cx.alert.changed')).toBe('alert');
    expect(schemaNameOf('cx.enriched.feedback.posted')).toBe('enriched');
    expect(schemaNameOf('cx.feedback.posted')).toBe('cx.feedback.posted');
  });
});

describe('decodeBinaryHeaders', () => {
  it('takes CloudEvents attributes only, and no name that could reach a prototype', () => {
    const headers = JSON.parse('{"CE-Id":"1","ce-__proto__":"x","ce-a-b":"x","traceparent":"t","ce-":"x"}') as Record<
      string,
      string
    >;
    const attributes = decodeBinaryHeaders(headers);
    expect(Object.entries(attributes)).toEqual([['id', '1']]);
  });

  it('names the header that stands for no text', () => {
    expect(decodeBinaryHeaders({ 'ce-id': '1', 'ce-source': '/%FF' })).toBe('ce-source');
  });
});

describe('instants', () => {
  it('prints what Date prints, and reads it back', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }), (ms) => {
        const text = formatInstant(ms);
        const iso = new Date(ms).toISOString();
        expect(text).toBe(iso);
        expect(parseInstant(text)).toBe(ms);
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps the end and the start of time inside the calendar', () => {
    expect(formatInstant(END_OF_TIME)).toBe('9999-12-31T23:59:59.999Z');
    expect(formatInstant(START_OF_TIME)).toBe('0000-01-01T00:00:00.000Z');
  });

  it('writes many as one by one, whichever came before (property)', () => {
    const near = fc.integer({ min: -70_000, max: 70_000 });
    const time = fc.oneof(near, fc.double({ noNaN: true }), fc.constantFrom(END_OF_TIME, START_OF_TIME));
    fc.assert(
      fc.property(fc.array(time, { maxLength: 40 }), (times) => {
        const write = instantWriter();
        for (const one of times) expect(write(one)).toBe(formatInstant(one));
      }),
    );
  });

  it.each([
    ['2026-03-02T09:15:04.120+08:00', '2026-03-02T01:15:04.120Z'],
    ['2026-03-02T09:15:04-05:30', '2026-03-02T14:45:04.000Z'],
    ['2026-03-02t09:15:04z', '2026-03-02T09:15:04.000Z'],
    ['2026-03-02T09:15:04.1Z', '2026-03-02T09:15:04.100Z'],
    ['2026-03-02T09:15:04.1239999999999999999Z', '2026-03-02T09:15:04.123Z'],
    ['2024-02-29T00:00:00-00:00', '2024-02-29T00:00:00.000Z'],
    ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
    ['1969-12-31T23:59:59.999Z', '1969-12-31T23:59:59.999Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['2017-01-01T07:59:60.5+08:00', '2017-01-01T00:00:00.500Z'],
  ])('reads %s', (text, utc) => {
    expect(new Date(parseInstant(text) ?? NaN).toISOString()).toBe(utc);
  });

  it.each([
    '',
    '2026-03-02',
    '2026-03-02T09:15:04',
    '2026-03-02 09:15:04Z',
    '2026-03-02T09:15Z',
    '2026-3-2T09:15:04Z00000',
    '2026-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:61Z',
    '2026-01-01T12:00:60Z',
    '2026-01-01T00:00:00.Z',
    '2026-01-01T00:00:00+0800',
    '2026-01-01T00:00:00+24:00',
    '2026-01-01T00:00:00+08:60',
    '2026-01-01T00:00:00+08:00x',
    '2026-01-01T00:00:00Zx',
    '２０２６-01-01T00:00:00Z',
    '1772414104120',
    'yesterday, around noon',
  ])('refuses %j', (text) => {
    expect(parseInstant(text)).toBeNull();
  });
});
