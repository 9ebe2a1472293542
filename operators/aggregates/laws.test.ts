/** The laws of every aggregate that the files of this folder export. */
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../kpis/saved/bytes.ts';
import { ces, nps } from './balance.ts';
import { count, rate } from './count.ts';
import { distinct } from './distinct.ts';
import { max, min, oldest } from './extreme.ts';
import { ratio, share, topShare } from './proportion.ts';
import { quantile } from './quantile.ts';
import { boundedMean, mean, mean100, sum } from './sum.ts';
import { stability } from './stability.ts';
import { top } from './top-labels.ts';
import type {
  Aggregate,
  CellAggregate,
  InvertibleAggregate,
  SelectiveCellAggregate,
  SketchAggregate,
  SketchState,
} from './aggregate.ts';

type Any = Aggregate<unknown, unknown>;
type AnyInvertible = InvertibleAggregate<unknown, unknown>;
interface Subject {
  readonly name: string;
  readonly aggregate: unknown;
  readonly values: fc.Arbitrary<unknown>;
}

const scores = fc.integer({ min: 0, max: 10 });
/** Without −0, of which expressions make 0. */
const numbers = fc
  .oneof(
    fc.double({ min: -1e12, max: 1e12, noNaN: true }),
    fc.integer({ min: -1000, max: 1000 }),
    fc.constantFrom(0.1, 0.2, 1e12, -1e12, 1e-9, 0),
  )
  .map((value) => value + 0);
const labels = fc.oneof(
  fc.constantFrom('a', 'b', 'c', '等待', ''),
  fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 3 }),
);

const subjects: readonly Subject[] = [
  { name: 'count', aggregate: count, values: scores },
  { name: 'rate', aggregate: rate(1000), values: scores },
  { name: 'sum', aggregate: sum, values: numbers },
  { name: 'mean', aggregate: mean, values: fc.integer({ min: -1000, max: 1000 }) },
  { name: 'mean100', aggregate: mean100, values: fc.double({ min: 0, max: 100, noNaN: true }) },
  { name: 'boundedMean', aggregate: boundedMean([1, 7]), values: fc.integer({ min: 1, max: 7 }) },
  { name: 'min', aggregate: min, values: numbers },
  { name: 'max', aggregate: max, values: numbers },
  { name: 'oldest', aggregate: oldest, values: fc.integer({ min: 0, max: 1e9 }) },
  { name: 'nps', aggregate: nps, values: scores },
  { name: 'topShare', aggregate: topShare(3), values: scores },
  { name: 'share', aggregate: share, values: fc.constantFrom(0, 1) },
  { name: 'ratio', aggregate: ratio, values: fc.constantFrom(1, 2, 3) },
  { name: 'ces mean', aggregate: ces.mean, values: fc.integer({ min: 1, max: 7 }) },
  { name: 'ces top', aggregate: ces.top, values: fc.integer({ min: 1, max: 7 }) },
  { name: 'ces index', aggregate: ces.index, values: fc.integer({ min: 1, max: 7 }) },
  {
    name: 'psi',
    aggregate: stability({ min: -1, max: 1, bins: 4 }, [1, 2, 3, 4]),
    values: fc.double({ min: -1, max: 1, noNaN: true }),
  },
  { name: 'quantile', aggregate: quantile(0.9), values: numbers },
  { name: 'distinct', aggregate: distinct, values: labels },
  { name: 'top', aggregate: top(3), values: labels },
];

const context = { spanMs: 1000 };

