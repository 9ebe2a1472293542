/** docs/reference/ says what the code checks by; and decisions are short and listed. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../adapters/process/package-root.ts';
import { configRows } from './config-reference.ts';
import { fieldRows, REFERENCES, valuesOf } from './references.ts';

const docs = join(packageRoot(), 'docs');
/** Held by words.test.ts, and by queues.integration.test.ts against a running engine. */
const BY_HAND = ['requirements.md', 'words.md', 'metrics.md'];

describe('docs/reference', () => {
  it.each(Object.entries(REFERENCES))('%s is what the code has', async (name, text) => {
    // To mend it: npx vitest run engine/testing/house/references.test.ts -u
    await expect(text()).toMatchFileSnapshot(join(docs, 'reference', name));
  });

  it('holds no page that is not made or listed', () => {
    const index = readFileSync(join(docs, 'reference', 'README.md'), 'utf8');
    const pages = readdirSync(join(docs, 'reference')).filter((name) => name !== 'README.md');
    expect(pages.sort()).toEqual([...Object.keys(REFERENCES), ...BY_HAND].sort());
    expect(pages.filter((name) => !index.includes(`(${name})`))).toEqual([]);
  });

  it('has keys of every depth: lists, kinds, maps by name', () => {
    const keys = configRows().map((row) => /`(.+?)`/.exec(row)?.[1]);
    expect(keys.length).toBeGreaterThan(150);
    expect(keys).toEqual(expect.arrayContaining(['nats', 'kpis[].id', 'nats.streams.<name>.max_bytes']));
    expect(keys.filter((key) => key?.includes('{') === true).length).toBeGreaterThan(20);
  });

  it('reads schemas: choices, ranges, nested fields, what is required', () => {
    expect([
      valuesOf({ enum: ['a', 'b', null] }),
      valuesOf({ type: ['number', 'null'], minimum: 0, maximum: 10 }),
      valuesOf({ oneOf: [{ type: 'string' }, { type: 'null' }] }),
    ]).toEqual(['`a`, `b`, `null`', 'number 0 to 10 or null', 'string or null']);
    const inner = { type: 'object', properties: { b: { const: 1 } }, required: ['b'] };
    expect(fieldRows({ properties: { a: inner, list: { type: 'array', items: inner } } })).toEqual([
      ['`a`', 'object', '', ''],
      ['`a.b`', '`1`', 'yes', ''],
      ['`list`', 'array', '', ''],
      ['`list[].b`', '`1`', 'yes', ''],
    ]);
  });
});

describe('docs/decisions', () => {
  const folder = join(docs, 'decisions');
  const names = readdirSync(folder).filter((name) => name !== 'README.md');

  it('are numbered once each, listed, and of at most thirty lines', () => {
    const index = readFileSync(join(folder, 'README.md'), 'utf8');
    expect(names.length).toBeGreaterThan(19);
    expect(names.filter((name) => !/^\d{3}-[a-z0-9-]+\.md$/.test(name))).toEqual([]);
    expect(new Set(names.map((name) => name.slice(0, 3))).size).toBe(names.length);
    expect(names.filter((name) => !index.includes(`(${name})`))).toEqual([]);
    expect(names.filter((name) => readFileSync(join(folder, name), 'utf8').split('\n').length > 31)).toEqual([]);
  });
});
