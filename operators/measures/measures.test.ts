/** The list of measures: what the schema takes is read as itself, and what is in the folder is in the list. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import type { JsonObject } from '../../engine/core/types.ts';
import { Section } from '../config/config-values.ts';
import type { CxEvent } from '../shared/messages.ts';
import { MEASURE_SCHEMA, MEASURES, aggregateOf, measureOf, parseMeasure, readerOf } from './measures.ts';

const nothing = (): void => undefined;
const parse = (raw: JsonObject): ReturnType<typeof parseMeasure> =>
  parseMeasure('k', new Section(raw, []), { event: () => null, rule: () => null, of: () => null }, nothing);

/** What a user must write for a kind, and no more. */
function shortest(branch: JsonObject): JsonObject {
  const fields = branch['properties'] as Readonly<Record<string, JsonObject>>;
  const required = branch['required'] as readonly string[];
  return Object.fromEntries(
    required.map((name) => [
      name,
      name === 'kind' ? (fields['kind'] as JsonObject)['const'] : name === 'q' ? 0.9 : 'data.wait_s',
    ]),
  ) as JsonObject;
}
const branches = MEASURE_SCHEMA['oneOf'] as readonly JsonObject[];

describe.each(branches.map((branch) => [shortest(branch)['kind'] as string, shortest(branch)] as const))(
  'the measure %s',
  (kind, raw) => {
    it('is read as itself, not as another that counts silently', () => {
      const config = parse(raw);
      expect(config.kind).toBe(kind);
      expect(measureOf(config).kind).toBe(kind);
      for (const [name, value] of Object.entries(raw)) expect(config).toHaveProperty(name, value);
    });

    it('takes in its aggregate what its reader gives', () => {
      const config = parse(raw);
      const aggregate = aggregateOf(config);
      const read = readerOf(config, compileExpression);
      const outcome = raw['journey'] === undefined ? null : { steps: { 'data.wait_s': { first: '1', last: '2' } } };
      const event = (value: unknown): CxEvent =>
        ({
          data: {
            ...{
              wait_s: value,
              metric: 'csat',
              step: 'data.wait_s',
              seconds: 3,
              open: value,
              overdue: value,
              oldest: value,
            },
            ...(outcome === null ? null : { ...outcome, event: kind === 'time_in_step' ? 'left' : 'ended' }),
          },
        }) as unknown as CxEvent;
      const given = [1, 2, 1, true, 'a', null]
        .map((value) => read(event(value)))
        .filter((value) => value !== undefined);
      expect(given.length).toBeGreaterThan(0);
      const state = given.map((value) => (aggregate as { lift(value: unknown): unknown }).lift(value));
      const whole = state.reduce((a, b) => (aggregate.combine as (a: unknown, b: unknown) => unknown)(a, b));
      const { n, value } = (aggregate.lower as (state: unknown, context: unknown) => { n: number; value: unknown })(
        whole,
        {
          spanMs: 60_000,
        },
      );
      expect(n).toBe(given.length);
      // Drift has no value without a reference.
      expect(value === null).toBe(kind === 'psi');
    });
  },
);

it('every measure of this folder is in the list', async () => {
  const files = readdirSync(new URL('.', import.meta.url)).filter((file) => /^[a-z0-9-]+\.ts$/.test(file));
  const unlisted: string[] = [];
  for (const file of files) {
    const exported = (await import(/* @vite-ignore */ new URL(file, import.meta.url).href)) as Record<string, unknown>;
    for (const value of Object.values(exported)) {
      const isMeasure = typeof value === 'object' && value !== null && 'parse' in value && 'aggregate' in value;
      if (isMeasure && !(MEASURES as readonly unknown[]).includes(value)) unlisted.push(file);
    }
  }
  expect(unlisted, 'each needs its line in LIST of measures.ts').toEqual([]);
  expect(new Set(MEASURES.map(({ kind }) => kind)).size).toBe(MEASURES.length);
});

it('every measure says what it is in both languages', () => {
  for (const { about } of MEASURES) {
    expect(about['zh-CN']).toMatch(/\p{Script=Han}/u);
    expect(about.en.length).toBeGreaterThan(5);
  }
});

it('the table of measures in operators/README.md is the one of the list', async () => {
  const file = fileURLToPath(new URL('../README.md', import.meta.url));
  const table = /(?<=\n### What is measured\n\n.*\n\|[-|]+\|\n)(?:\| `.*\n)+/;
  const text = readFileSync(file, 'utf8');
  expect(text).toMatch(table);
  const rows = MEASURES.map(({ kind, about }) => `| \`${kind}\` | ${about.en} |\n`).join('');
  // To mend it: npx vitest run operators/measures/measures.test.ts -u
  await expect(text.replace(table, () => rows)).toMatchFileSnapshot(file);
});