it('every aggregate that is exported has its row above', async () => {
  const files = readdirSync(new URL('.', import.meta.url)).filter((file) => /^[a-z-]+\.ts$/.test(file));
  const known = new Set(subjects.map((subject) => subject.aggregate));
  // What makes aggregates, and which of the rows it made.
  const makers: Readonly<Record<string, string>> = {
    boundedMean: 'boundedMean',
    quantile: 'quantile',
    rate: 'rate',
    stability: 'psi',
    top: 'top',
    topShare: 'topShare',
  };
  const others = ['cellAggregate', 'invertibleCellAggregate', 'countCells', 'aggregateOf'];
  const missing: string[] = [];
  let found = 0;
  for (const file of files) {
    const exports = (await import(/* @vite-ignore */ new URL(file, import.meta.url).href)) as Readonly<
      Record<string, unknown>
    >;
    for (const [name, value] of Object.entries(exports)) {
      if (typeof value === 'function') {
        const source = String(value);
        // A function that returns an aggregate, or calls one that does.
        if (!/form: ["']sketch["']|countCells|nvertibleCellAggregate|topShare\(/.test(source) || others.includes(name))
          continue;
        found += 1;
        if (!subjects.some((subject) => subject.name === makers[name])) missing.push(`${file} ${name}`);
      } else if (typeof value === 'object' && value !== null) {
        for (const aggregate of isAggregate(value) ? [value] : Object.values(value).filter(isAggregate)) {
          found += 1;
          if (!known.has(aggregate)) missing.push(`${file} ${name}`);
        }
      }
    }
  }
  expect(missing).toEqual([]);
  expect(found).toBe(subjects.length);
});
function isAggregate(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'lift' in value && 'combine' in value;
}

/** The same for all states that hold the same: sketches as they are saved, lists and sets in one order. */
function normal(aggregate: unknown, state: unknown): unknown {
  const sketch = aggregate as CellAggregate | SketchAggregate<SketchState>;
  if (sketch.form === 'cells') return state;
  const writer = new ByteWriter();
  sketch.write(state as SketchState, writer);
  return Object.fromEntries(
    Object.entries(sketch.read(new ByteReader(writer.take()))).map(([name, value]: [string, unknown]) => [
      name,
      Array.isArray(value) || value instanceof Set ? [...(value as Iterable<number>)].sort() : value,
    ]),
  );
}

describe.each(subjects)('$name', ({ aggregate, values }) => {
  const of = aggregate as Any;
  const state = fc
    .array(values, { maxLength: 40 })
    .map((list) => list.map((value) => of.lift(value)).reduce((a, b) => of.combine(a, b), of.zero()));

  it('combine has an identity, is associative and commutative, and changes nothing it is given', () => {
    fc.assert(
      fc.property(state, state, state, (a, b, c) => {
        const [a0, b0] = structuredClone([a, b]);
        const same = (x: unknown, y: unknown): void => expect(normal(of, x)).toEqual(normal(of, y));
        same(of.combine(a, of.zero()), a);
        same(of.combine(of.zero(), a), a);
        same(of.combine(of.combine(a, b), c), of.combine(a, of.combine(b, c)));
        same(of.combine(a, b), of.combine(b, a));
        of.lower(a, context);
        expect([a, b]).toEqual([a0, b0]);
      }),
    );
  });

  it('subtract takes out what was combined in, where there is an inverse', () => {
    if (!hasInverse(of)) {
      expect(['min', 'max', 'oldest', 'distinct', 'top']).toContain(
        subjects.find((subject) => subject.aggregate === aggregate)?.name,
      );
      return;
    }
    fc.assert(
      fc.property(state, state, (a, b) => {
        const [a0, b0] = structuredClone([a, b]);
        expect(normal(of, of.subtract(of.combine(a, b), b))).toEqual(normal(of, a));
        expect([a, b]).toEqual([a0, b0]);
      }),
    );
  });

  it('knows how windows of any length cost the same', () => {
    const known = of as unknown as Partial<SketchAggregate<SketchState>> & Partial<SelectiveCellAggregate>;
    expect('remove' in known || 'better' in known || 'totals' in known).toBe(true);
    if (known.better === undefined) return;
    const { better } = known;
    const selective = of as SelectiveCellAggregate;
    fc.assert(
      fc.property(values as fc.Arbitrary<number>, values as fc.Arbitrary<number>, (a, b) => {
        const both = selective.lower(selective.combine(selective.lift(a), selective.lift(b)), context);
        expect(both.value).toBe(better(b, a) ? b : a);
      }),
    );
  });

  it('the in-place form does the same', () => {
    fc.assert(
      fc.property(fc.array(values, { maxLength: 10 }), (list) => {
        const pure = list.map((value) => of.lift(value)).reduce((a, b) => of.combine(a, b), of.zero());
        const state = inPlace(aggregate as CellAggregate | SketchAggregate<SketchState>, list);
        expect(normal(of, state)).toEqual(normal(of, pure));
      }),
    );
  });

  it('says null, and not 0, of nothing; and counts what was measured', () => {
    expect(of.lower(of.zero(), context)).toEqual({ value: null, n: 0, interval: null });
    fc.assert(
      fc.property(values, (value) => {
        const lowered = of.lower(of.combine(of.lift(value), of.lift(value)), context);
        expect([0, 2]).toContain(lowered.n);
        expect(lowered.n === 0).toBe(lowered.value === null);
      }),
    );
  });
});

function hasInverse(aggregate: Any): aggregate is AnyInvertible {
  return 'subtract' in aggregate;
}

function inPlace(aggregate: CellAggregate | SketchAggregate<SketchState>, list: readonly unknown[]): unknown {
  const half = Math.floor(list.length / 2);
  if (aggregate.form === 'cells') {
    // Two rows side by side, merged into the first: neighbours must stay untouched.
    const cells = new Float64Array(aggregate.width * 2 + 2).fill(0);
    list.forEach((value, i) => aggregate.add(cells, i < half ? 1 : 1 + aggregate.width, value as number));
    aggregate.merge(cells, 1, cells.slice(), 1 + aggregate.width);
    expect([cells[0], cells.at(-1)]).toEqual([0, 0]);
    return [...cells.slice(1, 1 + aggregate.width)];
  }
  const state = aggregate.zero();
  const rest = aggregate.zero();
  list.forEach((value, i) => aggregate.add(i < half ? state : rest, value as string));
  const writer = new ByteWriter();
  aggregate.write(rest, writer);
  aggregate.merge(state, aggregate.read(new ByteReader(writer.take())));
  return state;
}

// ── Types ─────────────────────────────────────────────────────────────────────────────────────────────────────────

it('an aggregate without an inverse does not pass for one that has it', () => {
  const invertible: InvertibleAggregate<readonly number[], number>[] = [count, sum, nps];
  // @ts-expect-error max has no inverse
  invertible.push(max);
  // @ts-expect-error min has no inverse
  invertible.push(min);
  expect(invertible.map((aggregate) => 'subtract' in aggregate)).toEqual([true, true, true, false, false]);
});
